"""A claim, a volume and a storage class, each as one line of the Storage page.

A claim's verdict is that of its findings, or what its phase says where nothing was found.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec

from mission_control.domain.objects import (
    Object,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
    StatefulSet,
    StorageClass,
)
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge
from mission_control.domain.verdict import Verdict, worst
from mission_control.services.capacity import number
from mission_control.services.facts import Link
from mission_control.services.marks import Marks

_PHASES = {"Bound": Verdict.HEALTHY, "Pending": Verdict.PROGRESSING, "Lost": Verdict.BROKEN}
_VOLUME_PHASES = {"Bound": Verdict.HEALTHY, "Available": Verdict.HEALTHY, "Failed": Verdict.BROKEN}


class ClaimRow(msgspec.Struct, frozen=True):
    """A claim in one line. `asked` and `size` in bytes; `has_class` None when classes cannot be seen.

    `use` is what kubelets measured in bytes, `days` when it will be full; None where that is not known.
    `users` are the pods that mount it, `maker` the StatefulSet whose template made it.
    """

    namespace: str
    name: str
    verdict: Verdict
    phase: str
    says: str
    asked: float | None
    size: float | None
    use: Gauge | None
    share: float | None
    days: float | None
    storage_class: str
    has_class: bool | None
    volume: str
    access: tuple[str, ...]
    users: tuple[Link, ...]
    maker: Link | None
    installation: str
    component: str
    created: datetime | None


class VolumeRow(msgspec.Struct, frozen=True):
    """A volume in one line. `is_free`: no claim holds it, though it may still hold the data of one."""

    name: str
    verdict: Verdict
    phase: str
    says: str
    size: float | None
    storage_class: str
    reclaim: str
    claim: Link | None
    has_claim: bool | None
    is_free: bool
    created: datetime | None


class ClassRow(msgspec.Struct, frozen=True):
    """A storage class in one line, with how many claims ask for it."""

    name: str
    provisioner: str
    is_default: bool
    may_grow: bool
    binding: str
    reclaim: str
    claims: int
    created: datetime | None


def size_of(item: Object) -> float | None:
    """The bytes of a volume, or those that a claim has or asks for."""
    if isinstance(item, PersistentVolume):
        return number(item.spec.capacity.get("storage"))
    if isinstance(item, PersistentVolumeClaim):
        return number(item.status.capacity.get("storage") or item.spec.resources.requests.get("storage"))
    return None


def verdict_of(marks: Marks, item: Object) -> Verdict:
    """The verdict of a claim or volume: its findings', or what its phase says."""
    found = [finding.verdict for finding in marks.findings(item)]
    if isinstance(item, PersistentVolumeClaim):
        return worst(found) if found else _PHASES.get(item.status.phase, Verdict.UNKNOWN)
    if isinstance(item, PersistentVolume):
        return worst(found) if found else _VOLUME_PHASES.get(item.status.phase, Verdict.UNKNOWN)
    return worst(found)


def class_of(item: Object) -> str:
    """The class that a claim asks for or a volume has; a class's own name."""
    if isinstance(item, PersistentVolumeClaim | PersistentVolume):
        return item.spec.storage_class_name or ""
    return item.name


def claim_rows(snapshot: Snapshot, marks: Marks, shown: list[PersistentVolumeClaim]) -> tuple[ClaimRow, ...]:
    """The rows of some claims, with the pods that mount them."""
    users = _users(snapshot, {claim.namespace for claim in shown})
    makers = _makers(snapshot, {claim.namespace for claim in shown})
    return tuple(_claim_row(snapshot, marks, claim, users, makers) for claim in shown)


