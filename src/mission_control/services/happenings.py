"""The Events page: what the cluster reports, each happening told once however often it was reported.

Kubernetes keeps an event for each object and wording, so that one trouble with a changing number in its
sentence fills a list. Here events of one object and reason whose messages differ only in numbers and made-up
names are one line: counted together, in the newest words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import msgspec

from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Event
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health
from mission_control.services.freshness import Freshness, Unseen, freshness
from mission_control.services.listing import cut, fits, ordered
from mission_control.services.roles import Grant
from mission_control.services.sightless import denied

SPANS = {"5m": timedelta(minutes=5), "15m": timedelta(minutes=15), "1h": timedelta(hours=1)}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]*\d[0-9a-f]*\b|\d+(?:\.\d+)?")


class EventQuery(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it.

    `type` is Warning or Normal, `about` an object as "Kind/namespace/name", `within` one of SPANS.
    """

    sorts: ClassVar[tuple[str, ...]] = ("last", "times", "reason", "name")
    largest_first: ClassVar[frozenset[str]] = frozenset({"last", "times"})

    namespace: str = ""
    type: str = ""
    kind: str = ""
    about: str = ""
    within: str = ""
    text: str = ""
    sort: str = "last"
    page: int = 1


class Happening(msgspec.Struct, frozen=True):
    """Events of one object, one reason and one wording. `has_page`: the object is in the picture.

    `message` and `reporter` are those of the newest; `events` is how many there are, `times` how often they
    were seen together.
    """

    type: str
    reason: str
    kind: str
    namespace: str
    name: str
    has_page: bool
    message: str
    times: int
    events: int
    first: datetime | None
    last: datetime | None
    reporter: str


class Happenings(msgspec.Struct, frozen=True):
    """The page: `total` happenings fit the query, told by `told` of `all` events. `grant` when refused."""

    freshness: Freshness
    query: EventQuery
    rows: tuple[Happening, ...]
    total: int
    told: int
    all: int
    warnings: int
    pages: int
    namespaces: tuple[str, ...]
    kinds: tuple[str, ...]
    refused: tuple[Unseen, ...] = ()
    grant: Grant | None = None


def happenings(snapshot: Snapshot, health: Health, query: EventQuery, account: str = "") -> Happenings:
    """The happenings that a query asks for, the newest first unless it says otherwise."""
    if query.sort.lstrip("-") not in EventQuery.sorts:
        query = msgspec.structs.replace(query, sort=EventQuery().sort)
    everything = snapshot.all(Event)
    rows = every_happening(snapshot, query)
    page = cut(rows, query.page)
    seen = freshness(snapshot)
    return Happenings(
        freshness=seen,
        query=msgspec.structs.replace(query, page=page.page),
        rows=page.items,
        total=page.total,
        told=sum(row.events for row in rows),
        all=len(everything),
        warnings=sum(row.type != "Normal" for row in rows),
        pages=page.pages,
        namespaces=tuple(sorted({event.namespace for event in everything})),
        kinds=tuple(sorted({event.involved_object.kind for event in everything} - {""})),
        refused=tuple(entry for entry in seen.refused if entry.kind == "Event" and entry.namespace),
        grant=None if everything else denied(snapshot, health, "Event", account),
    )


def every_happening(snapshot: Snapshot, query: EventQuery) -> tuple[Happening, ...]:
    """All happenings that a query asks for, in its order."""
    found = [event for event in _candidates(snapshot, query) if _is_wanted(event, query, snapshot.taken_at)]
    rows = [_happening(snapshot, group) for group in _groups(found).values()]
    rows.sort(key=lambda row: (row.namespace, row.name, row.reason))
    return tuple(ordered(rows, query, lambda row: _key(query.sort, row)))


def _candidates(snapshot: Snapshot, query: EventQuery) -> Iterable[Event]:
    """The events to look at: those of one object or one namespace when only these are asked for."""
    kind, _, rest = query.about.partition("/")
    namespace, _, name = rest.partition("/")
    if name:
        return snapshot.events_about(kind, namespace, name)
    return snapshot.within(Event, query.namespace) if query.namespace else snapshot.all(Event)


def _is_wanted(event: Event, query: EventQuery, now: datetime) -> bool:
    if query.type and (event.type or "Normal") != query.type:
        return False
    if query.kind and event.involved_object.kind != query.kind:
        return False
    within = SPANS.get(query.within)
    if within is not None and (event.last_seen or _LONG_AGO) < now - within:
        return False
    about = event.involved_object
    words = query.text.lower().split()
    return not words or fits(
        f"{event.reason} {about.kind} {about.name} {event.namespace} {event.message} {event.reporter}", words
    )


def _groups(found: Iterable[Event]) -> dict[tuple[str, ...], list[Event]]:
    groups: dict[tuple[str, ...], list[Event]] = {}
    for event in found:
        about = event.involved_object
        key = (event.type, event.reason, about.kind, about.namespace, about.name, shape(event.message))
        groups.setdefault(key, []).append(event)
    return groups


@lru_cache(maxsize=16384)
def shape(message: str) -> str:
    """A message without what changes from one telling to the next: numbers, ids, made-up names."""
    return _CHANGING.sub("#", message)


def _happening(snapshot: Snapshot, group: list[Event]) -> Happening:
    newest = max(group, key=lambda event: event.last_seen or _LONG_AGO)
    about = newest.involved_object
    kind = kind_named(about.kind)
    namespace = about.namespace if kind is None or kind.namespaced else ""
    return Happening(
        type=newest.type or "Normal",
        reason=newest.reason,
        kind=about.kind,
        namespace=namespace,
        name=about.name,
        has_page=kind is not None and snapshot.get(kind.shape, namespace, about.name) is not None,
        message=newest.message,
        times=sum(event.times for event in group),
        events=len(group),
        first=min((at for event in group if (at := event.first_seen)), default=None),
        last=newest.last_seen,
        reporter=newest.reporter,
    )


def _key(sort: str, row: Happening) -> Any:
    match sort.lstrip("-"):
        case "times":
            return row.times
        case "reason":
            return row.reason
        case "name":
            return (row.name, row.kind)
        case _:
            return row.last or _LONG_AGO
