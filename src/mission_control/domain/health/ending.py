"""Containers that end: killed for memory, killed by a probe, crashing again and again.

What happened once and long ago is no fault: a container that runs and is ready is left alone after a while.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.health.case import (
    Case,
    exit_text,
    from_ended,
    from_waiting,
    is_about,
    is_down,
    when_text,
)
from mission_control.domain.health.kubelet import (
    one_line,
    probe_failure,
)
from mission_control.domain.health.repairs import limits_path
from mission_control.domain.health.scene import RECENT, Scene, from_event, from_field
from mission_control.domain.health.sighting import Sighting

MANY_RESTARTS = 3


REMEMBERED = timedelta(hours=1)


def out_of_memory(scene: Scene, case: Case) -> Sighting | None:
    """A container that was killed because it passed its memory limit."""
    ended = case.ended
    if ended is None or ended.reason != "OOMKilled":
        return None
    limit_age = REMEMBERED if case.status.restart_count >= MANY_RESTARTS else RECENT
    if not is_down(case) and (ended.finished_at is None or scene.older(ended.finished_at, limit_age)):
        return None
    limit = case.container.resources.limits.get("memory") if case.container else None
    of_limit = f" of {limit}" if limit else ""
    says = (
        f"{case.who} is killed for memory: "
        f"container {case.status.name} passes its limit{of_limit}{case.restarts}."
    )
    fix = f"Raise the memory limit{limits_path(case.place)}, or lower what the container has to hold at once."
    field = from_field(
        case.pod, f"lastState.terminated.reason: OOMKilled, exit code {ended.exit_code}", when_text(ended)
    )
    return case.sighting("out-of-memory", says, fix, field)


def liveness_killing(scene: Scene, case: Case) -> Sighting | None:
    """A container that the kubelet restarts because its liveness or startup probe fails."""
    if case.initial or case.status.restart_count == 0:
        return None
    kills = [e for e in scene.events(case.pod, "Killing") if "probe" in e.message and is_about(e, case)]
    if not kills or not (is_down(case) or case.status.restart_count > 1):
        return None
    fails = [e for e in scene.events(case.pod, "Unhealthy") if is_about(e, case)]
    answers = [(e, probe_failure(e.message)) for e in fails]
    answer = next(((e, p) for e, p in answers if p and p[0] in ("Liveness", "Startup")), None)
    probe = (
        answer[1][0].lower()
        if answer and answer[1]
        else ("startup" if "startup" in kills[0].message else "liveness")
    )
    reply = f": {one_line(answer[1][1], 160)}" if answer and answer[1] else ""
    says = f"{case.who} is restarted by its {probe} probe{reply}{case.restarts}."
    fix = (
        f"Find out why container {case.status.name} does not answer in time; "
        f"give it more time or more resources{case.hint} if it is only slow."
    )
    return case.sighting(
        "liveness-killing", says, fix, *[from_event(e) for e, _ in answers[:1]], from_event(kills[0])
    )


def crash_loop(scene: Scene, case: Case) -> Sighting | None:
    """A container that ends soon after each start."""
    ended, reason = case.ended, case.waits[0]
    often = (
        case.status.restart_count >= MANY_RESTARTS
        and ended is not None
        and not scene.older(ended.finished_at, RECENT)
    )
    if reason != "CrashLoopBackOff" and not often:
        return None
    events = scene.events(case.pod, "BackOff")
    how = f" with {exit_text(ended)}" if ended else ""
    says = f"{case.who} crashes again and again: container {case.status.name} ends{how}{case.restarts}."
    fix = f"Read the last lines of the previous log of container {case.status.name} and mend what they name."
    shown = [from_ended(case, ended)] if ended else [from_waiting(case)]
    found = case.sighting("crash-loop", says, fix, *shown, *map(from_event, events[:1]))
    logs = f"kubectl logs {case.pod.name} -c {case.status.name} --previous -n {case.pod.namespace}"
    return msgspec.structs.replace(found, command=logs)
