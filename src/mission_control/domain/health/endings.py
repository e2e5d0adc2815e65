"""Pods that go: stuck while they are deleted, evicted by their node, preempted by other pods."""

from __future__ import annotations

from datetime import timedelta

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, from_event, from_field, subject, who
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Condition, Pod, condition
from mission_control.domain.places import Place

OVERDUE = timedelta(seconds=60)
REMEMBERED = timedelta(hours=1)


def stuck_terminating(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """A pod that is still there a minute after its grace period ended (`deletionTimestamp` includes it)."""
    due = pod.metadata.deletion_timestamp
    if not scene.older(due, OVERDUE) or due is None:
        return None
    held = ", ".join(pod.metadata.finalizers)
    node = pod.spec.node_name
    if held:
        because = f"its finalizer {held} is not removed"
        fix = (
            f"Find what owns the finalizer {held} and let it finish. Remove it by hand only if that is gone."
        )
        field = from_field(pod, f"metadata.finalizers: {held}")
    else:
        because = f"node {node} does not report its end" if node else "nothing reports its end"
        fix = f"Look at the kubelet of node {node}; delete the pod with --force only when it is surely gone."
        field = from_field(pod, f"metadata.deletionTimestamp: {due.isoformat()}")
    return Sighting(
        "stuck-terminating",
        subject(pod),
        place,
        f"{pod.name} was deleted and does not go: {because}.",
        fix,
        f"kubectl get pod {pod.name} -n {pod.namespace} -o yaml",
        (field,),
        due,
        pods=(pod.name,),
    )


def evicted(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """A pod that its node evicted in the last hour; older ones are only remains."""
    if pod.status.reason != "Evicted":
        return None
    disrupted = _disruption(pod)
    since = (disrupted.last_transition_time if disrupted else None) or pod.status.start_time
    if scene.older(since, REMEMBERED) and scene.serves(place):
        return None
    node = pod.spec.node_name
    says = f"{who(place, pod)} lost pod {pod.name}: node {node} evicted it. {one_line(pod.status.message)}"
    fix = (
        "Give the pods requests that match what they use, or relieve the node: "
        "free disk or memory there, or add nodes."
    )
    return Sighting(
        "evicted",
        place.subject or subject(pod),
        place,
        says.rstrip(". ") + ".",
        fix,
        f"kubectl describe node {node}",
        (from_field(pod, f"status.reason: {pod.status.reason}", one_line(pod.status.message)),),
        since,
        pods=(pod.name,),
    )


def preempted(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """A pod that had to go for one of higher priority, and whose workload is short of it."""
    disrupted = _disruption(pod)
    if disrupted is None or disrupted.reason != "PreemptionByScheduler":
        return None
    counts = scene.replicas(place.workload)
    recent = not scene.older(disrupted.last_transition_time, REMEMBERED)
    if not recent or counts is None or counts[0] >= counts[1]:
        return None
    events = scene.events(pod, "Preempted", within=REMEMBERED)
    return Sighting(
        "priority-preempted",
        place.subject or subject(pod),
        place,
        f"{who(place, pod)} lost pod {pod.name} to a pod of higher priority, and has no room for another.",
        "Add capacity, or give the workload a priority class that is not below that of its neighbours.",
        f"kubectl describe pod {pod.name} -n {pod.namespace}",
        tuple(map(from_event, events[:1])) or (from_field(pod, "DisruptionTarget", disrupted.message),),
        disrupted.last_transition_time,
        pods=(pod.name,),
    )


def _disruption(pod: Pod) -> Condition | None:
    found = condition(pod.status.conditions, "DisruptionTarget")
    return found if found and found.is_true else None
