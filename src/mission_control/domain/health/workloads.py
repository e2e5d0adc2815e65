"""Workloads as a whole: stuck roll-outs, too few replicas, vital ones that were switched off.

These are the causes of last resort. They are dropped where a pod of the same workload tells more, and nothing
is said while a change is under way and within its deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import (
    Scene,
    from_event,
    from_field,
    is_ready,
    subject,
    wanted,
)
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import (
    DaemonSet,
    Deployment,
    Pod,
    Rollout,
    ScaledObject,
    StatefulSet,
    Workload,
    condition,
)
from mission_control.domain.verdict import Subject, Verdict, WorkloadRef

PATIENCE = timedelta(seconds=600)
GAP = timedelta(seconds=60)


def workload_sightings(scene: Scene) -> Iterator[Sighting]:
    """What Deployments, StatefulSets, DaemonSets and Rollouts say about themselves."""
    for shape in (Deployment, StatefulSet, Rollout):
        for workload in scene.snapshot.once((shape,), "off or short", partial(_off_or_short, scene, shape)):
            if wanted(workload) == 0:
                yield from _switched_off(scene, workload)
            else:
                yield from _stuck(scene, workload) or _short(scene, workload)
    for daemons in scene.snapshot.all(DaemonSet):
        if daemons.status.number_ready < daemons.status.desired_number_scheduled:
            yield from _short(scene, daemons)


def _off_or_short(scene: Scene, shape: type[Workload]) -> list[Workload]:
    return [item for item in scene.snapshot.all(shape) if wanted(item) == 0 or is_short(item)]


def is_short(workload: Workload) -> bool:
    """Whether a workload has fewer ready or new replicas than it wants."""
    status, want = workload.status, wanted(workload)
    rolls = isinstance(workload, Deployment | Rollout) and not workload.spec.paused
    rolling = rolls and status.updated_replicas < want
    return status.ready_replicas < want or rolling


def _switched_off(scene: Scene, workload: Workload) -> list[Sighting]:
    place = scene.places.workload(type(workload).__name__, workload.namespace, workload.name)
    member = place.installation.member(place.component) if place.installation else None
    if member is None or not member.vital or _scales_by_event(scene, workload):
        return []
    others = [ref for ref in member.workloads if ref.name != workload.name]
    if any((scene.replicas(ref) or (0, 0))[1] for ref in others):
        return []
    impact = member.part.impact if member.part else ""
    return [
        Sighting(
            "scaled-to-zero",
            subject(workload),
            place,
            f"{workload.name} is scaled to 0 replicas. {impact}".strip(),
            f"Scale it up again{values_hint(place, 'replicas_values')}.",
            f"kubectl get {_plural(workload)} {workload.name} -n {workload.namespace}",
            (from_field(workload, "spec.replicas: 0"),),
        )
    ]


def _scales_by_event(scene: Scene, workload: Workload) -> bool:
    """Whether an event-driven autoscaler has rightly put it to sleep."""
    scaler = scene.snapshot.get(ScaledObject, workload.namespace, workload.name)
    active = condition(scaler.status.conditions, "Active") if scaler else None
    return active is not None and active.status == "False"


def _stuck(scene: Scene, workload: Workload) -> list[Sighting]:
    progress = condition(workload.status.conditions, "Progressing")
    if progress is None or progress.reason != "ProgressDeadlineExceeded":
        return []
    place = scene.places.workload(type(workload).__name__, workload.namespace, workload.name)
    want = wanted(workload)
    return [
        Sighting(
            "rollout-stuck",
            subject(workload),
            place,
            f"The roll-out of {workload.name} is stuck: {workload.status.updated_replicas} of {want} pods "
            f"are new, {workload.status.ready_replicas} are ready.",
            f"Look at its newest pods; go back with kubectl rollout undo{values_hint(place, 'values')}.",
            f"kubectl rollout status {_plural(workload)} {workload.name} -n {workload.namespace}",
            (from_field(workload, f"Progressing: {progress.reason}", one_line(progress.message)),),
            progress.last_transition_time,
        )
    ]


def _short(scene: Scene, workload: Workload | DaemonSet) -> list[Sighting]:
    ref = WorkloadRef(type(workload).__name__, workload.namespace, workload.name)
    counts = scene.replicas(ref)
    if counts is None or counts[0] >= counts[1]:
        return []
    pods = list(scene.workload_pods(ref))
    if not _is_past_the_grace(scene, workload, pods, counts[1]):
        return []
    place = scene.places.workload(ref.kind, ref.namespace, ref.name)
    events = [e for e in scene.events(workload) if e.type == "Warning"]
    return [
        Sighting(
            "replicas-short",
            Subject(ref.kind, ref.namespace, ref.name),
            place,
            f"{workload.name} has {counts[0]} of {counts[1]} pods ready.",
            "Look at the pods that are missing or not ready, and at their events.",
            f"kubectl describe {_plural(workload)} {workload.name} -n {workload.namespace}",
            (
                from_field(workload, f"status.readyReplicas: {counts[0]} of {counts[1]}"),
                *map(from_event, events[:1]),
            ),
            verdict=Verdict.DEGRADED if counts[0] else None,
            pods=tuple(pod.name for pod in pods if not is_ready(pod)),
        )
    ]


def _is_past_the_grace(scene: Scene, workload: Workload | DaemonSet, pods: list[Pod], want: int) -> bool:
    """Whether the missing replicas have had the time that a start may take.

    Pods that are there and not ready get the progress deadline, and so does a pod that still ends. For pods
    that are not there at all something must say that this has lasted a minute: the Available condition or a
    warning. Without such a witness they may have been deleted a moment ago.
    """
    deadline = PATIENCE
    if isinstance(workload, Deployment) and workload.spec.progress_deadline_seconds:
        deadline = timedelta(seconds=min(86400, workload.spec.progress_deadline_seconds))
    living = [pod for pod in pods if pod.metadata.deletion_timestamp is None]
    waiting = [_waits_since(pod) for pod in living if not is_ready(pod)]
    if any(scene.older(since, deadline) for since in waiting):
        return True
    if waiting or len(pods) >= want:
        return False
    available = condition(workload.status.conditions, "Available")
    lost = available.last_transition_time if available and available.status == "False" else None
    warned = [event.first_seen for event in scene.events(workload) if event.type == "Warning"]
    return any(scene.older(moment, GAP) for moment in (lost, *warned))


def _waits_since(pod: Pod) -> datetime | None:
    lost = condition(pod.status.conditions, "Ready")
    moment = lost.last_transition_time if lost else None
    return moment or pod.status.start_time or pod.metadata.creation_timestamp


def _plural(workload: Workload | DaemonSet) -> str:
    return type(workload).__name__.lower()
