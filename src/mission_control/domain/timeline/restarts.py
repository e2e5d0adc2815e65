"""Containers that ended and were started again, and pods that were taken off their node."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mission_control.domain.objects import ContainerStatus, Pod
from mission_control.domain.objects.pods import Terminated
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wording import aware, subject


def restarts(_: Snapshot, pod: Pod) -> Iterator[Entry]:
    """The last end of each container that was started again: a crash loop is one entry with its count."""
    if pod.is_well:
        return
    for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        ended = status.last_state.terminated
        if status.restart_count and ended is not None and ended.finished_at is not None:
            yield _restart(pod, status, ended, ended.finished_at)
    if pod.status.reason == "Evicted":
        since = pod.status.start_time or pod.metadata.creation_timestamp
        moments = [
            entry.last_transition_time for entry in pod.status.conditions if entry.last_transition_time
        ]
        at = max(map(aware, moments), default=aware(since) if since else None)
        if at is not None:
            text = f"Pod {pod.name} was evicted from {pod.spec.node_name or 'its node'}: {pod.status.message}"
            yield Entry(
                f"evicted:{pod.uid or pod.name}", at, "restart", subject(pod), text.rstrip(": "), is_bad=True
            )


def _restart(pod: Pod, status: ContainerStatus, ended: Terminated, at: datetime) -> Entry:
    how = ended.reason if ended.reason not in ("", "Error", "Completed") else ""
    code = f"signal {ended.signal}" if ended.signal else f"exit code {ended.exit_code}"
    ending = f"{code} ({how})" if how else code
    about = subject(pod)
    return Entry(
        identity=f"restart:{pod.uid or about.path}:{status.name}:{ended.exit_code}:{ended.reason}",
        at=aware(at),
        what="restart",
        subject=about,
        text=f"Container {status.name}".rstrip() + f" ended with {ending} and was started again",
        by="kubelet",
        times=status.restart_count,
        is_bad=ended.exit_code != 0 or bool(ended.signal),
        reason=ended.reason,
    )
