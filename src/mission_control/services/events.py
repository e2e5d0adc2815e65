"""What the cluster reported: each thing told once, however often it was seen, with its newest words.

The API server keeps an event per object, reason and source, sometimes one per message. Here everything with
the same type, reason and object is one line: how often, since when, and what was said last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec

from mission_control.domain.kinds import kind_named, kind_of
from mission_control.domain.objects import CronJob, Event, Job, Object, Pod, ReplicaSet
from mission_control.domain.snapshot import Snapshot
from mission_control.services.facts import Link
from mission_control.services.listing import fits, ordered
from mission_control.services.rows import pods_of

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class EventQuery(msgspec.Struct, frozen=True):
    """Which events are asked for. `about`: an object and all that it made. `since`: seen in so many seconds.

    `type` is Warning or Normal; empty for both.
    """

    sorts: ClassVar[tuple[str, ...]] = ("last", "times", "type", "reason", "object")
    largest_first: ClassVar[frozenset[str]] = frozenset({"last", "times", "type"})

    text: str = ""
    type: str = ""
    namespace: str = ""
    about: Link | None = None
    since: float | None = None
    sort: str = "last"
    page: int = 1


class Happening(msgspec.Struct, frozen=True):
    """Something that was reported about an object: how often, when first and last, and the last words."""

    type: str
    reason: str
    kind: str
    namespace: str
    name: str
    message: str
    times: int
    first: datetime | None
    last: datetime | None
    reporter: str


def happenings(snapshot: Snapshot, query: EventQuery) -> tuple[Happening, ...]:
    """Everything that fits the query, in its order."""
    groups: dict[tuple[str, ...], list[Event]] = {}
    for event in _candidates(snapshot, query):
        about = event.involved_object
        key = (event.type, event.reason, about.kind, about.namespace, about.name)
        groups.setdefault(key, []).append(event)
    found = [_happening(group) for group in groups.values()]
    words = query.text.lower().split()
    start = snapshot.taken_at - timedelta(seconds=query.since) if query.since is not None else _LONG_AGO
    kept = [
        line
        for line in found
        if (query.since is None or (line.last or _LONG_AGO) >= start)
        and (not words or fits(_text(line), words))
    ]
    kept.sort(key=lambda line: (line.namespace, line.kind, line.name, line.reason))
    return tuple(ordered(kept, query, _key(query.sort)))


def _candidates(snapshot: Snapshot, query: EventQuery) -> Iterable[Event]:
    """The events about what is asked for, of the type that is asked for."""
    if query.about is not None:
        links = _with_controlled(snapshot, query.about)
        found = [e for link in links for e in snapshot.events_about(link.kind, link.namespace, link.name)]
    else:
        found = list(snapshot.within(Event, query.namespace) if query.namespace else snapshot.all(Event))
    return [event for event in found if not query.type or event.type.lower() == query.type.lower()]


def _with_controlled(snapshot: Snapshot, link: Link) -> list[Link]:
    """An object and what it made, because that is where its trouble shows."""
    kind = kind_named(link.kind)
    item = snapshot.get(kind.shape, link.namespace, link.name) if kind else None
    if item is None or not item.uid:
        return [link]
    made: list[Object] = [*snapshot.owned_by(ReplicaSet, item.uid), *snapshot.owned_by(Job, item.uid)]
    made += [] if isinstance(item, Pod) else pods_of(snapshot, item)
    if isinstance(item, CronJob):
        made += [pod for job in snapshot.owned_by(Job, item.uid) for pod in snapshot.owned_by(Pod, job.uid)]
    links = [Link(kind_of(type(entry)).kind, entry.namespace, entry.name) for entry in made]
    return list(dict.fromkeys([link, *links]))


def _happening(group: list[Event]) -> Happening:
    newest = max(group, key=lambda event: event.last_seen or _LONG_AGO)
    about = newest.involved_object
    return Happening(
        type=newest.type,
        reason=newest.reason,
        kind=about.kind,
        namespace=about.namespace,
        name=about.name,
        message=newest.message.strip(),
        times=sum(event.times for event in group),
        first=min((event.first_seen for event in group if event.first_seen), default=None),
        last=newest.last_seen,
        reporter=newest.reporter,
    )


def _text(line: Happening) -> str:
    return f"{line.reason} {line.kind} {line.namespace} {line.name} {line.message} {line.reporter}"


def _key(sort: str) -> Callable[[Happening], Any]:
    """What a sort compares; the last time for a sort that there is not."""
    keys: dict[str, Callable[[Happening], Any]] = {
        "times": lambda line: line.times,
        "type": lambda line: (line.type == "Warning", line.last or _LONG_AGO),
        "reason": lambda line: line.reason,
        "object": lambda line: (line.namespace, line.kind, line.name),
    }
    return keys.get(sort.lstrip("-"), lambda line: line.last or _LONG_AGO)
