"""Faults of pods: each pod that is not well is asked in turn, from the outermost reason to the innermost.

Pods that are well are not looked at, because a picture may hold thirty thousand of them. A pod on a node that
does not answer is not asked for reasons of its own: what its containers say is old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mission_control.domain.health.case import unready_since
from mission_control.domain.health.containers import container_sighting
from mission_control.domain.health.ending import REMEMBERED
from mission_control.domain.health.endings import evicted, preempted, stuck_terminating
from mission_control.domain.health.mounts import mount_failing
from mission_control.domain.health.probes import readiness_failing
from mission_control.domain.health.scene import Scene, days_hours, from_field, who
from mission_control.domain.health.scheduling import unschedulable
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import ContainerStatus, Node, Pod, condition
from mission_control.domain.places import Place
from mission_control.domain.verdict import Subject

Rule = Callable[[Scene, Pod, Place], Sighting | None]


def pod_sightings(scene: Scene) -> Iterator[Sighting]:
    """At most one sighting for each pod."""
    for pod in scene.snapshot.unwell_pods():
        if has_settled(scene, pod):
            continue
        place = scene.places.pod(pod)
        found = next(filter(None, (rule(scene, pod, place) for rule in _rules(pod))), None)
        if found is not None:
            yield found


def has_settled(scene: Scene, pod: Pod) -> bool:
    """Whether a pod serves and what was restarted in it has run for so long that it is history."""
    if pod.metadata.deletion_timestamp is not None or not pod.is_ready:
        return False
    status = pod.status
    if any(container.state.running is None or not container.ready for container in status.container_statuses):
        return False
    statuses = (*status.container_statuses, *status.init_container_statuses)
    return all(not status.restart_count or _is_history(scene, status) for status in statuses)


def _is_history(scene: Scene, container: ContainerStatus) -> bool:
    state = container.state
    since = state.running.started_at if state.running else None
    since = state.terminated.finished_at if state.terminated else since
    return scene.older(since, REMEMBERED)


def _rules(pod: Pod) -> tuple[Rule, ...]:
    if pod.metadata.deletion_timestamp is not None:
        return (node_down, stuck_terminating)
    if pod.status.phase == "Failed":
        return (preempted, evicted)
    return _LIVING


def node_down(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """A pod that is not ready because its node does not answer."""
    name = pod.spec.node_name
    if name not in scene.dead_nodes or pod.is_ready:
        return None
    node = scene.snapshot.get(Node, "", name)
    ready = condition(node.status.conditions, "Ready") if node else None
    since = (ready.last_transition_time if ready else None) or unready_since(pod)
    age = scene.age(since)
    long = f" for {days_hours(age)}" if age is not None else ""
    reported = ready.message if ready else ""
    return Sighting(
        "node-not-ready",
        Subject("Node", "", name),
        place,
        f"{who(place, pod)} does not run: its node {name} has not answered{long}.",
        f"Bring node {name} back, or delete it from the cluster so that its pods move to other nodes.",
        f"kubectl describe node {name}",
        (from_field(node, f"Ready: {ready.status if ready else 'unknown'}", reported),) if node else (),
        since,
        pods=(pod.name,),
        nobody=True,
        whole=f"Node {name} has not answered{long}, and pods on it do not run.",
    )


def _containers(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """The container rules; a Job's pods may fail and be tried again, which the Job's own rule judges."""
    found = container_sighting(scene, pod, place)
    job = place.workload is not None and place.workload.kind in ("Job", "CronJob")
    if found is not None and job and found.code in ("crash-loop", "init-failed"):
        return None
    return found


_LIVING: tuple[Rule, ...] = (
    node_down,
    unschedulable,
    _containers,
    mount_failing,
    readiness_failing,
)
