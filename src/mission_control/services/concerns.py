"""What concerns an object beyond itself: what it made, and what was reported about all of that.

Trouble shows where it happens: nothing is reported about a Deployment whose pod cannot pull its image.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from mission_control.domain.kinds import kind_named, kind_of
from mission_control.domain.objects import CronJob, Event, Job, Object, Pod, ReplicaSet
from mission_control.domain.snapshot import Shelf, Snapshot
from mission_control.services.facts import Link
from mission_control.services.rows import pods_of

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def with_made(snapshot: Snapshot, link: Link) -> tuple[Link, ...]:
    """An object and what it made, as far as that can be seen: ReplicaSets, Jobs, pods."""
    kind = kind_named(link.kind)
    item = snapshot.get(kind.shape, link.namespace, link.name) if kind else None
    if item is None or not item.uid:
        return (link,)
    made: list[Object] = [*snapshot.owned_by(ReplicaSet, item.uid), *snapshot.owned_by(Job, item.uid)]
    made += [] if isinstance(item, Pod) else pods_of(snapshot, item)
    if isinstance(item, CronJob):
        made += [pod for job in snapshot.owned_by(Job, item.uid) for pod in snapshot.owned_by(Pod, job.uid)]
    links = [Link(kind_of(type(entry)).kind, entry.namespace, entry.name) for entry in made]
    return tuple(dict.fromkeys([link, *links]))


def narrowed(snapshot: Snapshot, about: Link | None = None, since: timedelta | None = None) -> Snapshot:
    """The picture with the events about an object and what it made, or seen lately, and no others."""
    if about is None:
        found = list(snapshot.all(Event))
    else:
        links = with_made(snapshot, about)
        found = [e for link in links for e in snapshot.events_about(link.kind, link.namespace, link.name)]
    if since is not None:
        start = snapshot.taken_at - since
        found = [event for event in found if (event.last_seen or _LONG_AGO) >= start]
    shelf = Shelf({(event.namespace, event.name): event for event in found})
    return msgspec.structs.replace(snapshot, shelves={**snapshot.shelves, Event: shelf})
