"""Custom resources that a product lives by and that report failure, or that nobody has looked at.

Which kinds these are, and which condition means failure, is in the product pack. A controller tries again, so
a failed condition counts only when it has held for the pack's grace.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.installations import Installation
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Condition, Custom
from mission_control.domain.places import Place
from mission_control.domain.product import CustomKind

UNTOUCHED = timedelta(minutes=10)


def custom_sightings(scene: Scene) -> Iterator[Sighting]:
    """The failing custom resources in the namespaces of installations whose pack knows their kind."""
    kinds = {(sight.kind.group, sight.kind.kind): sight.kind for sight in scene.snapshot.sights}
    for installation in scene.installations:
        for custom in installation.product.resources:
            kind = kinds.get((custom.group, custom.kind))
            if kind is not None and issubclass(kind.shape, Custom):
                yield from _of_kind(scene, installation, custom, kind)


def _of_kind(scene: Scene, installation: Installation, custom: CustomKind, kind: Kind) -> Iterator[Sighting]:
    for item in scene.snapshot.within(kind.shape, installation.namespace):
        if not isinstance(item, Custom):
            continue
        failed = next((c for c in item.status.conditions if _is_failure(custom, c)), None)
        place = scene.places.part(item)
        if place.installation is None:
            place = Place(installation)
        if failed is not None:
            if scene.older(failed.last_transition_time, timedelta(minutes=custom.grace)):
                yield _failing(custom, item, place, failed)
        elif not item.status.conditions and scene.older(item.metadata.creation_timestamp, UNTOUCHED):
            yield _untouched(custom, item, place)


def _is_failure(custom: CustomKind, entry: Condition) -> bool:
    return any(entry.type == failed.type and entry.status == failed.status for failed in custom.failed)


def _sighting(custom: CustomKind, item: Custom, place: Place, says: str, field: str, note: str) -> Sighting:
    name = f"{custom.plural}.{custom.group}"
    return Sighting(
        "custom-resource-failing",
        subject(item),
        place,
        says,
        custom.fix or f"Look at its events, and at the log of the controller that serves {name}.",
        f"kubectl describe {name} {item.name} -n {item.namespace}",
        (from_field(item, field, note),),
    )


def _failing(custom: CustomKind, item: Custom, place: Place, failed: Condition) -> Sighting:
    why = one_line(failed.message or failed.reason, 200).rstrip(".") or f"{failed.type} is {failed.status}"
    says = f"{custom.title or custom.kind} {item.name} reports a failure: {why}."
    found = _sighting(custom, item, place, says, f"{failed.type}: {failed.status}", failed.reason)
    return msgspec.structs.replace(found, since=failed.last_transition_time)


def _untouched(custom: CustomKind, item: Custom, place: Place) -> Sighting:
    says = f"{custom.title or custom.kind} {item.name} has been looked at by no controller since it was made."
    found = _sighting(custom, item, place, says, "status.conditions: none", "")
    return msgspec.structs.replace(found, since=item.metadata.creation_timestamp)
