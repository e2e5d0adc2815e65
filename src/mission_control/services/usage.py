"""What pods and nodes use, read again every few seconds and kept until the next reading.

The metrics API has no watch, so it is asked. A refusal is a value of `Usage`; what the reader raises beyond
that (a dropped connection) keeps the last reading, whose age the pages show.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from mission_control.cluster.errors import ClusterError
from mission_control.domain.usage import Usage

EVERY = 15.0  # seconds; metrics-server itself measures every 15


class UsageWatch:
    """The latest reading of the metrics API."""

    def __init__(self, read: Callable[[], Awaitable[Usage]], every: float = EVERY) -> None:
        """Read with `read`, every so many seconds once `run` is started."""
        self._read = read
        self._every = every
        self._latest = Usage()

    @property
    def latest(self) -> Usage:
        """The newest reading; empty before the first."""
        return self._latest

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            with contextlib.suppress(ClusterError):
                self._latest = await self._read()
            await asyncio.sleep(self._every)
