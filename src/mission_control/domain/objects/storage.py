"""Claims, volumes and storage classes."""

from __future__ import annotations

from mission_control.domain.objects.meta import Condition, Meta, Object, Slim, Traced
from mission_control.domain.objects.pods import Resources


class ClaimSpec(Slim, frozen=True):
    """`spec` of a claim; `storage_class_name` None means the default class, "" means none."""

    storage_class_name: str | None = None
    volume_name: str = ""
    volume_mode: str = ""
    access_modes: tuple[str, ...] = ()
    resources: Resources = Resources()


class ClaimStatus(Slim, frozen=True):
    """`status` of a claim; `phase` is Pending, Bound or Lost."""

    phase: str = ""
    capacity: dict[str, str] = {}
    conditions: tuple[Condition, ...] = ()
    allocated_resource_statuses: dict[str, str] = {}


class PersistentVolumeClaim(Object, frozen=True):
    """v1 PersistentVolumeClaim."""

    metadata: Meta = Meta()
    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()


class Reference(Slim, frozen=True):
    """A reference to another object."""

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class VolumeSpec(Slim, frozen=True):
    """`spec` of a volume."""

    capacity: dict[str, str] = {}
    access_modes: tuple[str, ...] = ()
    storage_class_name: str = ""
    claim_ref: Reference | None = None
    persistent_volume_reclaim_policy: str = ""


class VolumeStatus(Slim, frozen=True):
    """`status` of a volume; `phase` is Available, Bound, Released or Failed."""

    phase: str = ""
    reason: str = ""
    message: str = ""


class PersistentVolume(Object, frozen=True):
    """v1 PersistentVolume."""

    metadata: Meta = Meta()
    spec: VolumeSpec = VolumeSpec()
    status: VolumeStatus = VolumeStatus()


class StorageClass(Object, frozen=True):
    """storage.k8s.io/v1 StorageClass."""

    metadata: Traced = Traced()
    provisioner: str = ""
    volume_binding_mode: str = "Immediate"
    allow_volume_expansion: bool = False
    reclaim_policy: str = ""

    @property
    def is_default(self) -> bool:
        """Whether claims that name no class get this one."""
        return self.metadata.annotations.default_class == "true"
