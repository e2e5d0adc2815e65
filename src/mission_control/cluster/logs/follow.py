"""Follows one container: through closed streams, restarts and rotations, until its pod is gone.

Gives lines, each once, and seams where the stream was torn. What the API can still give is fetched: the end
of the run before, and after a break all lines since the last second that was read. What may be missing is
told with the moments between which it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Literal, NamedTuple

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden
from mission_control.cluster.logs.reading import SILENCE, Ask, batches
from mission_control.domain.logs.entries import Seam, Source, Stamped
from mission_control.domain.logs.lives import Life, ended_seam, mended_seam, restart_seam, torn_seam
from mission_control.domain.logs.position import Position

Piece = list[Stamped] | Seam
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0  # seconds between tries
REFUSED_PAUSE = 60.0
WAIT_FOR_RUN = 10.0
TELL_AFTER = 4  # failures in a row: some seconds


class Looking(NamedTuple):
    """How the follower learns about its container: `look` now, `changed` waits for news at most so long."""

    look: Callable[[], Awaitable[Life | None]]
    changed: Callable[[float], Awaitable[None]]
    now: Callable[[], int]
    pause: Callable[[], float] = lambda: 0.1


async def follow(
    connection: Connection, source: Source, position: Position, looking: Looking
) -> AsyncGenerator[Piece, None]:
    """Lines and seams from `position` on, which is kept up to date.

    Ends when the pod is gone or all is over.
    """
    async with aclosing(_Follower(connection, source, position, looking).pieces()) as pieces:
        async for piece in pieces:
            yield piece


class _Follower:
    def __init__(self, connection: Connection, source: Source, position: Position, looking: Looking) -> None:
        self._connection, self._source, self._looking = connection, source, looking
        self._position = position
        self._run: int | None = None
        self._told_end = False
        self._expects = False  # whether lines of this run were read, which must come again after a break
        self._broken_at: int | None = None
        self._failures = 0
        self._told_trouble = False

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        while True:
            try:
                life = await self._looking.look()
                if life is None:
                    yield self._ended(None)
                    return
                async with aclosing(self._turn(life)) as turn:
                    async for piece in turn:
                        self._failures, self._told_trouble = 0, False
                        yield piece
                if life.is_over and life.doing != "running":
                    return
            except Forbidden as error:
                yield self._seam("refused", f"The log of {self._source.pod} may not be read. {error.fix}")
                await self._looking.changed(REFUSED_PAUSE)
            except ClusterError as error:
                self._break()
                self._failures += 1
                if self._failures >= TELL_AFTER and not self._told_trouble:
                    self._told_trouble = True
                    yield self._seam("trouble", f"The log of {self._source.pod} cannot be read: {error.says}")
                await asyncio.sleep(self._pause())

    async def _turn(self, life: Life) -> AsyncGenerator[Piece, None]:
        """What one look leads to: a change of runs, then reading as far as it goes."""
        if self._run is None:
            self._run = life.run
        elif life.run > self._run:
            async with aclosing(self._change(life)) as change:
                async for piece in change:
                    yield piece
        has_log = life.doing in ("running", "ended") or (life.doing == "waiting" and life.last is not None)
        if has_log and not self._told_end:
            async with aclosing(self._read(life)) as reading:
                async for piece in reading:
                    yield piece
        if life.doing == "running":
            await asyncio.sleep(self._pause())
            self._failures += 1  # an answer that ends at once is no better than none
        elif has_log and not self._told_end:
            yield self._ended(life)
        elif not life.is_over:
            await self._looking.changed(WAIT_FOR_RUN)

    async def _change(self, life: Life) -> AsyncGenerator[Piece, None]:
        """The end of the run that was followed, then the seam to the one that is there now."""
        lost = life.run - (self._run or 0) - 1
        before = self._position.newest
        try:
            async with aclosing(self._lines(Ask(self._position.since, previous=True))) as lines:
                async for piece in lines:
                    yield piece
        except Forbidden:
            raise
        except ClusterError:
            lost = max(lost, 1 if not self._told_end else 0)  # the kubelet keeps one at most
        if not self._told_end:
            yield self._ended(life)
        newest = max(before, self._position.newest)
        yield restart_seam(self._source.pod, life.run, newest, max(newest, self._looking.now()), lost)
        self._run, self._told_end, self._expects, self._broken_at = life.run, False, False, None

    async def _read(self, life: Life) -> AsyncGenerator[Piece, None]:
        """The log of the current run as far as it goes."""
        heard = asyncio.get_running_loop().time()
        async with aclosing(self._lines(Ask(self._position.since, follow=life.doing == "running"))) as lines:
            async for piece in lines:
                heard = asyncio.get_running_loop().time()
                yield piece
        if life.doing == "running" and asyncio.get_running_loop().time() - heard < SILENCE - 1:
            self._break()

    async def _lines(self, ask: Ask) -> AsyncGenerator[Piece, None]:
        """The new lines of one answer. Nothing of it counts when it turns out to be of another run."""
        position, is_first, expected = self._position, True, self._expects
        position.resume()
        reading = batches(self._connection, self._source, ask, self._looking.pause)
        async with aclosing(reading) as answer:
            async for batch in answer:
                stamped = [line for line in batch if line.at]
                if stamped and is_first:
                    is_first = False
                    seam = await self._joint(stamped[0], is_previous=ask.previous)
                    if seam is False:
                        return
                    if seam is not None:
                        yield seam
                new = [line for line in stamped if position.takes(line.at, line.content)]
                if new:
                    self._expects = True
                    yield new
                for line in batch:
                    if not line.at:
                        words = line.content.decode("utf-8", "replace")
                        yield self._seam("trouble", f"The kubelet says about {self._source.pod}: {words}")
        if ask.previous and is_first and expected:
            yield torn_seam(self._source.pod, position.newest, self._looking.now())

    async def _joint(self, first: Stamped, *, is_previous: bool) -> Seam | Literal[False] | None:
        """How the first line of an answer fits what was read; False when another run has answered."""
        broken, self._broken_at = self._broken_at, None
        if not self._expects:
            return None
        at = self._position.newest if broken is None else broken
        if self._position.knows(first.at, first.content):
            is_mended = broken is not None and not is_previous
            return mended_seam(self._source.pod, at, self._looking.now()) if is_mended else None
        life = await self._looking.look()
        if not is_previous and (life is None or life.run != self._run):
            return False
        return torn_seam(self._source.pod, at, first.at)

    def _break(self) -> None:
        if self._broken_at is None:
            self._broken_at = self._position.newest

    def _pause(self) -> float:
        return min(FIRST_PAUSE * float(2 ** min(self._failures, 10)), LONGEST_PAUSE)

    def _ended(self, life: Life | None) -> Seam:
        self._told_end = True
        if life is None:
            says = f"{self._source.pod} is gone. No more lines will come from it."
            return Seam("ended", self._looking.now(), says)
        is_before = life.doing == "waiting" or (self._run is not None and life.run > self._run)
        ending = life.last if is_before else life.ending
        return ended_seam(self._source.pod, ending, self._position.newest, is_over=life.is_over)

    def _seam(self, mark: Literal["refused", "trouble"], says: str) -> Seam:
        return Seam(mark, self._looking.now(), says.strip())
