"""The chronicle: notices what changes in the live picture, tells the judgement, and writes it down beside it.

Noticing is a comparison of two pictures that share all that did not change, so it costs next to nothing and
happens inside the judgement, which can then say what changed before a fault. Writing happens in batches, off
the loop, from a bounded queue. Whatever goes wrong with the store or in here, the console goes on: the
timeline is then "now only", and says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from mission_control.domain.installations import recognised
from mission_control.domain.places import Places
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot, cluster_key
from mission_control.domain.timeline.acceptances import acceptance_changes
from mission_control.domain.timeline.differences import between
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.story import Homes
from mission_control.domain.timeline.verdicts import VerdictsTold, verdict_changes
from mission_control.domain.verdict import Acceptance, Health
from mission_control.services.health import Fold, Picture
from mission_control.services.writing import EVERY, Trouble, Writer

_log = logging.getLogger(__name__)
MOST_SEEN = 400
SEEN_FOR = timedelta(hours=2)
"""So long the judgement hears of what the console saw change; findings ask for ten minutes."""
MOST_OUTBOX = 20_000
MOST_HELD = 2_000
BUSY = 12
"""After so many changes of one object within an hour, the further ones are one entry with a count."""


class Chronicle:
    """What one console noticed of one cluster. `writer` None: it keeps nothing beyond its own life."""

    def __init__(
        self,
        products: tuple[Product, ...],
        clock: Callable[[], datetime],
        writer: Writer | None = None,
        in_force: Callable[[], Sequence[Acceptance]] = tuple,
    ) -> None:
        self._products, self._clock, self._writer, self._in_force = products, clock, writer, in_force
        self._before: Snapshot | None = None
        self._seen: deque[Entry] = deque(maxlen=MOST_SEEN)
        self._told: tuple[Entry, ...] = ()
        self._outbox: deque[tuple[Entry, Snapshot]] = deque(maxlen=MOST_OUTBOX)
        self._held: deque[Entry] = deque(maxlen=MOST_HELD)
        self._verdicts: VerdictsTold | None = None if writer is not None else {}
        self._accepted: tuple[Acceptance, ...] | None = None
        self._busy: dict[tuple[str, str], int] = {}
        self._broken: Trouble | None = None

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing older than now can be told, or is kept; None while all is well."""
        return self._broken or (self._writer.trouble if self._writer is not None else NOT_KEPT)

    @property
    def writer(self) -> Writer | None:
        """Where it is kept."""
        return self._writer

    @property
    def cluster(self) -> str:
        """The cluster that is looked at, as its entries are kept; empty before the first whole picture."""
        return cluster_key(self._before) if self._before is not None else ""

    def notice(self, snapshot: Snapshot) -> Snapshot:
        """Compare a picture with the one before; it comes back with what was seen to change lately."""
        try:
            self._compare(snapshot)
        except Exception as error:  # noqa: BLE001 (the timeline must never stop a judgement)
            self._broke(error)
        if not self._told:
            return snapshot
        return msgspec.structs.replace(
            snapshot, readings=msgspec.structs.replace(snapshot.readings, seen=self._told)
        )

    def _compare(self, snapshot: Snapshot) -> None:
        before = self._before
        if not snapshot.is_complete or snapshot is before:
            return
        self._before = snapshot
        if before is None or cluster_key(before) != cluster_key(snapshot):
            if self._writer is not None:
                self._writer.begin(snapshot)
            return
        entries = [self._calmed(entry) for entry in between(before, snapshot)]
        for entry in entries:
            self._outbox.append((entry, before if entry.identity.startswith("gone:") else snapshot))
        found = [entry for entry in entries if entry.identity.partition(":")[0] in ("write", "seen", "gone")]
        self._remember(found, snapshot.taken_at)

    def _remember(self, found: Iterable[Entry], now: datetime) -> None:
        self._seen.extend(found)
        while self._seen and self._seen[0].at < now - SEEN_FOR:
            self._seen.popleft()
        if len(self._told) != len(self._seen) or (self._seen and self._told[-1] is not self._seen[-1]):
            self._told = tuple(self._seen)

    def _calmed(self, entry: Entry) -> Entry:
        """An entry as it is, or the one of its hour for an object that changes all the time."""
        if entry.what != "config":
            return entry
        hour = f"{entry.at:%Y%m%dT%H}"
        place = (entry.subject.path, hour)
        if len(self._busy) > MOST_OUTBOX:
            self._busy.clear()
        count = self._busy[place] = self._busy.get(place, 0) + 1
        if count <= BUSY:
            return entry
        identity = f"busy:{entry.subject.path}:{hour}"
        return msgspec.structs.replace(entry, identity=identity, times=count - BUSY)

    def after(self, fold: Fold) -> Fold:
        """The same fold, which also tells the chronicle what was judged."""

        def told(snapshot: Snapshot, health: Health) -> Health:
            left = fold(snapshot, health)
            self.judged(snapshot, left)
            return left

        return told

    def judged(self, snapshot: Snapshot, health: Health) -> None:
        """Take the entries of a judgement: changes of verdicts, what was accepted."""
        try:
            self._take(snapshot, health)
        except Exception as error:  # noqa: BLE001 (as above)
            self._broke(error)

    def _take(self, snapshot: Snapshot, health: Health) -> None:
        if not snapshot.is_complete:
            return
        if self._verdicts is not None:
            entries, self._verdicts = verdict_changes(self._verdicts, health)
            self._outbox.extend((entry, snapshot) for entry in entries)
        here = cluster_key(snapshot)
        now = tuple(kept for kept in self._in_force() if kept.cluster == here)
        if now != self._accepted:
            told = acceptance_changes(self._accepted, now, health.at)
            self._outbox.extend((entry, snapshot) for entry in told)
            self._accepted = now

    def drain(self) -> None:
        """Give each new entry its place and hand it on to be written; also kept here for "now only"."""
        homes: dict[int, Homes] = {}
        while self._outbox:
            entry, picture = self._outbox.popleft()
            if id(picture) not in homes:
                homes[id(picture)] = self.homes(picture)
            placed = homes[id(picture)].at_home(entry)
            if entry.what != "event":
                self._held.append(placed)
            if self._writer is not None:
                self._writer.put(placed)

    def homes(self, picture: Snapshot) -> Homes:
        """What finds the installation and component of entries of a picture."""
        return Homes(Places(picture, recognised(picture, self._products)))

    def held(self) -> tuple[Entry, ...]:
        """What was noticed since the start and is no event, the newest only."""
        self.drain()
        return tuple(self._held)

    def pending(self) -> tuple[Entry, ...]:
        """What is not written yet."""
        self.drain()
        return self._writer.pending if self._writer is not None else ()

    async def run(self) -> None:
        """Write what is noticed until cancelled; nothing that goes wrong ends it."""
        while True:
            try:
                self.drain()
                await self._write()
            except Exception as error:  # noqa: BLE001 (as above)
                self._broke(error)
            await asyncio.sleep(self._writer.pause if self._writer is not None else EVERY)

    async def _write(self) -> None:
        if self._writer is None:
            return
        verdicts = await self._writer.write(self.homes, self._before)
        if verdicts is not None and self._verdicts is None:
            self._verdicts = verdicts
        self._broken = None

    def _broke(self, error: Exception) -> None:
        if self._broken is None:
            _log.exception("the timeline failed")
        says = f"The timeline itself failed ({type(error).__name__}); the console's own log says where."
        self._broken = Trouble(says, "Report what the log says.", self._clock())


class NoticedPicture:
    """A picture that the chronicle is shown whenever somebody looks at it; for the judgement."""

    def __init__(self, picture: Picture, chronicle: Chronicle) -> None:
        self._picture, self._chronicle = picture, chronicle

    @property
    def version(self) -> int:
        """That of the picture."""
        return self._picture.version

    def snapshot(self) -> Snapshot:
        """The picture now, with what was seen to change lately."""
        return self._chronicle.notice(self._picture.snapshot())

    async def wait(self, after: int) -> int:
        """Returns when the version is greater."""
        return await self._picture.wait(after)

    async def wait_complete(self, timeout: float | None) -> bool:  # noqa: ASYNC109 (a promise to a person)
        """Waits for the complete picture."""
        return await self._picture.wait_complete(timeout)


NOT_KEPT = Trouble("The timeline is not kept: this console has no state of its own.", "", None)
