"""What a release needs and owns: objects that pods refer to, and objects that another release has taken.

Only what the picture surely shows is missing is told missing: the kind must be seen live in the namespace,
and the workload must be older than the moment in which a release makes everything at once. Secrets are never
listed, so their absence is learnt from the kubelet alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_field, subject, wanted
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.installations import WORKLOADS, Installation
from mission_control.domain.objects import (
    ConfigMap,
    DaemonSet,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Object,
    PodDisruptionBudget,
    Rollout,
    Service,
    ServiceAccount,
    StatefulSet,
    Template,
    Workload,
)
from mission_control.domain.verdict import Subject

YOUNG = timedelta(seconds=30)
OWNED: tuple[type[Object], ...] = (
    *WORKLOADS,
    Service,
    ConfigMap,
    ServiceAccount,
    Ingress,
    HorizontalPodAutoscaler,
    PodDisruptionBudget,
)


_MAKERS: tuple[type[Workload | DaemonSet], ...] = (Deployment, StatefulSet, Rollout, DaemonSet)


def belonging_sightings(scene: Scene) -> Iterator[Sighting]:
    """Missing objects of workloads, and objects that belong to another release."""
    for workload, shape, name in scene.snapshot.once(
        (*_MAKERS, ConfigMap, ServiceAccount), "missing objects", lambda: tuple(_not_there(scene))
    ):
        yield from _missing(scene, workload, shape, name)
    for installation in scene.installations:
        yield from _taken(scene, installation)


def _not_there(scene: Scene) -> Iterator[tuple[Object, type[Object], str]]:
    """What workloads refer to and the picture does not hold."""
    for shape in _MAKERS:
        for workload in scene.snapshot.all(shape):
            if not isinstance(workload, DaemonSet) and not wanted(workload):
                continue
            for kind, name in dict.fromkeys(references(workload.spec.template)):
                if scene.snapshot.get(kind, workload.namespace, name) is None:
                    yield workload, kind, name


def _missing(scene: Scene, workload: Object, shape: type[Object], name: str) -> Iterator[Sighting]:
    born = workload.metadata.creation_timestamp
    if born is not None and not scene.older(born, YOUNG):
        return
    if not scene.snapshot.sees(shape, workload.namespace):
        return
    place = scene.places.workload(type(workload).__name__, workload.namespace, workload.name)
    kind = shape.__name__
    yield Sighting(
        "object-missing",
        Subject(kind, workload.namespace, name),
        place,
        f"{kind} {name} does not exist, and the pods of {workload.name} need it at their next start.",
        f"Create {kind} {name} again: an upgrade of the release does it{values_hint(place, 'values')}.",
        f"kubectl get {kind.lower()} {name} -n {workload.namespace}",
        (from_field(workload, f"spec.template refers to {kind} {name}"),),
    )


def references(template: Template) -> Iterator[tuple[type[Object], str]]:
    """The ConfigMaps and the service account that pods of a template cannot start without."""
    spec = template.spec
    if spec.service_account_name not in ("", "default"):
        yield ServiceAccount, spec.service_account_name
    for volume in spec.volumes:
        if volume.config_map is not None and volume.config_map.name and not volume.config_map.optional:
            yield ConfigMap, volume.config_map.name
    for container in (*spec.containers, *spec.init_containers):
        whole = [source.config_map_ref for source in container.env_from]
        single = [entry.value_from.config_map_key_ref for entry in container.env if entry.value_from]
        for ref in (*whole, *single):
            if ref is not None and ref.name and not ref.optional:
                yield ConfigMap, ref.name


def _taken(scene: Scene, installation: Installation) -> Iterator[Sighting]:
    """Objects with the installation's labels that Helm's annotations give to another release."""
    items = [item for shape in OWNED for item in scene.snapshot.within(shape, installation.namespace)]
    noted = [(item, _owner(item)) for item in items if item.metadata.annotations.release_name]
    ours = [(item, owner) for item, owner in noted if scene.places.part(item).installation is installation]
    if not ours:
        return
    usual = Counter(owner for _, owner in ours).most_common(1)[0][0]
    for item, owner in ours:
        if owner != usual:
            yield _conflict(scene, item, owner, usual)


def _owner(item: Object) -> tuple[str, str]:
    notes = item.metadata.annotations
    return (notes.release_namespace, notes.release_name)


def _conflict(scene: Scene, item: Object, owner: tuple[str, str], usual: tuple[str, str]) -> Sighting:
    kind = type(item).__name__
    other, own = "/".join(owner), "/".join(usual)
    return Sighting(
        "owner-conflict",
        subject(item),
        scene.places.part(item),
        f"{kind} {item.name} carries the labels of release {own} but belongs to release {other}; "
        "the next upgrade of either will fail or change it.",
        f"Give it back: set its annotations meta.helm.sh/release-name and release-namespace to {own}, "
        "and rename the object in the other release.",
        f"kubectl get {kind.lower()} {item.name} -n {item.namespace} -o yaml",
        (from_field(item, f"meta.helm.sh/release-name: {owner[1]}"),),
    )
