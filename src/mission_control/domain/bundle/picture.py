"""`mission-control/picture.json`: what a picture holds beside its objects, so that it is whole again.

The objects lie in `cluster-resources/`. How well each kind was seen, what was read beside the watches, the
ends of suspects' logs and what was accepted decide a judgement too, so they are recorded with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mission_control.domain.kinds import Kind
from mission_control.domain.logtail import LogTail
from mission_control.domain.objects import Object
from mission_control.domain.readings import Readings
from mission_control.domain.snapshot import ClusterFacts, Shelf, Sight, SightState, Snapshot
from mission_control.domain.verdict import Acceptance

SCHEMA = "mission-control/picture/1"


class RecordedSight(msgspec.Struct, frozen=True):
    """How well a kind was seen, by the kind's name."""

    kind: str
    group: str
    state: SightState
    namespace: str | None = None
    reason: str = ""
    needs: str = ""
    since: datetime | None = None


class RecordedPicture(msgspec.Struct, frozen=True):
    """Everything but the objects."""

    schema: str
    cluster: ClusterFacts
    taken_at: datetime
    sights: tuple[RecordedSight, ...]
    readings: Readings = Readings()
    tails: tuple[LogTail, ...] = ()
    accepted: tuple[Acceptance, ...] = ()


def recorded(
    snapshot: Snapshot, tails: Iterable[LogTail] = (), accepted: Iterable[Acceptance] = ()
) -> RecordedPicture:
    """What has to be written down of a picture and of what is known beside it."""
    sights = tuple(
        RecordedSight(s.kind.kind, s.kind.group, s.state, s.namespace, s.reason, s.needs, s.since)
        for s in snapshot.sights
    )
    return RecordedPicture(
        SCHEMA,
        snapshot.cluster,
        snapshot.taken_at,
        sights,
        snapshot.readings,
        tuple(tails),
        tuple(accepted),
    )


def restored(picture: RecordedPicture, objects: Iterable[Object], kinds: Iterable[Kind]) -> Snapshot:
    """The picture of what was written down and the objects beside it.

    A kind that a later console knows and the recorded one did not is absent, never loading.
    """
    known = {(kind.group, kind.kind): kind for kind in kinds}
    sights = tuple(
        Sight(known[s.group, s.kind], s.state, s.namespace, s.reason, s.needs, s.since)
        for s in picture.sights
        if (s.group, s.kind) in known
    )
    told = {(sight.kind.group, sight.kind.kind) for sight in sights}
    new = tuple(
        Sight(kind, "absent", reason="It was not recorded.") for key, kind in known.items() if key not in told
    )
    return Snapshot(picture.cluster, picture.taken_at, shelves(objects), (*sights, *new), picture.readings)


def shelves(objects: Iterable[Object]) -> dict[type[Object], Shelf]:
    """Objects by their kind."""
    by_shape: dict[type[Object], dict[tuple[str, str], Object]] = {}
    for item in objects:
        by_shape.setdefault(type(item), {})[item.namespace, item.name] = item
    return {shape: Shelf(items) for shape, items in by_shape.items()}
