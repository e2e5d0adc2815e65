"""Why a claim is not bound: no such class, no default class, no provisioner, no matching volume.

The picture is asked before the events: a class that does not exist is a fact, an event only its echo. The
events are those of the volume controller in kube-controller-manager and of external provisioners.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, from_event, from_field, subject
from mission_control.domain.objects import Event, PersistentVolume, PersistentVolumeClaim, StorageClass
from mission_control.domain.quantity import bytes_text, quantity
from mission_control.domain.verdict import Evidence

YOUNG = timedelta(seconds=60)
STATIC = "kubernetes.io/no-provisioner"
_SHOWN = 6


class Unbound(msgspec.Struct, frozen=True):
    """Why a claim is not bound, as the ends of two sentences. `certain`: it will not bind by waiting."""

    says: str
    fix: str
    evidence: tuple[Evidence, ...] = ()
    since: datetime | None = None
    choices: tuple[str, ...] = ()
    certain: bool = True


def why_unbound(scene: Scene, claim: PersistentVolumeClaim, *, pods_refused: bool) -> Unbound | None:
    """The reason, or None while the claim may still be bound in the ordinary way."""
    classes = list(scene.snapshot.all(StorageClass))
    seen = scene.snapshot.sees(StorageClass)
    names = tuple(sorted(c.name for c in classes))
    events = scene.events(claim, within=timedelta(minutes=30))
    warnings = [e for e in events if e.reason in ("ProvisioningFailed", "FailedBinding")]
    evidence = (*map(from_event, warnings[:1]), _field(claim), *_existing(classes))
    wanted = claim.spec.storage_class_name
    found = next((c for c in classes if c.name == wanted), None)
    since = warnings[0].first_seen if warnings else None
    if wanted and ((seen and found is None) or _says_no_class(warnings, wanted)):
        says = f"asks for storage class {wanted}, which does not exist"
        return Unbound(says, f"Create storage class {wanted}", evidence, since, names)
    if wanted is None and not claim.spec.volume_name and seen and not any(c.is_default for c in classes):
        says = "names no storage class, and the cluster has no default class"
        return Unbound(says, "Mark a storage class as default", evidence, since, names)
    if _waits_for_a_pod(found, pods_refused=pods_refused):
        return None
    told = _from_events(warnings, evidence, since)
    if (found is not None and found.provisioner == STATIC) or not wanted:
        return (
            _no_volume(scene, claim, told, evidence)
            if told or pods_refused or _is_old(scene, claim)
            else None
        )
    return told or _waiting(scene, claim, events, evidence)


def _is_old(scene: Scene, claim: PersistentVolumeClaim) -> bool:
    return scene.older(claim.metadata.creation_timestamp, YOUNG)


def _says_no_class(warnings: list[Event], wanted: str) -> bool:
    return any(f'"{wanted}" not found' in event.message for event in warnings)


def _waits_for_a_pod(found: StorageClass | None, *, pods_refused: bool) -> bool:
    return found is not None and found.volume_binding_mode == "WaitForFirstConsumer" and not pods_refused


def _from_events(
    warnings: list[Event], evidence: tuple[Evidence, ...], since: datetime | None
) -> Unbound | None:
    if not warnings:
        return None
    message = warnings[0].message
    if "no volume plugin matched" in message:
        says = "asks for a storage class whose provisioner this cluster does not have"
        return Unbound(says, "Install the provisioner of the class", evidence, since)
    says = f"cannot be provisioned: {one_line(message, 200)}"
    return Unbound(says, "Mend what the provisioner's message names", evidence, since)


def _no_volume(
    scene: Scene, claim: PersistentVolumeClaim, told: Unbound | None, evidence: tuple[Evidence, ...]
) -> Unbound | None:
    """Nothing makes a volume for this class by itself, and none that exists fits."""
    asked = claim.spec.resources.requests.get("storage", "")
    size = quantity(asked)
    name = claim.spec.storage_class_name or ""
    free = [v for v in scene.snapshot.all(PersistentVolume) if v.status.phase == "Available"]
    of_class = [v for v in free if v.spec.storage_class_name == name]
    enough = [
        v for v in of_class if size is None or (quantity(v.spec.capacity.get("storage")) or 0.0) >= size
    ]
    if enough and not told and not _is_old(scene, claim):
        return None
    want = f"{bytes_text(size)} " if size is not None else ""
    modes = ", ".join(claim.spec.access_modes) or "any access mode"
    if not of_class:
        lack = "no free volume of its class exists"
    elif not enough:
        lack = f"no free volume of its class has {want.strip()}"
    else:
        lack = f"no free volume of its class offers {modes}"
    says = f"asks for {want}({modes}) and no volume matches: {lack}"
    fix = f"Create a volume of class {name or 'none'} with at least {want.strip() or 'that size'}"
    return Unbound(says, fix, evidence, told.since if told else None)


def _waiting(
    scene: Scene, claim: PersistentVolumeClaim, events: list[Event], evidence: tuple[Evidence, ...]
) -> Unbound | None:
    """Nobody has said no; past the grace the provisioner is suspected."""
    if not _is_old(scene, claim):
        return None
    by = claim.metadata.annotations.provisioner or "its provisioner"
    shown = (*map(from_event, events[:1]), *evidence)
    says = f"waits for {by} to make its volume, and nothing happens"
    return Unbound(says, f"Look whether {by} runs and what its log says", shown, certain=False)


def _field(claim: PersistentVolumeClaim) -> Evidence:
    wanted = claim.spec.storage_class_name
    text = "spec.storageClassName: " + ("not set" if wanted is None else wanted or '""')
    return from_field(claim, text)


def _existing(classes: list[StorageClass]) -> tuple[Evidence, ...]:
    """The classes there are, so that nobody has to look them up."""
    if not classes:
        return ()
    ordered = sorted(classes, key=lambda c: (not c.is_default, c.name))
    names = ", ".join(f"{c.name} (default)" if c.is_default else c.name for c in ordered[:_SHOWN])
    count = "1 storage class" if len(classes) == 1 else f"{len(classes)} storage classes"
    return (Evidence("exists", names, count, subject(ordered[0])),)
