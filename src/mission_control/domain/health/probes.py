"""Pods that run and do not serve: not ready for longer than their own probes allow.

A pod that starts is left alone for as long as its startup and readiness probes may take by their own numbers;
a pod that was ready before has used up that patience when it loses its condition.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mission_control.domain.health.case import Case, cases_of
from mission_control.domain.health.kubelet import one_line, probe_failure
from mission_control.domain.health.scene import Scene, aware, from_event, from_field
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Event, Pod
from mission_control.domain.objects.pods import Probe
from mission_control.domain.places import Place

MARGIN = timedelta(seconds=30)


def readiness_failing(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """A running pod whose container is past the patience of its readiness probe."""
    for case in cases_of(pod, place):
        running = case.status.state.running
        if running is None or case.status.ready or case.initial:
            continue
        since = _unready_since(pod, running.started_at)
        if not scene.older(since, patience(case) + MARGIN):
            continue
        return _sighting(scene, case, since)
    return None


def patience(case: Case) -> timedelta:
    """How long a container may take from its start until it is ready, by its own probes."""
    if case.container is None:
        return timedelta()
    ready = _span(case.container.readiness_probe)
    starting = timedelta() if case.status.started else _span(case.container.startup_probe)
    return ready + starting


def _span(probe: Probe | None) -> timedelta:
    """The longest time until a probe gives up, in the numbers the API server filled in."""
    if probe is None:
        return timedelta()
    tries = max(1, probe.failure_threshold) * max(1, probe.period_seconds)
    return timedelta(seconds=min(86400, max(0, probe.initial_delay_seconds) + tries))


def _unready_since(pod: Pod, started: datetime | None) -> datetime | None:
    """The later of the container's start and the loss of the Ready condition."""
    lost = [
        entry.last_transition_time
        for entry in pod.status.conditions
        if entry.type == "Ready" and entry.status != "True" and entry.last_transition_time
    ]
    return max((aware(moment) for moment in [started, *lost] if moment), default=None)


def _sighting(scene: Scene, case: Case, since: datetime | None) -> Sighting:
    answer = _answer(scene.events(case.pod, "Unhealthy"))
    reply = f": {one_line(answer[1], 160)}" if answer else ""
    evidence = [from_event(answer[0])] if answer else []
    moment = f" since {since.isoformat()}" if since else ""
    evidence.append(from_field(case.pod, f"containerStatuses[{case.status.name}].ready: false{moment}"))
    return case.sighting(
        "readiness-failing",
        f"{case.who} runs but is not ready: its readiness probe fails{reply}.",
        f"Read the log of container {case.status.name} and mend what keeps it from answering{case.hint}.",
        *evidence,
    )


def _answer(events: list[Event]) -> tuple[Event, str] | None:
    for event in events:
        failure = probe_failure(event.message)
        if failure and failure[0] in ("Readiness", "Startup"):
            return event, failure[1]
    return None
