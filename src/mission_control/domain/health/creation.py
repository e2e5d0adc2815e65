"""Pods that the API server does not let anybody create: quotas, limits, security levels, webhooks, accounts.

Only a workload that has fewer pods than it wants is looked at: an old refusal whose pods exist by now is
history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from mission_control.domain.health.admission import Denial, denial
from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_event, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import (
    Condition,
    DaemonSet,
    Job,
    LimitRange,
    Object,
    ReplicaSet,
    StatefulSet,
    condition,
)
from mission_control.domain.verdict import Evidence, Subject

RETRIED = timedelta(minutes=20)


def refused_creations(scene: Scene) -> Iterator[Sighting]:
    """A sighting for each workload whose pods are refused."""
    makers = (ReplicaSet, StatefulSet, DaemonSet, Job)
    for item in scene.snapshot.once(makers, "short of pods", lambda: tuple(_short_of_pods(scene))):
        told = _told(scene, item)
        if told is None:
            continue
        message, evidence, since = told
        why = denial(message, item.namespace)
        if why is not None:
            yield _sighting(scene, item, why, evidence, since)


def _short_of_pods(scene: Scene) -> Iterator[Object]:
    """What makes pods itself and has fewer than it wants; a Deployment does so through ReplicaSets."""
    for shape in (ReplicaSet, StatefulSet):
        for workload in scene.snapshot.all(shape):
            if workload.status.replicas < (
                workload.spec.replicas if workload.spec.replicas is not None else 1
            ):
                yield workload
    for daemons in scene.snapshot.all(DaemonSet):
        if daemons.status.current_number_scheduled < daemons.status.desired_number_scheduled:
            yield daemons
    for job in scene.snapshot.all(Job):
        ended = any(c.is_true and c.type in ("Complete", "Failed") for c in job.status.conditions)
        if not ended and not job.spec.suspend and job.status.active == 0:
            yield job


def _told(scene: Scene, item: Object) -> tuple[str, Evidence, datetime | None] | None:
    """The newest refusal and since when, from an event or from the ReplicaFailure condition."""
    for event in scene.events(item, "FailedCreate", within=RETRIED):
        if denial(event.message, item.namespace):
            return event.message, from_event(event), event.first_seen
    if isinstance(item, ReplicaSet):
        failure = condition(item.status.conditions, "ReplicaFailure")
        if failure and failure.is_true:
            return failure.message, _from_condition(item, failure), failure.last_transition_time
    return None


def _from_condition(item: Object, failure: Condition) -> Evidence:
    return from_field(item, f"ReplicaFailure: {failure.reason}", one_line(failure.message, 400))


def _sighting(
    scene: Scene, item: Object, why: Denial, evidence: Evidence, since: datetime | None
) -> Sighting:
    owner = item.metadata.controller
    ref = owner if isinstance(item, ReplicaSet) and owner else None
    place = scene.places.workload(
        ref.kind if ref else type(item).__name__, item.namespace, ref.name if ref else item.name
    )
    name = place.workload.name if place.workload else item.name
    by, extra = _blamed(scene, item, why)
    says = f"{name} cannot create its pods: {_SAYS[why.code](why)}"
    hints = {"hint": values_hint(place, "values"), "size": values_hint(place, "resources_values")}
    return Sighting(
        why.code,
        by or place.subject or subject(item),
        place,
        says,
        _fix(why).format(by=why.by, **hints, **extra),
        f"kubectl describe {type(item).__name__.lower()} {item.name} -n {item.namespace}",
        (evidence, *_amounts(why)),
        since,
        "" if by else f"{why.code}:{why.by}",
    )


def _blamed(scene: Scene, item: Object, why: Denial) -> tuple[Subject | None, dict[str, str]]:
    """The object that refused, where its name is known."""
    extra = {"account": why.name, "namespace": item.namespace}
    if why.code == "limit-range":
        limits = list(scene.snapshot.within(LimitRange, item.namespace))
        return (subject(limits[0]) if len(limits) == 1 else None), extra
    return (Subject(why.kind, why.namespace, why.name) if why.name else None), extra


def _amounts(why: Denial) -> tuple[Evidence, ...]:
    where = Subject(why.kind, why.namespace, why.name)
    return tuple(
        Evidence("field", f"{resource}: {used} of {hard} used, {asked} asked for", why.by, where)
        for resource, asked, used, hard in why.amounts
    )


def _short(why: Denial) -> str:
    return one_line(why.why, 200).rstrip(".")


def _fix(why: Denial) -> str:
    """What to do. A quota that counts objects is not helped by smaller requests."""
    counts = [resource for resource, *_ in why.amounts if resource == "pods" or resource.startswith("count/")]
    if why.code == "quota" and counts and len(counts) == len(why.amounts):
        return "Raise the {by}, or run fewer pods in the namespace."
    return _FIXES[why.code]


_SAYS: dict[str, Callable[[Denial], str]] = {
    "quota": lambda why: f"{why.by} is used up ({_short(why)}).",
    "limit-range": lambda why: f"a LimitRange refuses them ({_short(why)}).",
    "pod-security": lambda why: f"the namespace's {why.by} refuses them ({_short(why)}).",
    "admission-denied": lambda why: f"{why.by} refuses them ({_short(why)}).",
    "admission-unreachable": lambda why: f"{why.by} does not answer ({_short(why)}).",
    "service-account-missing": lambda why: f"{why.why}.",
}
_FIXES = {
    "quota": "Raise the {by}, or lower the requests{size}.",
    "limit-range": "Bring requests and limits into the allowed range{size}, or change the LimitRange.",
    "pod-security": "Give the pods a security context that the level allows{hint}, "
    "or label the namespace {namespace} for a lower level.",
    "admission-denied": "Change the pods so that they satisfy it{hint}, or ask its owner for an exception.",
    "admission-unreachable": "Mend the {by}; until then nothing can be created that it has to approve.",
    "service-account-missing": "Create service account {account} in namespace {namespace}, "
    "or name another{hint}.",
}
