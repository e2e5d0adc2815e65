"""Claims whose volumes are nearly full, as kubelets measured them.

It is a warning at 85 % and a fault at 95 %, where databases begin to refuse writes. What was not measured is
blind and no fault. An old measurement of a claim that is gone says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mission_control.domain.filling import VolumeUse
from mission_control.domain.health.claims import describe, users_of
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import PersistentVolumeClaim, StorageClass
from mission_control.domain.places import Place
from mission_control.domain.quantity import bytes_text
from mission_control.domain.verdict import Evidence, Verdict

NEARLY, FULL = 0.85, 0.95
OLD = timedelta(minutes=15)
_LONG = 365.0
_FEW = 2.0
_HOURS = 24


def filling_sightings(scene: Scene) -> Iterator[Sighting]:
    """One sighting for each claim that is nearly full."""
    for use in scene.snapshot.readings.volumes:
        if use.share < NEARLY or scene.older(use.at, OLD):
            continue
        claim = scene.snapshot.get(PersistentVolumeClaim, use.namespace, use.claim)
        if claim is not None:
            yield _sighting(scene, claim, use)


def _sighting(scene: Scene, claim: PersistentVolumeClaim, use: VolumeUse) -> Sighting:
    pods = users_of(scene, [claim])[claim.namespace, claim.name]
    place = scene.places.pod(pods[0]) if pods else scene.places.part(claim)
    what = "of its places for files (inodes) are taken" if use.is_out_of_files else "used"
    left = f" and will be full in {days_text(use.days)}" if use.days is not None and use.days < _LONG else ""
    measured = f"measured at {use.at.isoformat()} by the kubelet of node {use.node}"
    size = f"{bytes_text(use.used)} of {bytes_text(use.capacity)} used"
    asked = claim.spec.resources.requests.get("storage", "none")
    files = f", {percent(use.files)} of its inodes" if use.is_out_of_files else ""
    return Sighting(
        "volume-nearly-full",
        subject(claim),
        place,
        f"The volume of claim {claim.name} is {percent(use.share)} {what}{left}: {size}.",
        _fix(scene, claim, use, place),
        describe(claim),
        (
            Evidence("kubelet", f"{size} ({percent(use.share)}){files}", measured, subject(claim)),
            from_field(claim, f"spec.resources.requests.storage: {asked}"),
        ),
        pods=tuple(pod.name for pod in pods),
        verdict=Verdict.BROKEN if use.share >= FULL else Verdict.DEGRADED,
    )


def _fix(scene: Scene, claim: PersistentVolumeClaim, use: VolumeUse, place: Place) -> str:
    hint = values_hint(place, "values")
    free = f"Delete what is not needed any more{hint}"
    if use.is_out_of_files:
        return f"{free}: many small files use up a volume before its bytes do."
    name = claim.spec.storage_class_name or ""
    found = scene.snapshot.get(StorageClass, "", name)
    if found is not None and found.allow_volume_expansion:
        return (
            f"Let the claim grow: its class {name} allows it. Set spec.resources.requests.storage to more "
            f"than {bytes_text(use.capacity)}, and the same in the chart's values{hint}. "
            "Or shorten how long data are kept."
        )
    why = f": its class {name} does not let claims grow" if found is not None else ""
    return f"{free}, or move the data to a larger claim{why}."


def percent(share: float) -> str:
    """A part of one as a person reads it. Rounded down, so that 99.9 % never reads as 100 %."""
    return f"{int(share * 100)} %"


def days_text(days: float) -> str:
    """A number of days as a person says it: "9 hours", "12 days"."""
    if days * _HOURS < _FEW:
        return "less than 2 hours"
    return f"{int(days * _HOURS)} hours" if days < _FEW else f"{int(days)} days"
