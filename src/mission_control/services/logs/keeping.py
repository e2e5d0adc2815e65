"""Keeps the lines of followed installations in the ring, so that logs of pods that are gone can be read.

What the disk refuses is told on the page and tried again; meanwhile logs are "now only". Lines that come
faster than they are written are left out and counted, never waited for: nobody who reads logs is slowed by
this.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from mission_control.domain.logs.entries import Entry, Source
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.selection import Catalog, Selection
from mission_control.services.logs.upstreams import Upstreams
from mission_control.storage.logring import KeptSource, LogRing

WRITE_EVERY = 1.0  # seconds
LOOK_EVERY = 5.0
RETRY_EVERY = 30.0
MOST_WAITING = 40_000
_LOG = logging.getLogger(__name__)


class Keeper:
    """The ring with what fills it. `installations` are the keys of those that are followed now."""

    def __init__(
        self,
        ring: LogRing,
        upstreams: Upstreams,
        catalog: Callable[[], Catalog],
        installations: Callable[[], tuple[str, ...]],
    ) -> None:
        self._ring, self._upstreams = ring, upstreams
        self._catalog, self._installations = catalog, installations
        self._following: dict[str, _Keeping] = {}
        self._waiting: list[tuple[KeptSource, Entry]] = []
        self._lost = 0
        self.notice = ""
        self.trouble = ""

    async def run(self) -> None:
        """Follow and write, until cancelled."""
        await self._try(self._ring.load)
        looked = -LOOK_EVERY
        loop = asyncio.get_running_loop()
        try:
            while True:
                if loop.time() - looked >= LOOK_EVERY:
                    looked = loop.time()
                    await self._follow()
                await self._write()
                await asyncio.sleep(RETRY_EVERY if self.trouble else WRITE_EVERY)
        finally:
            await asyncio.gather(*(one.stop() for one in self._following.values()))

    @property
    def is_full(self) -> bool:
        """Whether too much waits to be written."""
        return len(self._waiting) >= MOST_WAITING

    def keep(self, kept: KeptSource, entries: list[Entry]) -> None:
        """Take lines to be written soon."""
        self._waiting += [(kept, entry) for entry in entries]

    def lose(self, count: int) -> None:
        """Count lines that there is no room for."""
        self._lost += count

    def sources(self, query: LogQuery, but: set[str]) -> list[Source]:
        """The containers of which lines are kept that the query means, without those in `but`."""
        found = [one for key, one in self._ring.sources().items() if key not in but and _is_meant(one, query)]
        return [one.source for one in sorted(found, key=lambda one: one.last)[-200:]]

    async def lines(self, key: str, since: int, until: int) -> AsyncIterator[list[Entry]]:
        """What is kept of one container, oldest first."""
        reading = self._ring.read(key, since, until)
        while (batch := await asyncio.to_thread(next, reading, None)) is not None:
            yield batch

    async def _follow(self) -> None:
        """Listen to containers that are new; those that ended have left by themselves."""
        catalog, known = self._catalog(), None
        there: set[str] = set()
        for installation in self._installations():
            for source in catalog.choose(Selection(installation)).sources:
                there.add(source.key)
                if source.key in self._following:
                    continue
                known = known if known is not None else self._ring.sources()
                before = known.get(source.key)
                start = before.last if before else self._upstreams.now() - 60_000_000_000
                keeping = _Keeping(self, KeptSource(source, installation, 0, 0), before.last if before else 0)
                self._following[source.key] = keeping
                keeping.begin(self._upstreams, start)
        for key in [key for key, one in self._following.items() if one.is_over and key not in there]:
            del self._following[key]

    async def _write(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        await self._try(self._ring.load if self.trouble else lambda: None)
        await self._try(lambda: self._ring.append(waiting))
        if self._lost:
            _LOG.warning("%d log lines were not kept: they came faster than the disk takes them", self._lost)
            self._lost = 0

    async def _try(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except OSError as error:
            why = error.strerror or type(error).__name__
            if not self.trouble:
                _LOG.warning("log lines cannot be kept: %s", why)
            shown = "so only what pods still have is shown. It is tried again."
            self.trouble = f"Log lines cannot be kept now ({why}), {shown}"
            return
        self.trouble = ""


class _Keeping:
    """One container whose lines are kept. `had`: what is kept already."""

    def __init__(self, keeper: Keeper, kept: KeptSource, had: int) -> None:
        self._keeper, self._kept, self._had = keeper, kept, had
        self._upstreams: Upstreams | None = None
        self.is_over = False

    @property
    def is_full(self) -> bool:
        """Whether it should get no more for now."""
        return self._keeper.is_full

    def begin(self, upstreams: Upstreams, start: int) -> None:
        """Listen."""
        self._upstreams = upstreams
        upstreams.attach(self._kept.source, self, start)

    async def stop(self) -> None:
        """Listen no more."""
        if self._upstreams is not None:
            await self._upstreams.detach(self._kept.source, self)

    def offer(self, entries: list[Entry]) -> None:
        """Keep what was not kept before the console was started."""
        new = [entry for entry in entries if entry.at > self._had] if self._had else entries
        if new:
            self._keeper.keep(self._kept, new)

    def lose(self, entries: list[Entry]) -> None:
        """Count what there is no room for."""
        self._keeper.lose(len(entries))

    def ended(self) -> None:
        """Nothing more will come."""
        self.is_over = True


def _is_meant(one: KeptSource, query: LogQuery) -> bool:
    """Whether a query means a container that is gone, as far as its names tell."""
    selection, source = query.selection, one.source
    if one.last < query.since or (query.until and one.first >= query.until):
        return False
    space, _, name = selection.workload.partition("/")[2].partition("/")
    fits = (
        selection.installation in ("", one.installation),
        selection.namespace in ("", source.namespace),
        not selection.components or source.component in selection.components,
        not selection.containers or source.container in selection.containers,
        not selection.pods or bool({source.pod, f"{source.namespace}/{source.pod}"} & set(selection.pods)),
        not selection.workload or (source.namespace == space and source.pod.startswith(f"{name}-")),
        not selection.words or any(word in (source.component, source.pod) for word in selection.words),
    )
    return all(fits)
