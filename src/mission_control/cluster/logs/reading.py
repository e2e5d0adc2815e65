"""One answer of the log endpoint as batches of lines with their moments.

Each line of a busy container arrives as a chunk of its own, and waking up for each costs more than all the
rest. So after a burst the reader sleeps for a moment while the kernel collects. When the lines are not taken
it stops reading, and TCP holds back the API server and the kubelet: nothing here grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import httpx2
import msgspec

from mission_control.cluster.connection import Connection, Params
from mission_control.cluster.errors import ClusterError
from mission_control.cluster.scope import segment
from mission_control.cluster.troubles import network_trouble
from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import Source, Stamped

SILENCE = 240.0
"""Seconds without a line after which a stream is taken for dead and opened again."""
LONGEST = 65_536
"""Bytes of a line; the rest is cut off."""
MOST = 262_144
"""Bytes that wait to be taken."""
BURST = 0.01  # seconds of reading without a pause

_CUT = " … cut at 64 KiB".encode()


class Ask(msgspec.Struct, frozen=True):
    """What to read: from which moment, how many of the last lines, which run, and whether to go on."""

    since: int = 0
    tail: int | None = None
    previous: bool = False
    follow: bool = False
    limit_bytes: int | None = None

    @property
    def params(self) -> dict[str, str | int]:
        """The query of the request."""
        params: dict[str, str | int] = {"timestamps": "true"}
        if self.since:
            params["sinceTime"] = stamps.written(self.since)[:19] + "Z"
        if self.tail is not None:
            params["tailLines"] = self.tail
        if self.limit_bytes is not None:
            params["limitBytes"] = self.limit_bytes
        if self.previous:
            params["previous"] = "true"
        if self.follow:
            params["follow"] = "true"
        return params


async def batches(
    connection: Connection, source: Source, ask: Ask, pause: Callable[[], float] = lambda: 0.1
) -> AsyncGenerator[list[Stamped], None]:
    """The lines, as many at a time as have arrived; the first batch is empty and says that it was granted.

    A line without a moment (0) is the kubelet's own word. Ends with the log, or when nothing comes for long.
    Raises a ClusterError when it is refused or breaks off.
    """
    path = f"/api/v1/namespaces/{segment(source.namespace)}/pods/{segment(source.pod)}/log"
    params: Params = {"container": source.container, **ask.params}
    async with connection.stream(path, params, "*/*", patience=SILENCE) as response:
        yield []
        pump = _Pump(response, pause)
        pumping = asyncio.ensure_future(pump.run())
        lines = Lines()
        try:
            while (parts := await pump.take()) is not None:
                if batch := lines.feed(b"".join(parts)):
                    yield batch
            if last := lines.close():
                yield last
        finally:
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)
        if pump.trouble is not None:
            raise network_trouble(connection.place, pump.trouble) from pump.trouble


class _Pump:
    """Reads in bursts into a bounded buffer."""

    def __init__(self, response: httpx2.Response, pause: Callable[[], float]) -> None:
        self._response, self._pause = response, pause
        self._parts: list[bytes] = []
        self._size = 0
        self._arrived, self._taken = asyncio.Event(), asyncio.Event()
        self._is_over = False
        self.trouble: Exception | None = None

    async def run(self) -> None:
        """Read until the end, a failure, or silence."""
        clock = asyncio.get_running_loop().time
        woke = clock()
        try:
            async for chunk in self._response.aiter_bytes():
                self._parts.append(chunk)
                self._size += len(chunk)
                self._arrived.set()
                while self._size > MOST:
                    self._taken.clear()
                    await self._taken.wait()
                if clock() - woke > BURST:
                    await asyncio.sleep(self._pause())
                    woke = clock()
        except httpx2.ReadTimeout:
            pass  # silent for long: opened again, nothing is lost by that
        except (httpx2.HTTPError, OSError, ClusterError) as error:
            self.trouble = error
        finally:
            self._is_over = True
            self._arrived.set()

    async def take(self) -> list[bytes] | None:
        """What has arrived, as soon as something has; None at the end."""
        await self._arrived.wait()
        if not self._parts:
            return None
        parts, self._parts, self._size = self._parts, [], 0
        self._taken.set()
        if not self._is_over:
            self._arrived.clear()
        return parts


class Lines:
    """Takes chunks apart into lines with their moments."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_too_long = False

    def feed(self, chunk: bytes) -> list[Stamped]:
        """The lines that are whole after this chunk."""
        end = chunk.rfind(b"\n")
        if end < 0:
            self._keep(self._rest + chunk)
            return []
        whole = (self._rest + chunk[:end]).split(b"\n")
        was_too_long, self._is_too_long = self._is_too_long, False
        self._rest = b""
        self._keep(chunk[end + 1 :])
        if was_too_long:
            whole[0] = whole[0][:LONGEST] + _CUT
        return [stamped(line) for line in whole if line]

    def close(self) -> list[Stamped]:
        """A last line without an end."""
        rest, self._rest = self._rest, b""
        return [stamped(rest)] if rest and stamps.parsed(rest.partition(b" ")[0]) is not None else []

    def _keep(self, rest: bytes) -> None:
        if len(rest) > LONGEST:
            rest, self._is_too_long = rest[:LONGEST], True
        self._rest = rest


def stamped(line: bytes) -> Stamped:
    """A line with its moment; 0 when it has none."""
    stamp, _, content = line.partition(b" ")
    at = stamps.parsed(stamp)
    if at is None:
        return Stamped(0, line)
    if len(content) > LONGEST:
        content = content[:LONGEST] + _CUT
    return Stamped(at, content)
