"""The Timeline page: what changed and happened, of all, an installation or an object, zoomed by time.

It is told from the store where there is one, with what is not written yet; without one, or when it fails,
from the picture and from what this console noticed since its start, and the page says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from mission_control.domain.kinds import kind_named
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import WHATS, Entry, What, kept_identity
from mission_control.domain.timeline.story import everything
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.verdict import Health, Subject
from mission_control.domain.view import ALL, View
from mission_control.services.chronicle import Chronicle
from mission_control.services.density import Density, density
from mission_control.services.freshness import Freshness, Unseen, freshness
from mission_control.services.happenings import shape
from mission_control.services.listing import cut
from mission_control.services.roles import Grant
from mission_control.services.sightless import denied
from mission_control.services.writing import Trouble
from mission_control.storage.errors import StorageError

SPANS = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
SPAN = "24h"
MOST = 5_000
"""So many entries are read for one page; when there are more, the page says so."""
_SHORTEST = timedelta(seconds=10)


class TimelineQuery(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it.

    `kind` is one of WHATS, `about` an object as "Kind/namespace/name", `within` one of SPANS; `begin` and
    `end` are moments and go before it.
    """

    sorts: ClassVar[tuple[str, ...]] = ("at",)
    largest_first: ClassVar[frozenset[str]] = frozenset({"at"})

    installation: str = ""
    component: str = ""
    kind: str = ""
    about: str = ""
    within: str = SPAN
    begin: str = ""
    end: str = ""
    text: str = ""
    sort: str = "at"
    page: int = 1


class Line(msgspec.Struct, frozen=True):
    """One line: an entry, or events that say the same of one object. `entries`: how many there are."""

    entry: Entry
    entries: int
    has_page: bool
    command: str


class Kept(msgspec.Struct, frozen=True):
    """How far back the timeline goes. `trouble`: why it tells of now only."""

    oldest: datetime | None = None
    trouble: Trouble | None = None


class TimelinePage(msgspec.Struct, frozen=True):
    """The page: `told` entries fit the query, in `total` lines; `is_cut`: there are more that were not read.

    `begin` and `end` are the time shown. `grant`: what would let the console see events. `refused`: where
    events are not seen.
    """

    freshness: Freshness
    query: TimelineQuery
    rows: tuple[Line, ...]
    total: int
    told: int
    pages: int
    begin: datetime
    end: datetime
    density: Density
    kept: Kept
    is_cut: bool
    installations: tuple[tuple[str, str], ...]
    components: tuple[tuple[str, str], ...]
    refused: tuple[Unseen, ...] = ()
    grant: Grant | None = None


async def timeline(
    chronicle: Chronicle,
    snapshot: Snapshot,
    health: Health,
    query: TimelineQuery,
    account: str = "",
    view: View = ALL,
) -> TimelinePage:
    """The page that a query asks for, of a judgement, as far as a view shows it."""
    query = _sound(query)
    begin, end = window(query, snapshot.taken_at)
    wanted = msgspec.structs.replace(wanted_of(query, begin, end), view=view)
    found, kept = await told(chronicle, snapshot, wanted)
    lines = grouped(found, snapshot)
    page = cut(lines, query.page)
    seen = freshness(snapshot)
    hidden = tuple(entry for entry in seen.refused if entry.kind == "Event")
    chosen = next((entry for entry in health.installations if entry.key == query.installation), None)
    return TimelinePage(
        freshness=seen,
        query=msgspec.structs.replace(query, page=page.page),
        rows=page.items,
        total=page.total,
        told=len(found),
        pages=page.pages,
        begin=begin,
        end=end,
        density=density(found, begin, end),
        kept=kept,
        is_cut=len(found) >= MOST,
        installations=tuple((entry.key, f"{entry.title} {entry.key}") for entry in health.installations),
        components=tuple((part.key, part.title) for part in chosen.components) if chosen else (),
        refused=tuple(entry for entry in hidden if entry.namespace),
        grant=denied(snapshot, health, "Event", account) if any(not e.namespace for e in hidden) else None,
    )


