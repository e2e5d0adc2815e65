"""One reader's stream: containers come and go, their lines become one story in order of time.

Memory is bounded: so many lines wait at most, for each container and in all. A reader that takes nothing
makes the containers wait; one that shares a container with others loses lines, which is told in the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

import msgspec

from mission_control.cluster.errors import ClusterError
from mission_control.cluster.logs import Wanted, history
from mission_control.domain.logs.entries import Entry, Seam, Source
from mission_control.domain.logs.lives import Life, life_of
from mission_control.domain.logs.merge import Merger
from mission_control.domain.logs.position import Junction
from mission_control.domain.objects import Pod
from mission_control.domain.snapshot import Snapshot
from mission_control.services.logs.kept import Kept, nothing_kept
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.selection import Catalog, Chosen, is_finished
from mission_control.services.logs.upstreams import ROOM, Cleaner, Upstreams

MOST_WAITING = 20_000
"""Lines of one reader that wait to be taken."""
EACH = 200
"""Lines of a history that wait although the reader has no room, so that order can be found at all."""
FOLDED = 4
"""Streams that were taken up again at once, told as one from so many on."""
TICK = 0.1
"""Seconds between two batches."""


class Judged(Protocol):
    """A picture with its number."""

    @property
    def snapshot(self) -> Snapshot:
        """The picture."""

    @property
    def version(self) -> int:
        """Its number."""


class Batch(msgspec.Struct, frozen=True):
    """What goes out at once. `sources`: those not told before. `seen` counts lines before the filter."""

    entries: tuple[Entry, ...]
    sources: tuple[Source, ...]
    chosen: Chosen
    seen: int
    is_caught_up: bool = False


class Surroundings(Protocol):
    """What a session needs of the console."""

    upstreams: Upstreams
    kept: Kept

    def picture(self) -> Judged:
        """The newest picture."""

    def catalog(self) -> Catalog:
        """Its containers that may be followed."""

    def sees(self, namespace: str) -> bool:
        """Whether the logs of a namespace may be read."""


class Session:
    """One reader. `batches` until it is closed, or all is told."""

    def __init__(self, logs: Surroundings, query: LogQuery) -> None:
        self.logs, self.query = logs, query
        self.merger = Merger()
        self._feeds: dict[str, Feed] = {}
        self._version = -1
        self._chosen = Chosen()
        self._untold: list[Source] = []
        self._seen = 0
        self._reading = asyncio.Semaphore(16)

    @property
    def is_full(self) -> bool:
        """Whether too much waits."""
        return self.merger.waiting >= MOST_WAITING

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """What there is, every tick; an empty batch says that nothing came."""
        loop = asyncio.get_running_loop()
        try:
            self._update(is_first=True)
            while True:
                is_over = all(feed.is_over for feed in self._feeds.values()) and not self.query.follow
                entries = self.merger.rest() if is_over else self.merger.ready(loop.time())
                yield self._batch(entries)
                if is_over:
                    return
                await asyncio.sleep(TICK)
                self._update(is_first=False)
        finally:
            # beside us: whoever cancels us may cancel every further wait of ours too
            closing = asyncio.ensure_future(self._close())
            await asyncio.shield(closing)

    async def _close(self) -> None:
        await asyncio.gather(*(feed.close() for feed in self._feeds.values()))

    def push(self, source: Source, entries: list[Entry]) -> None:
        """Entries of one container, in its order."""
        self.merger.push(source.key, entries, asyncio.get_running_loop().time())

    def _batch(self, entries: list[Entry]) -> Batch:
        lines = sum(not entry.mark for entry in entries)
        self._seen += lines
        keep, filter_ = [], self.query.filter
        for entry in folded(entries):
            if self.query.until and entry.at >= self.query.until:
                continue
            if entry.mark or filter_.takes_all or filter_.wants(entry.text, entry.level):
                keep.append(entry)
        sources, self._untold = tuple(self._untold), []
        caught_up = all(feed.has_past for feed in self._feeds.values())
        return Batch(tuple(keep), sources, self._chosen, self._seen, caught_up)

    def _update(self, *, is_first: bool) -> None:
        """Take in containers that are new."""
        judged = self.logs.picture()
        if judged.version == self._version:
            return
        self._version = judged.version
        if not is_first and not self.query.follow:
            return
        self._chosen = self.logs.catalog().choose(self.query.selection)
        for source in self._chosen.sources:
            if source.key not in self._feeds:
                pod = judged.snapshot.get(Pod, source.namespace, source.pod)
                life = life_of(pod, source.container) if pod else Life(0, "unknown")
                follows = self.query.follow and not is_finished(judged.snapshot, source)
                self._begin(Feed(self, source, life, follows=follows, is_new=not is_first))
        if is_first:
            gone = self.logs.kept.sources(self.query, {source.key for source in self._chosen.sources})
            for source in filter(lambda one: self.logs.sees(one.namespace), gone):
                self._begin(Feed(self, source, None, follows=False, is_new=False))

    def _begin(self, feed: Feed) -> None:
        self._feeds[feed.source.key] = feed
        self._untold.append(feed.source)
        self.merger.join(feed.source.key, asyncio.get_running_loop().time())
        feed.begin(self._reading)


def folded(entries: list[Entry]) -> list[Entry]:
    """The entries with many streams that were taken up again told as one."""
    mended = [entry for entry in entries if entry.mark == "reconnect"]
    if len(mended) < FOLDED:
        return entries
    first, last = min(entry.at for entry in mended), max(entry.until for entry in mended)
    says = f"{len(mended)} streams broke off and were taken up again. Nothing is missing."
    whole = msgspec.structs.replace(mended[0], at=first, until=last, text=says)
    out: list[Entry] = []
    for entry in entries:
        if entry.mark != "reconnect":
            out.append(entry)
        elif entry is mended[0]:
            out.append(whole)
    return out


class Feed:
    """What one container brings to a reader: its past, then what is written next. `life` None: it is gone."""

    def __init__(
        self, session: Session, source: Source, life: Life | None, *, follows: bool, is_new: bool
    ) -> None:
        self.source = source
        self.has_past = self.is_over = False
        self._session, self._life = session, life
        self._follows, self._is_new = follows, is_new
        self._waiting: list[Entry] = []
        self._lost = 0
        self._lost_from = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether it should get no more for now."""
        return self._session.is_full or len(self._waiting) >= MOST_WAITING // 10

    def begin(self, gate: asyncio.Semaphore) -> None:
        """Listen at once, then read the past beside it."""
        junction = None
        if self._follows:
            now = self._session.logs.upstreams.now()
            junction = self._session.logs.upstreams.attach(self.source, self, now)
        self._task = asyncio.create_task(self._run(gate, junction))

    async def close(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._session.logs.upstreams.detach(self.source, self)

    def offer(self, entries: list[Entry]) -> None:
        """Take what the upstream brings."""
        if self._lost:
            entries = [self._dropped(entries[0].at), *entries]
        if self.has_past:
            self._session.push(self.source, entries)
        else:
            self._waiting += entries

    def lose(self, entries: list[Entry]) -> None:
        """Count what there is no room for; told when there is again."""
        self._lost_from = self._lost_from or entries[0].at
        self._lost += sum(not entry.mark for entry in entries)

    def ended(self) -> None:
        """Nothing more will come of the upstream."""
        if self._lost:
            self._waiting.append(self._dropped(self._session.logs.upstreams.now()))
        if self.has_past:
            self._over()
        else:
            self._follows = False

    def _dropped(self, until: int) -> Entry:
        lost, self._lost = self._lost, 0
        first, self._lost_from = self._lost_from, 0
        lines = "1 line" if lost == 1 else f"{lost} lines"
        says = f"{lines} of {self.source.pod} were left out here: they came faster than they were taken."
        return Entry(first, self.source.key, says, "", "dropped", until)

    async def _run(self, gate: asyncio.Semaphore, junction: Junction | None) -> None:
        async with gate:
            with contextlib.suppress(ClusterError):
                async for entries in self._past(junction):
                    await self._push(entries)
        self.has_past = True
        now = asyncio.get_running_loop().time()
        self._session.merger.live(self.source.key, now)
        if self._waiting:
            self._session.push(self.source, self._waiting)
            self._waiting = []
        if not self._follows:
            self._over()

    async def _push(self, entries: list[Entry]) -> None:
        while self._session.is_full and self._session.merger.held(self.source.key) >= EACH:  # noqa: ASYNC110 -- as above
            await asyncio.sleep(ROOM)
        self._session.push(self.source, entries)

    async def _past(self, junction: Junction | None) -> AsyncIterator[list[Entry]]:
        query, logs = self._session.query, self._session.logs
        if self._is_new:
            says = f"{self.source.pod} joined."
            yield [Entry(logs.upstreams.now(), self.source.key, says, "", "joined")]
        if self._life is None:
            async for entries in logs.kept.lines(self.source.key, query.since, query.until):
                yield entries
            return
        wanted = Wanted(
            query.since, query.until, query.tail, query.previous != "without", query.previous != "only"
        )
        cleaner = Cleaner(self.source, logs.upstreams.redactor(), logs.upstreams.ledger)
        connection, is_first = logs.upstreams.connection(), True
        pieces = history(connection, self.source, self._life, wanted, junction)
        async for piece in pieces:
            entries = cleaner.seam(piece) if isinstance(piece, Seam) else cleaner.clean(piece)
            if entries and is_first and not entries[0].mark and query.tail is None:
                is_first = False
                async for older in logs.kept.lines(self.source.key, query.since, entries[0].at):
                    yield older
            yield entries
        yield cleaner.flush()

    def _over(self) -> None:
        self.is_over = True
        self._session.merger.leave(self.source.key)


__all__ = ["Batch", "Session", "nothing_kept"]
