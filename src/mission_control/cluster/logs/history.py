"""What a container has written so far: the end of its previous run, and the present one.

For whoever joins a log that is being followed already: exactly the lines that the follower will not bring.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden
from mission_control.cluster.logs.follow import Piece
from mission_control.cluster.logs.reading import Ask, batches
from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import Seam, Source, Stamped
from mission_control.domain.logs.lives import Life, ended_seam, restart_seam
from mission_control.domain.logs.position import Junction, identity


class Wanted(msgspec.Struct, frozen=True):
    """Which lines of the past: from `since` to before `until` (0: no bound), of each run the last `tail`."""

    since: int = 0
    until: int = 0
    tail: int | None = None
    previous: bool = True
    current: bool = True


async def history(
    connection: Connection, source: Source, life: Life, wanted: Wanted, junction: Junction | None = None
) -> AsyncIterator[Piece]:
    """Lines and seams of the past, oldest first. What cannot be read is a seam; never raises ClusterError."""
    past = _Past(source, wanted, junction)
    if wanted.previous and life.run > 0 and _reaches_back(life, wanted):
        async for piece in _read(connection, source, past, Ask(wanted.since, wanted.tail, previous=True)):
            yield piece
        if wanted.current:
            yield _between(source, life, past.newest)
    if wanted.current and (life.doing in ("running", "ended") or life.last is not None):
        async for piece in _read(connection, source, past, Ask(wanted.since, wanted.tail)):
            yield piece
        if life.doing == "ended":
            yield ended_seam(source.pod, life.ending, past.newest, is_over=life.is_over)


def _reaches_back(life: Life, wanted: Wanted) -> bool:
    """Whether lines of the previous run may be wanted: it ended after the first moment that is."""
    if life.last is None:
        return not wanted.current
    return life.last.finished is None or stamps.of(life.last.finished) + stamps.SECOND >= wanted.since


def _between(source: Source, life: Life, newest: int) -> Seam:
    ended = stamps.of(life.last.finished) if life.last and life.last.finished else newest
    started = stamps.of(life.started) if life.started else max(ended, newest)
    seam = restart_seam(source.pod, life.run, max(ended, newest), started)
    if life.last is None:
        return seam
    return msgspec.structs.replace(seam, says=f"{seam.says} It had {life.last.words}.")


class _Past:
    """Chooses the lines that nobody else brings."""

    def __init__(self, source: Source, wanted: Wanted, junction: Junction | None) -> None:
        self._wanted = wanted
        self._since = junction.since if junction else 0
        self._seen = dict(junction.seen) if junction else {}
        self._has_junction = junction is not None
        self.name = source.pod
        self.newest = 0

    def choose(self, lines: list[Stamped]) -> list[Stamped]:
        return [line for line in lines if self._is_mine(line)]

    def _is_mine(self, line: Stamped) -> bool:
        if (
            not line.at
            or line.at < self._wanted.since
            or (self._wanted.until and line.at >= self._wanted.until)
        ):
            return False
        if self._has_junction and line.at >= self._since:
            me = identity(line.at, line.content)
            left = self._seen.get(me, 0)
            if left <= 0:
                return False
            self._seen[me] = left - 1
        self.newest = max(self.newest, line.at)
        return True


async def _read(connection: Connection, source: Source, past: _Past, ask: Ask) -> AsyncIterator[Piece]:
    count, first = 0, 0
    try:
        async for batch in batches(connection, source, ask, pause=lambda: 0.0):
            count += len(batch)
            first = first or next((line.at for line in batch if line.at), 0)
            if mine := past.choose(batch):
                yield mine
    except Forbidden as error:
        yield Seam("refused", past.newest, f"The log of {source.pod} may not be read. {error.fix}".strip())
    except ClusterError as error:
        if not ask.previous:
            yield Seam("trouble", past.newest, f"The log of {source.pod} cannot be read: {error.says}")
    if ask.tail is not None and count >= ask.tail and first > ask.since:
        what = "previous run" if ask.previous else "log"
        yield Seam(
            "kept",
            first,
            f"Only the last {ask.tail} lines of the {what} of {source.pod} were asked for.",
            first,
        )
