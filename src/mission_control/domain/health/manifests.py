"""Objects of a release's manifest that are not in the cluster.

Only kinds that the picture sees live in that namespace count, and only the manifest of the revision in force:
while an operation runs, or after it failed half way, nobody can say which objects should be there. Jobs are
left out, because a Job that has done its work is removed rightly.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mission_control.domain.health.scene import Scene
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.kinds import Kind, kind_named
from mission_control.domain.objects.meta import Meta
from mission_control.domain.places import Place
from mission_control.domain.release import Release, ReleaseObject, in_force
from mission_control.domain.verdict import Evidence, Subject, Verdict

YOUNG = timedelta(seconds=10)
_LEFT_OUT = ("Job", "Pod", "Event", "Namespace")
_NEEDED = ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Service", "Ingress", "HTTPRoute")
_SUPPORTING = ("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "ScaledObject", "CronJob")


def manifest_sightings(scene: Scene, release: Release) -> Iterator[Sighting]:
    """A sighting for each object of the manifest that is surely missing."""
    if release.is_pending or release.status in ("uninstalling", "uninstalled"):
        return
    current = in_force(scene.snapshot.readings.releases, release.key)
    if current is None or (current.at is not None and not scene.older(current.at, YOUNG)):
        return
    for thing in dict.fromkeys(current.objects):
        kind = kind_named(thing.kind)
        if kind is not None and _is_missing(scene, kind, thing):
            yield _missing(scene, current, kind, thing)


def _is_missing(scene: Scene, kind: Kind, thing: ReleaseObject) -> bool:
    if thing.kind in _LEFT_OUT or thing.api_version.partition("/")[0] != kind.api_version.partition("/")[0]:
        return False
    namespace = thing.namespace if kind.namespaced else ""
    if scene.snapshot.get(kind.shape, namespace, thing.name) is not None:
        return False
    sights = scene.snapshot.sights_in(namespace)
    return any(s.kind is kind for s in sights) and all(s.state == "live" for s in sights if s.kind is kind)


def _missing(scene: Scene, release: Release, kind: Kind, thing: ReleaseObject) -> Sighting:
    namespace = thing.namespace if kind.namespaced else ""
    named = kind.shape(metadata=Meta(name=thing.name, namespace=namespace))
    place = scene.places.part(named)
    if place.installation is None:
        place = Place(next((i for i in scene.installations if i.key == release.key), None))
    needed = Verdict.BROKEN if thing.kind in _NEEDED else None if place.component else Verdict.DEGRADED
    where = f" -n {namespace}" if namespace else ""
    return Sighting(
        "object-missing",
        Subject(thing.kind, namespace, thing.name),
        place,
        f"{thing.kind} {thing.name} of release {release.name} does not exist in the cluster.",
        f"Create it again: helm upgrade of {release.name} with its chart and values, or helm rollback "
        f"{release.name} {release.revision} -n {release.namespace}.",
        f"kubectl get {thing.kind.lower()} {thing.name}{where}",
        (Evidence("release", f"manifest of revision {release.revision}: {thing.kind} {thing.name}"),),
        verdict=Verdict.DEGRADED if thing.kind in _SUPPORTING else needed,
    )
