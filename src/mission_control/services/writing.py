"""Writes the timeline down: a bounded queue, batches off the loop, and patience with a store that fails.

The first write of a process tells what the picture itself tells, and what changed since the last process
looked; identities see to it that nothing is told twice. After a failure it begins so again, because what did
not fit into the queue was dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from mission_control.domain.objects import Object
from mission_control.domain.snapshot import Shelf, Snapshot, cluster_key
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.facts import FOLLOWED
from mission_control.domain.timeline.known import Known, everything_known, known, meanwhile
from mission_control.domain.timeline.story import Homes, everything
from mission_control.domain.timeline.verdicts import VerdictsTold
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.timeline.wording import subject
from mission_control.domain.verdict import Subject, Verdict
from mission_control.storage.errors import StorageError

_log = logging.getLogger(__name__)
MOST_PENDING = 20_000
BATCH = 2_000
EVERY = 1.0
KEEP_EVERY = timedelta(minutes=10)
LONGEST_PAUSE = 60.0
_NONE = Shelf()


class Store(Protocol):
    """Where entries are kept (`storage.timeline.TimelineStore`)."""

    def write(self, cluster: str, entries: Sequence[Entry]) -> None:
        """Add entries."""

    def entries(self, cluster: str, wanted: Wanted, most: int) -> tuple[Entry, ...]:
        """The newest that are wanted."""

    def bars(
        self, cluster: str, wanted: Wanted, begin: datetime, slice_: timedelta
    ) -> Sequence[tuple[int, int, int]]:
        """How many in each slice of time, and how many bad ones."""

    def oldest(self, cluster: str) -> datetime | None:
        """The time of the oldest entry."""

    def verdicts(self, cluster: str) -> dict[tuple[str, str], Verdict]:
        """The verdicts told last."""

    def known(self, cluster: str) -> dict[Subject, Known]:
        """What was last seen of objects."""

    def know(self, cluster: str, known: Sequence[Known], gone: Sequence[Subject] = ()) -> None:
        """Remember what was seen of objects."""

    def trim(self, now: datetime, days: float, mebibytes: float) -> int:
        """Take out what is too old or too much."""


class Trouble(msgspec.Struct, frozen=True):
    """Why the timeline is "now only": what happened, what to do, since when."""

    says: str
    fix: str
    since: datetime | None


class Bounds(msgspec.Struct, frozen=True):
    """How long entries are kept, and how much of them."""

    days: float = 14
    mebibytes: float = 256


class Writer:
    """The queue and its store. `clock` tells what is too old."""

    def __init__(self, store: Store, bounds: Bounds, clock: Callable[[], datetime]) -> None:
        self.store, self.bounds, self._clock = store, bounds, clock
        self.trouble: Trouble | None = None
        self.pause = EVERY
        self.dropped = 0
        self._pending: dict[str, Entry] = {}
        self._snapshot: Snapshot | None = None
        self._known_of: Snapshot | None = None
        self._kept: datetime | None = None
        self._cluster = ""

    def begin(self, snapshot: Snapshot) -> None:
        """The first whole picture."""
        self._snapshot, self._cluster = snapshot, cluster_key(snapshot)

    def put(self, entry: Entry) -> None:
        """Put an entry into the queue; in a full one the oldest makes room."""
        self._pending.pop(entry.identity, None)
        self._pending[entry.identity] = entry
        while len(self._pending) > MOST_PENDING:
            self._pending.pop(next(iter(self._pending)))
            self.dropped += 1

    @property
    def has_begun(self) -> bool:
        """Whether what the first picture tells is written."""
        return self._known_of is not None

    @property
    def pending(self) -> tuple[Entry, ...]:
        """What is not written yet."""
        return tuple(self._pending.values())

    async def write(
        self, homes: Callable[[Snapshot], Homes], snapshot: Snapshot | None = None
    ) -> VerdictsTold | None:
        """Write what waits; the verdicts told last, when this was the first write that worked.

        What is known of objects is written after the entries, so that none is lost in between.
        """
        if self._snapshot is None:
            return None
        latest, verdicts = snapshot or self._snapshot, None
        batch = dict(list(self._pending.items())[:BATCH])
        try:
            if self._known_of is None:
                verdicts = await asyncio.to_thread(self._first, latest, homes(latest))
                self._known_of = latest
            if batch:
                await asyncio.to_thread(self.store.write, self._cluster, list(batch.values()))
            if latest is not self._known_of and len(self._pending) <= BATCH:
                await asyncio.to_thread(self._know, self._known_of, latest)
                self._known_of = latest
            await self._keep()
        except StorageError as error:
            self._failed(error)
            return None
        for key, entry in batch.items():
            if self._pending.get(key) is entry:
                del self._pending[key]
        self.trouble, self.pause = None, 0.0 if len(self._pending) >= BATCH else EVERY
        return verdicts

    def _first(self, snapshot: Snapshot, homes: Homes) -> VerdictsTold:
        """Write what the picture tells and what changed since somebody looked last."""
        since = self._clock() - timedelta(days=self.bounds.days)
        before = self.store.known(self._cluster)

        def is_news(item: Object) -> bool:
            was = before.get(subject(item))
            return was is None or was != known(item)

        told = {entry.identity: entry for entry in everything(snapshot, since, is_news)}
        told |= {entry.identity: entry for entry in meanwhile(before, snapshot)}
        entries = [homes.at_home(entry) for entry in told.values()]
        for start in range(0, len(entries), BATCH):
            self.store.write(self._cluster, entries[start : start + BATCH])
        now = everything_known(snapshot)
        fresh = [entry for about, entry in now.items() if before.get(about) != entry]
        self.store.know(self._cluster, fresh, _missing(before, now, snapshot))
        return self.store.verdicts(self._cluster)

    def _know(self, before: Snapshot, now: Snapshot) -> None:
        """Remember what is new of the followed objects since the last write."""
        fresh: list[Known] = []
        gone: list[Subject] = []
        for shape in FOLLOWED:
            then = before.shelves.get(shape, _NONE)
            for old, new in now.shelves.get(shape, _NONE).differences(then):
                if new is not None:
                    fresh += _news(old, new)
                elif old is not None and now.sees(shape, old.namespace):
                    gone.append(subject(old))
        if fresh or gone:
            self.store.know(self._cluster, fresh, gone)

    async def _keep(self) -> None:
        now = self._clock()
        if self._kept is None or now - self._kept >= KEEP_EVERY:
            await asyncio.to_thread(self.store.trim, now, self.bounds.days, self.bounds.mebibytes)
            self._kept = now

    def _failed(self, error: StorageError) -> None:
        """Say so, wait longer, and begin anew afterwards."""
        if self.trouble is None or self.trouble.says != error.says:
            _log.warning("the timeline is not written: %s %s", error.says, error.fix)
        since = self.trouble.since if self.trouble is not None else self._clock()
        self.trouble = Trouble(error.says, error.fix, since)
        self.pause = min(LONGEST_PAUSE, max(EVERY, self.pause) * 2)
        self._known_of = None


def _news(old: Object | None, new: Object) -> list[Known]:
    now = known(new)
    was = known(old) if old is not None else None
    return [now] if now is not None and now != was else []


def _missing(
    before: Mapping[Subject, Known], now: Mapping[Subject, Known], snapshot: Snapshot
) -> list[Subject]:
    kinds = {shape.__name__: shape for shape in FOLLOWED}
    return [
        about
        for about in before
        if about not in now and about.kind in kinds and snapshot.sees(kinds[about.kind], about.namespace)
    ]
