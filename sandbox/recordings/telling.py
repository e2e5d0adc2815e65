"""Whether a namespace has come to the state that a case waits for.

A state is written as a word and what it must be: `waiting CrashLoopBackOff`, `restarts 3`, `event Killing 2`,
`phase Failed`, `job Complete`, `ready`. All states of a case must hold in one and the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.api import Obj
from sandbox.errors import SandboxError

NOT_STARTED = ("RunContainerError", "CreateContainerError", "StartError", "PostStartHookError")


@dataclass(frozen=True)
class Picture:
    """What is looked at of a namespace."""

    pods: list[Obj]
    jobs: list[Obj]
    events: list[Obj]
    nodes: list[Obj] = field(default_factory=list)


def holds(state: str, seen: Picture) -> bool:
    """Whether one state has come."""
    word, _, wanted = state.partition(" ")
    if word not in STATES:
        raise SandboxError(f"a case waits for `{state}`, and {word} is none of {', '.join(STATES)}")
    return STATES[word](seen, wanted)


def _statuses(seen: Picture, *fields: str) -> list[Obj]:
    wanted = fields or ("initContainerStatuses", "containerStatuses")
    return [status for pod in seen.pods for field in wanted for status in pod["status"].get(field, [])]


def _waiting(seen: Picture) -> set[str]:
    return {s["state"].get("waiting", {}).get("reason", "") for s in _statuses(seen)}


def _ends(statuses: Iterable[Obj]) -> set[str]:
    return {
        status.get(field, {}).get("terminated", {}).get("reason", "")
        for status in statuses
        for field in ("state", "lastState")
    }


def _conditions(items: Iterable[Obj]) -> set[tuple[str, str]]:
    return {(c["type"], c["status"]) for item in items for c in item["status"].get("conditions", [])}


def _ready(seen: Picture) -> bool:
    return bool(seen.pods) and all(("Ready", "True") in _conditions([pod]) for pod in seen.pods)


def _has_event(seen: Picture, wanted: str) -> bool:
    reason, _, times = wanted.partition(" ")
    return any(e["reason"] == reason and (e.get("count") or 1) >= int(times or 1) for e in seen.events)


def _is_unready(seen: Picture) -> bool:
    running = any("running" in s["state"] for s in _statuses(seen, "containerStatuses"))
    return running and not _ready(seen)


STATES: dict[str, Callable[[Picture, str], bool]] = {
    "waiting": lambda seen, wanted: wanted in _waiting(seen),
    "restarts": lambda seen, wanted: any(s["restartCount"] >= int(wanted) for s in _statuses(seen)),
    "ended": lambda seen, wanted: wanted in _ends(_statuses(seen)),
    "init-ended": lambda seen, wanted: wanted in _ends(_statuses(seen, "initContainerStatuses")),
    "init-running": lambda seen, _: any(
        "running" in s["state"] for s in _statuses(seen, "initContainerStatuses")
    ),
    "start-failed": lambda seen, _: bool(
        {*_waiting(seen), *_ends(_statuses(seen))}.intersection(NOT_STARTED)
    ),
    "event": _has_event,
    "phase": lambda seen, wanted: any(p["status"].get("phase") in wanted.split("|") for p in seen.pods),
    "reason": lambda seen, wanted: any(p["status"].get("reason") == wanted for p in seen.pods),
    "deleting": lambda seen, _: any("deletionTimestamp" in p["metadata"] for p in seen.pods),
    "job": lambda seen, wanted: (wanted, "True") in _conditions(seen.jobs),
    "node-ready": lambda seen, wanted: ("Ready", wanted) in _conditions(seen.nodes),
    "ready": lambda seen, _: _ready(seen),
    "unready": lambda seen, _: _is_unready(seen),
    "pods": lambda seen, wanted: len(seen.pods) == int(wanted),
}
