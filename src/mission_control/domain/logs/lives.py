"""The lives of a container: which run it is in, how the last one ended, and whether another will come.

Taken from what the kubelet says in the pod's status, which is all that Kubernetes tells about it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import Seam
from mission_control.domain.objects import ContainerStatus, Pod
from mission_control.domain.objects.pods import Terminated

_MINUTE, _HOUR = 60, 3600
Doing = Literal["running", "waiting", "ended", "unknown"]


class Ending(msgspec.Struct, frozen=True):
    """How a run ended."""

    exit_code: int
    reason: str
    started: datetime | None
    finished: datetime | None

    @property
    def words(self) -> str:
        """Exit code, reason and how long it ran, as the end of a sentence."""
        why = f" ({self.reason})" if self.reason and self.reason not in ("Error", "Completed") else ""
        if self.started is None or self.finished is None:
            return f"exit code {self.exit_code}{why}"
        return (
            f"exit code {self.exit_code}{why} after {_span((self.finished - self.started).total_seconds())}"
        )


class Life(msgspec.Struct, frozen=True):
    """A container as it is: `run` counts its restarts, `last` is how the run before this one ended.

    `ending`: how this run ended, if it has. `is_over`: no other run will follow.
    """

    run: int
    doing: Doing
    started: datetime | None = None
    ending: Ending | None = None
    last: Ending | None = None
    is_over: bool = False
    waits: str = ""


def life_of(pod: Pod, container: str) -> Life:
    """The life of one of a pod's containers."""
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    status = next((entry for entry in statuses if entry.name == container), None)
    pod_over = pod.status.phase in ("Succeeded", "Failed")
    if status is None:
        return Life(0, "unknown", is_over=pod_over)
    last = status.last_state.terminated
    before = _ending(last) if last else None
    if status.state.running is not None:
        return Life(status.restart_count, "running", status.state.running.started_at, None, before)
    if status.state.terminated is not None:
        ending = _ending(status.state.terminated)
        over = pod_over or _stays_ended(pod, status, ending)
        return Life(status.restart_count, "ended", ending.started, ending, before, over)
    why = status.state.waiting.reason if status.state.waiting else ""
    return Life(status.restart_count, "waiting", None, None, before, pod_over, why)


def _ending(state: Terminated) -> Ending:
    return Ending(state.exit_code, state.reason, state.started_at, state.finished_at)


def _stays_ended(pod: Pod, status: ContainerStatus, ending: Ending) -> bool:
    """Whether the kubelet leaves it ended: by the pod's policy, and init containers once they are done."""
    init = next((entry for entry in pod.spec.init_containers if entry.name == status.name), None)
    if init is not None and init.restart_policy != "Always":
        return ending.exit_code == 0 or pod.spec.restart_policy == "Never"
    if pod.spec.restart_policy == "Never":
        return True
    return pod.spec.restart_policy == "OnFailure" and ending.exit_code == 0


def ended_seam(name: str, ending: Ending | None, at: int, *, is_over: bool) -> Seam:
    """The mark of a run's end."""
    moment = stamps.of(ending.finished) if ending and ending.finished else at
    how = f" It had {ending.words}." if ending else ""
    return Seam("ended", max(moment, at), f"{name} ended.{how}{'' if is_over else ' It starts again.'}")


def restart_seam(name: str, run: int, at: int, until: int, lost: int = 0) -> Seam:
    """The mark between two runs. `lost`: runs in between whose logs no longer exist."""
    says = f"{name} restarted, for the {_ordinal(run)} time. Lines above are from the previous container."
    if lost:
        runs = "one run" if lost == 1 else f"{lost} runs"
        return Seam("gap", at, f"{says} The logs of {runs} in between are gone.", until)
    return Seam("restart", at, says, until)


def torn_seam(name: str, at: int, until: int) -> Seam:
    """The mark of a break after which nothing known came back."""
    says = (
        f"The stream of {name} was away, and its log was rotated meanwhile. Lines in between may be missing."
    )
    return Seam("rotation", at, says, until)


def mended_seam(name: str, at: int, until: int) -> Seam:
    """The mark of a break after which everything came back."""
    return Seam(
        "reconnect", at, f"The stream of {name} broke off and was taken up again. Nothing is missing.", until
    )


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _span(seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    minutes = whole // _MINUTE
    return f"{minutes} min" if whole < _HOUR else f"{whole // _HOUR} h {minutes % 60} min"
