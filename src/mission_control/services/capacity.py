"""What the cluster has, what pods ask of it and what they use, as a whole and by namespace.

One pass over the pods, because Home asks for it at every change. Figures that nobody measured or may read
stay None; they are never shown as zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import msgspec

from mission_control.domain.objects import Node, Pod, condition
from mission_control.domain.objects.pods import Container
from mission_control.domain.quantity import quantity
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, UsageIndex

number = lru_cache(maxsize=4096)(quantity)
ENDED = frozenset({"Succeeded", "Failed"})


class Capacity(msgspec.Struct, frozen=True):
    """The nodes together: cpu in cores and memory in bytes of what can be allocated, and places for pods."""

    nodes: int
    nodes_ready: int
    cpu: Gauge
    memory: Gauge
    pods: Gauge
    measured_at: datetime | None = None
    not_measured: str = ""


class NamespaceLine(msgspec.Struct, frozen=True):
    """A namespace in one line: its pods that run or should, how many are ready, and what they take."""

    namespace: str
    pods: int
    ready: int
    cpu: Gauge
    memory: Gauge


class _Asked(msgspec.Struct, frozen=True):
    """What the pods of one namespace ask for, without those that have ended."""

    pods: int
    ready: int
    cpu: float
    memory: float


def _asked(pods: Iterable[Pod]) -> _Asked:
    """Adds up. Pods of one workload share their containers, so these are added up once."""
    known: dict[tuple[int, int], tuple[float, float]] = {}
    count = ready = 0
    cpu = memory = 0.0
    for pod in pods:
        if pod.status.phase in ENDED:
            continue
        count += 1
        ready += pod.is_ready
        same = (id(pod.spec.containers), id(pod.spec.init_containers))
        if same not in known:
            requests = [container.resources.requests for container in lasting_containers(pod)]
            known[same] = (
                sum(number(entry.get("cpu")) or 0.0 for entry in requests),
                sum(number(entry.get("memory")) or 0.0 for entry in requests),
            )
        cpu += known[same][0]
        memory += known[same][1]
    return _Asked(count, ready, cpu, memory)


def is_ready(pod: Pod) -> bool:
    """Whether the pod's Ready condition holds."""
    return pod.is_ready


def lasting_containers(pod: Pod) -> tuple[Container, ...]:
    """The containers that run as long as the pod: its own and its sidecars (init, restartPolicy Always)."""
    return (*pod.spec.containers, *(c for c in pod.spec.init_containers if c.restart_policy == "Always"))


def namespace_lines(snapshot: Snapshot, usage: UsageIndex) -> tuple[NamespaceLine, ...]:
    """A line for each namespace that has pods, by name. Pods that have ended count for nothing."""
    found = snapshot.by_namespace(Pod, "asked", _asked)
    return tuple(
        _line(name, found[name], usage.namespace(name)) for name in sorted(found) if found[name].pods
    )


def _line(namespace: str, asked: _Asked, used: tuple[float, float] | None) -> NamespaceLine:
    cpu, memory = used or (None, None)
    return NamespaceLine(
        namespace, asked.pods, asked.ready, cpu=Gauge(cpu, asked.cpu), memory=Gauge(memory, asked.memory)
    )


def capacity(snapshot: Snapshot, usage: UsageIndex, lines: tuple[NamespaceLine, ...]) -> Capacity | None:
    """The nodes together; None when no node may be seen."""
    nodes = snapshot.all(Node)
    if not nodes:
        return None
    has_pods = snapshot.sees(Pod)
    measured = [found for found in (usage.node(node.name) for node in nodes) if found]
    ready = [condition(node.status.conditions, "Ready") for node in nodes]
    return Capacity(
        nodes=len(nodes),
        nodes_ready=sum(entry is not None and entry.is_true for entry in ready),
        cpu=Gauge(
            sum(found.cpu for found in measured) if measured else None,
            sum(line.cpu.requested or 0 for line in lines) if has_pods else None,
            _allocatable(snapshot, "cpu"),
        ),
        memory=Gauge(
            sum(found.memory for found in measured) if measured else None,
            sum(line.memory.requested or 0 for line in lines) if has_pods else None,
            _allocatable(snapshot, "memory"),
        ),
        pods=Gauge(
            used=sum(line.pods for line in lines) if has_pods else None, limit=_allocatable(snapshot, "pods")
        ),
        measured_at=usage.usage.at,
        not_measured=usage.usage.refused,
    )


def _allocatable(snapshot: Snapshot, resource: str) -> float:
    return sum(number(node.status.allocatable.get(resource)) or 0.0 for node in snapshot.all(Node))
