"""Each followed container once: read, redacted, told apart by level, and handed to everybody who listens.

A listener that is alone holds the stream back when it is slow, as far as the kubelet. Where several listen,
the slow one loses lines and is told how many, so that nobody waits for anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol

from mission_control.cluster.connection import Connection
from mission_control.cluster.logs import Looking, follow, look
from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import Entry, Seam, Source, Stamped, marked
from mission_control.domain.logs.levels import level_of
from mission_control.domain.logs.position import Junction, Position
from mission_control.domain.redact import Ledger, Redactor, redact
from mission_control.domain.redact.lines import LineStream

QUIET = 0.5
"""Seconds after which lines that wait for a continuation are shown as they stand."""
ROOM = 0.05  # seconds between two looks whether there is room again
BUSY_AT = 400.0  # followed containers at which a reader sleeps a second between bursts
_LOG = logging.getLogger(__name__)


class Listener(Protocol):
    """Who takes the entries of one container. Must not wait."""

    @property
    def is_full(self) -> bool:
        """Whether it should get no more for now."""

    def offer(self, entries: list[Entry]) -> None:
        """Take entries."""

    def lose(self, entries: list[Entry]) -> None:
        """Count entries that there is no room for."""

    def ended(self) -> None:
        """Nothing more will come."""


class Cleaner:
    """Lines of one container on their way out: redacted in batches, with their moments and levels."""

    def __init__(self, source: Source, redactor: Redactor, ledger: Ledger | None = None) -> None:
        self._key = source.key
        self._stream: LineStream[int] = LineStream(redactor, ledger)

    @property
    def holds(self) -> bool:
        """Whether lines wait for their continuation."""
        return self._stream.holds

    def clean(self, lines: list[Stamped]) -> list[Entry]:
        """The entries that are certain after these lines."""
        return self._entries(self._stream.feed((line.at, line.content) for line in lines))

    def flush(self) -> list[Entry]:
        """What was held back."""
        return self._entries(self._stream.flush())

    def seam(self, seam: Seam) -> list[Entry]:
        """A seam, after all lines before it."""
        entry = marked(self._key, seam)
        safe = redact(entry.text)
        return [*self.flush(), Entry(entry.at, entry.source, safe, "", entry.mark, entry.until)]

    def _entries(self, lines: Iterable[tuple[int, bytes]]) -> list[Entry]:
        out = []
        for at, content in lines:
            text = content.decode("utf-8", "replace")
            out.append(Entry(at, self._key, text, level_of(text)))
        return out


class Upstream:
    """One container that is being followed."""

    def __init__(self, source: Source, start: int, redactor: Redactor, ledger: Ledger) -> None:
        self.source = source
        self.listeners: list[Listener] = []
        self.changed = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._position = Position(start)
        self._cleaner = Cleaner(source, redactor, ledger)
        self._fed = 0.0

    def attach(self, listener: Listener) -> Junction:
        """From now on everything new goes to this listener too; the junction says what does not."""
        self._hand_out(self._cleaner.flush())
        self.listeners.append(listener)
        return self._position.junction()

    async def run(self, connection: Connection, looking: Looking) -> None:
        """Follow until the container is over."""
        try:
            async with contextlib.aclosing(
                follow(connection, self.source, self._position, looking)
            ) as pieces:
                async for piece in pieces:
                    await self._room()
                    if isinstance(piece, Seam):
                        self._hand_out(self._cleaner.seam(piece))
                    else:
                        self._fed = asyncio.get_running_loop().time()
                        self._hand_out(self._cleaner.clean(piece))
        except Exception:  # noqa: BLE001 -- one container that nobody foresaw must not end the others
            _LOG.exception("following %s failed", self.source.key)
        finally:
            self._hand_out(self._cleaner.flush())
            for listener in self.listeners:
                listener.ended()

    def flush_when_quiet(self, now: float) -> None:
        """Show what waits for a continuation that does not come."""
        if self._cleaner.holds and now - self._fed > QUIET:
            self._hand_out(self._cleaner.flush())

    def _hand_out(self, entries: list[Entry]) -> None:
        if not entries:
            return
        is_shared = len(self.listeners) > 1
        for listener in self.listeners:
            if is_shared and listener.is_full:
                listener.lose(entries)
            else:
                listener.offer(entries)

    async def _room(self) -> None:
        """Wait for a slow listener, when it is the only one."""
        while len(self.listeners) == 1 and self.listeners[0].is_full:  # noqa: ASYNC110 -- its fullness is reckoned, nobody sets it
            await asyncio.sleep(ROOM)


class Upstreams:
    """All followed containers. `connection` gives the cluster or raises ClusterError."""

    def __init__(
        self,
        connection: Callable[[], Connection],
        clock: Callable[[], datetime],
        redactor: Callable[[], Redactor],
    ) -> None:
        self.connection, self.clock, self.redactor = connection, clock, redactor
        self._open: dict[str, Upstream] = {}
        self._opening = asyncio.Semaphore(16)
        self._ticking: asyncio.Task[None] | None = None
        self.ledger = Ledger()

    @property
    def count(self) -> int:
        """How many containers are followed."""
        return len(self._open)

    def now(self) -> int:
        """The cluster's clock, in ns."""
        skew = self.connection().skew
        return stamps.of(self.clock() + skew)

    def attach(self, source: Source, listener: Listener, start: int) -> Junction:
        """Listen to a container, which is followed from `start` on unless it is already."""
        upstream = self._open.get(source.key)
        if upstream is None:
            start -= start % stamps.SECOND
            upstream = self._open[source.key] = Upstream(source, start, self.redactor(), self.ledger)
            connection = self.connection()
            upstream.task = asyncio.create_task(self._run(upstream, connection))
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick())
        return upstream.attach(listener)

    async def detach(self, source: Source, listener: Listener) -> None:
        """Listen no more. What nobody listens to is no longer followed."""
        upstream = self._open.get(source.key)
        if upstream is None or listener not in upstream.listeners:
            return
        upstream.listeners.remove(listener)
        if not upstream.listeners:
            del self._open[source.key]
            if upstream.task is not None:
                upstream.task.cancel()
                await asyncio.gather(upstream.task, return_exceptions=True)

    def tell_changed(self, keys: Iterable[str]) -> None:
        """Something happened to these containers' pods."""
        for key in keys:
            if (upstream := self._open.get(key)) is not None:
                upstream.changed.set()

    def sources(self) -> list[Source]:
        """What is followed now."""
        return [upstream.source for upstream in self._open.values()]

    async def _run(self, upstream: Upstream, connection: Connection) -> None:
        looking = Looking(
            self._looker(connection, upstream.source), _waiter(upstream.changed), self.now, self._pause
        )
        try:
            await upstream.run(connection, looking)
        finally:
            if self._open.get(upstream.source.key) is upstream:
                del self._open[upstream.source.key]

    def _looker(self, connection: Connection, source: Source):  # type: ignore[no-untyped-def]  # noqa: ANN202
        async def looked():  # type: ignore[no-untyped-def]  # noqa: ANN202
            async with self._opening:  # hundreds that open at once would crowd out everything else
                return await look(connection, source)

        return looked

    def _pause(self) -> float:
        """How long a reader sleeps between bursts: the more are followed, the longer."""
        return min(1.0, 0.1 + len(self._open) / BUSY_AT)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while self._open:
            await asyncio.sleep(QUIET / 2)
            for upstream in list(self._open.values()):
                upstream.flush_when_quiet(loop.time())


def _waiter(changed: asyncio.Event) -> Callable[[float], Awaitable[None]]:
    async def wait(most: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most):
                await changed.wait()
        changed.clear()

    return wait