def _sound(query: TimelineQuery) -> TimelineQuery:
    """The query without what it cannot mean."""
    return msgspec.structs.replace(
        query,
        within=query.within if query.within in SPANS else SPAN,
        kind=query.kind if query.kind in WHATS else "",
        begin=query.begin if _moment(query.begin) else "",
        end=query.end if _moment(query.end) else "",
    )


def window(query: TimelineQuery, now: datetime) -> tuple[datetime, datetime]:
    """The time that a query is about: the one that it names, or so long until now."""
    span = SPANS.get(query.within, SPANS[SPAN])
    begin, end = _moment(query.begin), _moment(query.end)
    if begin is None:
        return ((end or now) - span, end or now)
    return (begin, max(end or now, begin + _SHORTEST))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def wanted_of(query: TimelineQuery, begin: datetime, end: datetime) -> Wanted:
    """What a query wants."""
    kind, _, rest = query.about.partition("/")
    namespace, _, name = rest.partition("/")
    whats: tuple[What, ...] = tuple(what for what in WHATS if what == query.kind)
    return Wanted(
        begin=begin,
        end=end,
        whats=whats,
        installation=query.installation,
        component=query.component,
        about=Subject(kind, namespace, name) if name else None,
        words=tuple(query.text.lower().split()),
    )


async def told(chronicle: Chronicle, snapshot: Snapshot, wanted: Wanted) -> tuple[tuple[Entry, ...], Kept]:
    """The entries that are wanted, the newest first, at most MOST; and how far back they go."""
    trouble, writer, cluster = chronicle.trouble, chronicle.writer, chronicle.cluster
    found: dict[str, Entry] = {}
    oldest = None
    if writer is None or trouble is not None or not writer.has_begun:
        found = await _from_picture(chronicle, snapshot, wanted)
    if writer is not None and trouble is None and cluster:
        try:
            kept = await asyncio.to_thread(writer.store.entries, cluster, wanted, MOST)
            oldest = await asyncio.to_thread(writer.store.oldest, cluster)
        except StorageError as error:
            trouble = Trouble(error.says, error.fix, None)
            found = await _from_picture(chronicle, snapshot, wanted)
        else:
            found |= {entry.identity: entry for entry in kept}
    waiting = (entry for entry in chronicle.pending() if wanted.fits(entry))
    found |= {kept_identity(cluster, entry.identity): entry for entry in waiting}
    return _newest(found.values()), Kept(oldest if wanted.view.is_all else None, trouble)


async def _from_picture(chronicle: Chronicle, snapshot: Snapshot, wanted: Wanted) -> dict[str, Entry]:
    """What the picture tells, and what was noticed since the start, by the identity it is kept under."""
    held, homes, cluster = chronicle.held(), chronicle.homes(snapshot), chronicle.cluster

    def chosen() -> dict[str, Entry]:
        entries = (*map(homes.at_home, everything(snapshot, wanted.begin)), *held)
        return {kept_identity(cluster, entry.identity): entry for entry in entries if wanted.fits(entry)}

    return await asyncio.to_thread(chosen)


def _newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.identity), reverse=True)[:MOST])


def grouped(found: Iterable[Entry], snapshot: Snapshot) -> tuple[Line, ...]:
    """The lines of entries: events of one object that differ only in numbers are one, in its newest words."""
    groups: dict[object, list[Entry]] = {}
    for entry in found:
        about = (entry.what, entry.reason, entry.subject, shape(entry.text))
        is_alike = entry.what in ("event", "node", "rollout") and entry.reason
        groups.setdefault(about if is_alike else entry.identity, []).append(entry)
    return tuple(_line(group, snapshot) for group in groups.values())


def _line(group: list[Entry], snapshot: Snapshot) -> Line:
    newest = group[0]
    if len(group) > 1:
        newest = msgspec.structs.replace(
            newest,
            times=sum(entry.times for entry in group),
            first=min(entry.first or entry.at for entry in group),
        )
    about = newest.subject
    kind = kind_named(about.kind)
    has_page = kind is not None and snapshot.get(kind.shape, about.namespace, about.name) is not None
    return Line(newest, len(group), has_page, newest.command)