def _claim_row(
    snapshot: Snapshot,
    marks: Marks,
    claim: PersistentVolumeClaim,
    users: dict[tuple[str, str], list[Pod]],
    makers: dict[tuple[str, str], StatefulSet],
) -> ClaimRow:
    pods = users.get((claim.namespace, claim.name), [])
    maker = makers.get((claim.namespace, claim.name.rpartition("-")[0]))
    home = next(filter(None, map(marks.home, (*pods, *([maker] if maker else [])))), None)
    found = marks.findings(claim)
    name = class_of(claim)
    use = snapshot.readings.volume(claim.namespace, claim.name)
    sees = snapshot.sees(StorageClass)
    return ClaimRow(
        namespace=claim.namespace,
        name=claim.name,
        verdict=verdict_of(marks, claim),
        phase=claim.status.phase or "Unknown",
        says=found[0].says if found else "",
        asked=number(claim.spec.resources.requests.get("storage")),
        size=number(claim.status.capacity.get("storage")),
        use=Gauge(use.used, None, use.capacity) if use else None,
        share=use.share if use else None,
        days=use.days if use else None,
        storage_class=name,
        has_class=(snapshot.get(StorageClass, "", name) is not None) if name and sees else None,
        volume=claim.spec.volume_name,
        access=claim.spec.access_modes,
        users=tuple(Link("Pod", pod.namespace, pod.name) for pod in pods),
        maker=Link("StatefulSet", maker.namespace, maker.name) if maker else None,
        installation=home[0].key if home else "",
        component=home[1].title if home else "",
        created=claim.metadata.creation_timestamp,
    )


def _users(snapshot: Snapshot, namespaces: set[str]) -> dict[tuple[str, str], list[Pod]]:
    """The pods that mount each claim of some namespaces."""
    users: dict[tuple[str, str], list[Pod]] = {}
    for namespace in namespaces:
        for pod in snapshot.within(Pod, namespace):
            for volume in pod.spec.volumes:
                if volume.persistent_volume_claim:
                    key = (namespace, volume.persistent_volume_claim.claim_name)
                    users.setdefault(key, []).append(pod)
    return users


def _makers(snapshot: Snapshot, namespaces: set[str]) -> dict[tuple[str, str], StatefulSet]:
    """StatefulSets by what the names of their claims begin with: "<template>-<name>" before the ordinal."""
    return {
        (namespace, f"{template.metadata.name}-{item.name}"): item
        for namespace in namespaces
        for item in snapshot.within(StatefulSet, namespace)
        for template in item.spec.volume_claim_templates
    }


def volume_row(snapshot: Snapshot, marks: Marks, volume: PersistentVolume) -> VolumeRow:
    """The row of a volume, with what became of its claim."""
    claim = volume.spec.claim_ref
    found = marks.findings(volume)
    sees = claim is not None and snapshot.sees(PersistentVolumeClaim, claim.namespace)
    has = claim is not None and snapshot.get(PersistentVolumeClaim, claim.namespace, claim.name) is not None
    return VolumeRow(
        name=volume.name,
        verdict=verdict_of(marks, volume),
        phase=volume.status.phase or "Unknown",
        says=found[0].says if found else volume.status.message,
        size=size_of(volume),
        storage_class=volume.spec.storage_class_name,
        reclaim=volume.spec.persistent_volume_reclaim_policy,
        claim=Link("PersistentVolumeClaim", claim.namespace, claim.name) if claim else None,
        has_claim=has if has or sees else None,
        is_free=is_free(volume),
        created=volume.metadata.creation_timestamp,
    )


def is_free(volume: PersistentVolume) -> bool:
    """Whether no claim holds a volume; it may still hold the data of one."""
    return volume.status.phase in ("Released", "Available", "Failed")


def class_rows(snapshot: Snapshot, shown: list[StorageClass]) -> tuple[ClassRow, ...]:
    """The rows of some classes; claims that name none ask for the default."""
    default = next((entry.name for entry in snapshot.all(StorageClass) if entry.is_default), None)
    asked = Counter(
        default if claim.spec.storage_class_name is None else claim.spec.storage_class_name
        for claim in snapshot.all(PersistentVolumeClaim)
    )
    return tuple(
        ClassRow(
            name=entry.name,
            provisioner=entry.provisioner,
            is_default=entry.is_default,
            may_grow=entry.allow_volume_expansion,
            binding=entry.volume_binding_mode,
            reclaim=entry.reclaim_policy or "Delete",
            claims=asked[entry.name],
            created=entry.metadata.creation_timestamp,
        )
        for entry in shown
    )
