"""Whose logs are worth reading: a few containers, the most telling first.

Logs are the most costly thing the console reads and the most private, so only pods that are already named in
a finding are read, at most two of a workload, and few in all.
"""

from __future__ import annotations

from collections.abc import Iterator

from mission_control.domain.health.codes import code_named
from mission_control.domain.health.scene import Scene, is_ready
from mission_control.domain.logtail import LogRequest
from mission_control.domain.objects import ContainerStatus, Pod
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Finding, Health, WorkloadRef

MOST = 20
OF_ONE = 2


def suspects(snapshot: Snapshot, health: Health) -> tuple[LogRequest, ...]:
    """The logs to read next, roots before effects; the same for the same picture."""
    scene = Scene(snapshot, ())
    asked: dict[LogRequest, None] = {}
    for finding in sorted(health.findings, key=_order):
        if code_named(finding.code).log:
            for request in _requests(scene, finding):
                asked.setdefault(request)
    return tuple(asked)[:MOST]


def _order(finding: Finding) -> tuple[bool, bool, int]:
    return (finding.installation is None, not finding.root, -finding.verdict.weight)


def _requests(scene: Scene, finding: Finding) -> Iterator[LogRequest]:
    pods = [pod for pod in _pods(scene, finding) if not is_ready(pod)]
    count = 0
    for pod in sorted(pods, key=lambda pod: (-_restarts(pod), pod.name)):
        status = _telling(pod)
        if status is None:
            continue
        before = status.last_state.terminated is not None and status.state.terminated is None
        yield LogRequest(pod.namespace, pod.name, status.name, previous=before and _has_ended(status))
        count += 1
        if count == OF_ONE:
            return


def _pods(scene: Scene, finding: Finding) -> Iterator[Pod]:
    about = finding.subject
    if about.kind == "Pod":
        pod = scene.snapshot.get(Pod, about.namespace, about.name)
        if pod is not None:
            yield pod
        return
    yield from scene.workload_pods(WorkloadRef(about.kind, about.namespace, about.name))


def _restarts(pod: Pod) -> int:
    return sum(status.restart_count for status in pod.status.container_statuses)


def _telling(pod: Pod) -> ContainerStatus | None:
    """The container whose log says most: one that ended badly, else one that runs and is not ready."""
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    for status in statuses:
        ended = status.state.terminated or status.last_state.terminated
        if ended is not None and (ended.exit_code or status.restart_count):
            return status
    return next((status for status in statuses if status.state.running and not status.ready), None)


def _has_ended(status: ContainerStatus) -> bool:
    """Whether the container has ended before, so that its previous log is the telling one."""
    return status.state.running is None or status.restart_count > 0
