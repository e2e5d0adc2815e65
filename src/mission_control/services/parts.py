"""The parts of an object's page that are lists: containers, conditions, events, environment.

Each is cut to what a page can hold; how many there are is always said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from mission_control.domain.objects import Condition, ContainerStatus, Event, Pod, Template
from mission_control.domain.objects.pods import Container, EnvFrom, EnvVar
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, UsageIndex
from mission_control.domain.verdict import Verdict
from mission_control.services.rows import container_gauges
from mission_control.services.states import container_state

MOST = 100
_BAD_WHEN_TRUE = frozenset(
    [
        "MemoryPressure",
        "DiskPressure",
        "PIDPressure",
        "NetworkUnavailable",
        "ReplicaFailure",
        "Failed",
        "FailureTarget",
        "Stalled",
        "DisruptionTarget",
    ]
)
_NEUTRAL = frozenset({"ScalingLimited", "Suspended", "Paused"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class LastEnd(msgspec.Struct, frozen=True):
    """How a container ended before it was started again."""

    exit_code: int
    signal: int
    reason: str
    message: str
    at: datetime | None
    seconds: int | None


class ContainerPart(msgspec.Struct, frozen=True):
    """A container: its state in a word, since when, and what it uses of what it may."""

    name: str
    role: str
    verdict: Verdict
    state: str
    message: str
    since: datetime | None
    restarts: int
    image: str
    ports: str
    cpu: Gauge
    memory: Gauge
    last_end: LastEnd | None


class ConditionLine(msgspec.Struct, frozen=True):
    """A condition, and whether it is as one wants it; None where neither is bad."""

    type: str
    status: str
    is_good: bool | None
    reason: str
    message: str
    since: datetime | None


class EventLine(msgspec.Struct, frozen=True):
    """An event, told once however often it was seen."""

    type: str
    reason: str
    message: str
    times: int
    last: datetime | None
    reporter: str


class EnvLine(msgspec.Struct, frozen=True):
    """A variable of a container and where its value comes from; the value itself is not in the picture."""

    container: str
    name: str
    source: str
    source_name: str
    key: str


def containers(pod: Pod, usage: UsageIndex) -> tuple[ContainerPart, ...]:
    """The containers of a pod: its own, then sidecars, then what runs before them."""
    measured = usage.pod(pod.namespace, pod.name)
    statuses = {s.name: s for s in (*pod.status.init_container_statuses, *pod.status.container_statuses)}
    init = pod.spec.init_containers
    listed = [
        *((entry, "") for entry in pod.spec.containers),
        *((entry, "sidecar") for entry in init if entry.restart_policy == "Always"),
        *((entry, "init") for entry in init if entry.restart_policy != "Always"),
    ]
    return tuple(
        _container(entry, role, statuses.get(entry.name), measured and measured.of(entry.name))
        for entry, role in listed
    )


def _container(entry: Container, role: str, status: ContainerStatus | None, used: object) -> ContainerPart:
    cpu, memory = container_gauges(entry, used)  # type: ignore[arg-type]
    state = status.state if status else None
    running = state.running if state else None
    told = (state.waiting or state.terminated) if state else None
    return ContainerPart(
        name=entry.name,
        role=role,
        verdict=_verdict(role, status),
        state=container_state(status),
        message=told.message if told else "",
        since=running.started_at if running else None,
        restarts=status.restart_count if status else 0,
        image=entry.image,
        ports=", ".join(f"{port.container_port}" for port in entry.ports),
        cpu=cpu,
        memory=memory,
        last_end=_last_end(status),
    )


def _verdict(role: str, status: ContainerStatus | None) -> Verdict:
    """A container's own mark: it does its work, is on its way, or failed."""
    if status is None:
        return Verdict.PROGRESSING
    state = status.state
    if state.terminated:
        return Verdict.HEALTHY if state.terminated.exit_code == 0 and role == "init" else Verdict.BROKEN
    if state.waiting:
        starts = state.waiting.reason in ("", "ContainerCreating", "PodInitializing")
        return Verdict.PROGRESSING if starts else Verdict.BROKEN
    return Verdict.HEALTHY if status.ready or role == "init" else Verdict.DEGRADED


def _last_end(status: ContainerStatus | None) -> LastEnd | None:
    ended = status.last_state.terminated or status.state.terminated if status else None
    if ended is None:
        return None
    has_both = ended.started_at is not None and ended.finished_at is not None
    lasted = int((ended.finished_at - ended.started_at).total_seconds()) if has_both else None  # type: ignore[operator]
    return LastEnd(ended.exit_code, ended.signal, ended.reason, ended.message, ended.finished_at, lasted)


def conditions(found: Iterable[Condition]) -> tuple[ConditionLine, ...]:
    """The conditions of an object, those that are not as one wants them first."""
    lines = [
        ConditionLine(
            entry.type,
            entry.status,
            _is_good(entry),
            entry.reason,
            entry.message,
            entry.last_transition_time or entry.last_update_time,
        )
        for entry in found
    ]
    return tuple(sorted(lines, key=lambda line: line.is_good is not False)[:MOST])


def _is_good(entry: Condition) -> bool | None:
    if entry.type in _NEUTRAL or entry.status not in ("True", "False"):
        return None
    return entry.is_true != (entry.type in _BAD_WHEN_TRUE)


def events(snapshot: Snapshot, kind: str, namespace: str, name: str) -> tuple[EventLine, ...]:
    """The events about an object, newest first."""
    found: list[Event] = sorted(
        snapshot.events_about(kind, namespace, name),
        key=lambda event: event.last_seen or _LONG_AGO,
        reverse=True,
    )
    return tuple(
        EventLine(event.type, event.reason, event.message, event.times, event.last_seen, event.reporter)
        for event in found[:MOST]
    )


def environment(template: Template) -> tuple[EnvLine, ...]:
    """The variables of all containers of a template, with their sources."""
    spec = template.spec
    lines: list[EnvLine] = []
    for container in (*spec.containers, *spec.init_containers):
        lines += [_variable(container.name, variable) for variable in container.env]
        lines += [_whole(container.name, source) for source in container.env_from]
    return tuple(lines)


def _variable(container: str, variable: EnvVar) -> EnvLine:
    source = variable.value_from
    if source and source.secret_key_ref:
        secret = source.secret_key_ref
        return EnvLine(container, variable.name, "Secret", secret.name, secret.key)
    if source and source.config_map_key_ref:
        config = source.config_map_key_ref
        return EnvLine(container, variable.name, "ConfigMap", config.name, config.key)
    return EnvLine(container, variable.name, "field" if source else "", "", "")


def _whole(container: str, source: EnvFrom) -> EnvLine:
    kind, ref = ("Secret", source.secret_ref) if source.secret_ref else ("ConfigMap", source.config_map_ref)
    return EnvLine(container, "", kind, ref.name if ref else "", "")
