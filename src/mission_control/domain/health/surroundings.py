"""What a fault hurts and what that depends on: the objects whose changes may have brought it about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from mission_control.domain.health.scene import Scene, subject
from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import (
    ConfigMap,
    DaemonSet,
    HorizontalPodAutoscaler,
    Ingress,
    LimitRange,
    NetworkPolicy,
    Node,
    Object,
    ReplicaSet,
    ResourceQuota,
    Service,
    Workload,
)
from mission_control.domain.objects.pods import Template
from mission_control.domain.verdict import Finding, Subject, WorkloadRef

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob")
_LIMITING: tuple[type[Object], ...] = (ResourceQuota, LimitRange, NetworkPolicy)
_OF_A_NAMESPACE = frozenset(shape.__name__ for shape in _LIMITING)


class Around(msgspec.Struct, frozen=True):
    """The objects around a finding; `names` also those that are not there any more."""

    items: tuple[Object, ...]
    names: frozenset[Subject]
    namespace: str

    def concerns(self, about: Subject) -> bool:
        """Whether a change of that object may matter: it is around, or limits the whole namespace."""
        return about in self.names or (about.kind in _OF_A_NAMESPACE and about.namespace == self.namespace)


def around(scene: Scene, finding: Finding) -> Around:
    """What is around a finding."""
    namespace = finding.subject.namespace or (finding.installation or "").partition("/")[0]
    refs = list(dict.fromkeys(_workloads(scene, finding)))
    names = dict.fromkeys([finding.subject, *_names(scene, finding, refs)])
    items = {id(item): item for name in names if (item := _item(scene, name)) is not None}
    for shape in _LIMITING:
        items |= {id(item): item for item in scene.snapshot.within(shape, namespace)}
    for ref in refs:
        items |= {id(item): item for item in _beside(scene, ref)}
    return Around(tuple(items.values()), frozenset([*names, *map(subject, items.values())]), namespace)


def _item(scene: Scene, name: Subject) -> Object | None:
    kind = kind_named(name.kind)
    return scene.snapshot.get(kind.shape, name.namespace, name.name) if kind else None


def _workloads(scene: Scene, finding: Finding) -> Iterator[WorkloadRef]:
    """The workloads that the fault hurts or is about."""
    about = finding.subject
    if about.kind in _WORKLOADS:
        yield WorkloadRef(about.kind, about.namespace, about.name)
    for installation in scene.installations:
        member = installation.member(finding.component) if installation.key == finding.installation else None
        if member is not None:
            yield from member.workloads


def _names(scene: Scene, finding: Finding, refs: Iterable[WorkloadRef]) -> Iterator[Subject]:
    """Workloads, their settings, Services and nodes, by name: they may be gone."""
    for ref in refs:
        yield Subject(ref.kind, ref.namespace, ref.name)
        owner = _item(scene, Subject(ref.kind, ref.namespace, ref.name))
        if isinstance(owner, Workload | DaemonSet):
            for name in _config_maps(owner.spec.template):
                yield Subject(ConfigMap.__name__, ref.namespace, name)
        for node in sorted({pod.spec.node_name for pod in scene.workload_pods(ref)} - {""}):
            yield Subject(Node.__name__, "", node)
    for installation in scene.installations:
        member = installation.member(finding.component) if installation.key == finding.installation else None
        for name in member.services if member is not None else ():
            yield Subject(Service.__name__, installation.namespace, name)
    if finding.subject.kind == Ingress.__name__ and (ingress := _item(scene, finding.subject)) is not None:
        yield subject(ingress)


def _config_maps(template: Template) -> Iterator[str]:
    """The ConfigMaps that pods of a template read."""
    for volume in template.spec.volumes:
        if volume.config_map is not None:
            yield volume.config_map.name
    for container in (*template.spec.init_containers, *template.spec.containers):
        for source in container.env_from:
            if source.config_map_ref is not None:
                yield source.config_map_ref.name
        for variable in container.env:
            if variable.value_from is not None and variable.value_from.config_map_key_ref is not None:
                yield variable.value_from.config_map_key_ref.name


def _beside(scene: Scene, ref: WorkloadRef) -> Iterator[Object]:
    """The revisions of a workload and its autoscalers."""
    owner = _item(scene, Subject(ref.kind, ref.namespace, ref.name))
    if owner is not None and owner.uid:
        yield from scene.snapshot.owned_by(ReplicaSet, owner.uid)
    for scaler in scene.snapshot.within(HorizontalPodAutoscaler, ref.namespace):
        if (scaler.spec.scale_target_ref.kind, scaler.spec.scale_target_ref.name) == (ref.kind, ref.name):
            yield scaler
