"""Where an object belongs: its installation, its component and the workload that made it.

Owners are asked before labels, because a hook's pods may carry the label of the component they serve, and
names where there is neither. Everything is looked up lazily and remembered for the life of one judgement.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import msgspec

from mission_control.domain.installations import RELEASE_LABELS, WORKLOADS, Installation
from mission_control.domain.membership import component_of, first_label, part_of_name
from mission_control.domain.objects import Job, Object, Owner, Pod, ReplicaSet
from mission_control.domain.product import JobRole
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Subject, WorkloadRef

_HASH = re.compile(r"-[a-z0-9]{6,10}$")
_SHAPES = {shape.__name__: shape for shape in WORKLOADS}


class Place(msgspec.Struct, frozen=True):
    """Where something belongs. Outside every installation only `workload` may be known."""

    installation: Installation | None = None
    component: str | None = None
    workload: WorkloadRef | None = None
    role: JobRole | None = None

    @property
    def subject(self) -> Subject | None:
        """The workload as the subject of a finding."""
        ref = self.workload
        return Subject(ref.kind, ref.namespace, ref.name) if ref else None


class Places:
    """Finds the place of any object of one picture."""

    def __init__(self, snapshot: Snapshot, installations: Iterable[Installation]) -> None:
        """Take the picture and what was recognised in it."""
        self.snapshot = snapshot
        self.installations = tuple(installations)
        self._by_workload: dict[tuple[str, str, str], Place] = {}
        self._in_namespace: dict[str, list[Installation]] = {}
        for installation in self.installations:
            self._in_namespace.setdefault(installation.namespace, []).append(installation)
            self._remember(installation)

    def _remember(self, installation: Installation) -> None:
        for member in installation.members:
            for ref in (*member.workloads, *member.jobs):
                role = installation.role_named(installation.suffix(ref.name)) if ref.kind == "Job" else None
                place = Place(installation, member.key, ref, role)
                self._by_workload[ref.kind, ref.namespace, ref.name] = place

    def workload(self, kind: str, namespace: str, name: str) -> Place:
        """The place of a workload; one outside every installation has itself as workload."""
        key = (kind, namespace, name)
        if key not in self._by_workload:
            self._by_workload[key] = Place(workload=WorkloadRef(kind, namespace, name))
        return self._by_workload[key]

    def pod(self, pod: Pod) -> Place:
        """The place of a pod: through its owners; by its labels where they are not seen."""
        owner = pod.metadata.controller
        if owner is None:
            return self._by_labels(pod)
        place = self._owner(pod.namespace, owner)
        if place.installation is None and not self._sees(place.workload):
            labelled = self._by_labels(pod)
            return msgspec.structs.replace(labelled, workload=place.workload)
        return place

    def _owner(self, namespace: str, owner: Owner) -> Place:
        if owner.kind == "ReplicaSet":
            replica_set = self.snapshot.get(ReplicaSet, namespace, owner.name)
            maker = replica_set.metadata.controller if replica_set else None
            if maker is not None:
                return self.workload(maker.kind, namespace, maker.name)
            if replica_set is None:
                return self.workload("Deployment", namespace, _HASH.sub("", owner.name))
        if owner.kind == "Job":
            job = self.snapshot.get(Job, namespace, owner.name)
            maker = job.metadata.controller if job else None
            if maker is not None:
                return self.workload(maker.kind, namespace, maker.name)
        return self.workload(owner.kind, namespace, owner.name)

    def _sees(self, ref: WorkloadRef | None) -> bool:
        shape = _SHAPES.get(ref.kind) if ref else None
        return bool(ref and shape and self.snapshot.get(shape, ref.namespace, ref.name))

    def _by_labels(self, pod: Pod) -> Place:
        for installation in self._in_namespace.get(pod.namespace, ()):
            keys = (installation.product.recognise.instance_label, *RELEASE_LABELS)
            if first_label(pod.labels, keys) == installation.release:
                return Place(installation, component_of(installation, pod)[0])
        return Place()

    def part(self, item: Object) -> Place:
        """The place of what is no workload: a Service, a claim, a ConfigMap, an Ingress and so on."""
        for installation in self.around(item.namespace):
            key = part_of_name(installation, item)
            if key is not None:
                return Place(installation, key)
        for installation in self.around(item.namespace):
            keys = (installation.product.recognise.instance_label, *RELEASE_LABELS)
            if first_label(item.labels, keys) == installation.release:
                return Place(installation)
        return Place()

    def around(self, namespace: str) -> Collection[Installation]:
        """The installations of a namespace, those with the longest names first."""
        found = self._in_namespace.get(namespace, ())
        return sorted(found, key=lambda installation: -len(installation.fullname))
