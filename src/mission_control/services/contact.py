"""The cluster as the site sees it before there is a connection, and from then on.

A cluster that cannot be reached when the console starts is an answer, not an end: the page says so, with the
reason, and the console goes on trying. Once there is a connection the picture itself lives through outages.
It never shows a verdict that was not judged from a picture.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Unreachable
from mission_control.domain.health import judge
from mission_control.domain.kinds import KINDS
from mission_control.domain.product import Product
from mission_control.domain.snapshot import ClusterFacts, Sight, Snapshot, empty_snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.services.health import HealthWatch, Judged
from mission_control.services.own_rights import Bearer

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds between tries
_log = logging.getLogger(__name__)


class Reached(msgspec.Struct, frozen=True):
    """A cluster that answers: its health, its usage, one object by name, and what keeps these going.

    `connection` is the way to it, for logs.
    `bearer`: who has a token and what that person may, None for nobody; `fetch_as`: an object by name with a
    token. Neither is there where nobody comes with one.
    """

    health: HealthWatch
    usage: Callable[[], Usage]
    fetch: Callable[[str, str, str], Awaitable[bytes]]
    run: Callable[[], Awaitable[None]]
    connection: Connection | None = None
    bearer: Callable[[str], Awaitable[Bearer | None]] | None = None
    fetch_as: Callable[[str, str, str, str], Awaitable[bytes]] | None = None


class Contact:
    """Tries until the cluster answers, then passes everything on. `reach` connects or raises ClusterError.

    `pause` makes the next pause, in seconds, from the last; 0 is before the first.
    """

    def __init__(
        self,
        reach: Callable[[], AbstractAsyncContextManager[Reached]],
        products: tuple[Product, ...],
        clock: Callable[[], datetime],
        *,
        pause: Callable[[float], float] = lambda last: min(last * 2, _LONGEST_PAUSE) or _FIRST_PAUSE,
    ) -> None:
        self._reach, self._products, self._clock, self._pause = reach, products, clock, pause
        self._reached: Reached | None = None
        self._problem: ClusterError | None = None
        self._version = 0
        self._changed = asyncio.Condition()
        self._before = self._judged(empty_snapshot(ClusterFacts(), clock()))

    async def run(self) -> None:
        """Connect, trying again for as long as it takes, and keep the picture going until cancelled."""
        pause = 0.0
        while self._reached is None:
            try:
                async with self._reach() as reached:
                    await self._move(reached, None)
                    await reached.run()
            except ClusterError as error:
                if self._problem is None or error.says != self._problem.says:
                    _log.warning("%s %s", error.says, error.fix)
                await self._move(None, error)
            pause = self._pause(pause)
            await asyncio.sleep(pause)

    @property
    def latest(self) -> Judged:
        """The latest judgement; before there is a connection, of a picture in which nothing is seen."""
        if self._reached is None:
            return self._before
        judged = self._reached.health.latest
        return msgspec.structs.replace(judged, version=judged.version + self._version)

    async def wait(self, after: int) -> int:
        """Return when there is a judgement newer than `after`, with its version."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._reached is not None or self._version > after)
        if self._reached is None:
            return self._version
        return await self._reached.health.wait(after - self._version) + self._version

    def judged(self, part: Snapshot, may_read_logs: Callable[[str], bool]) -> Health:
        """The health of a part of the picture."""
        if self._reached is None:
            return judge(part, self._products)
        return self._reached.health.judged_part(part, may_read_logs)

    @property
    def usage(self) -> UsageThrough:
        """The usage of what was reached."""
        return UsageThrough(self)

    def latest_usage(self) -> Usage:
        """The latest usage, or why there is none."""
        if self._reached is None:
            return Usage(refused=self._problem.says if self._problem else "The cluster has not answered yet.")
        return self._reached.usage()

    def connection(self) -> Connection:
        """The way to the cluster. Raises ClusterError as long as there is none."""
        if self._reached is None or self._reached.connection is None:
            raise self._problem or Unreachable("The cluster has not answered yet.", "Wait a moment.")
        return self._reached.connection

    async def fetch(self, kind: str, namespace: str, name: str) -> bytes:
        """The JSON of one object. Raises ClusterError, also as long as there is no connection."""
        if self._reached is None:
            raise self._problem or Unreachable("The cluster has not answered yet.", "Wait a moment.")
        return await self._reached.fetch(kind, namespace, name)

    async def bearer(self, token: str) -> Bearer | None:
        """Who has a token of the cluster; None for nobody. Raises ClusterError when nothing can be asked."""
        if self._reached is None or self._reached.bearer is None:
            raise self._problem or Unreachable("The cluster has not answered yet.", "Wait a moment.")
        return await self._reached.bearer(token)

    def fetch_as(self, token: str) -> Callable[[str, str, str], Awaitable[bytes]]:
        """The JSON of one object as the bearer of a token gets it."""

        async def fetch(kind: str, namespace: str, name: str) -> bytes:
            if self._reached is None or self._reached.fetch_as is None:
                raise self._problem or Unreachable("The cluster has not answered yet.", "Wait a moment.")
            return await self._reached.fetch_as(token, kind, namespace, name)

        return fetch

    async def _move(self, reached: Reached | None, problem: ClusterError | None) -> None:
        async with self._changed:
            self._reached, self._problem = reached, problem
            self._version += 1
            if problem is not None:
                self._before = self._judged(self._unseen(problem))
            self._changed.notify_all()

    def _unseen(self, problem: ClusterError) -> Snapshot:
        now = self._clock()
        reason = f"{problem.says} {problem.fix}".strip()
        sights = tuple(Sight(kind, "stale", reason=reason, since=now) for kind in KINDS)
        return Snapshot(ClusterFacts(), now, {}, sights)

    def _judged(self, snapshot: Snapshot) -> Judged:
        return Judged(snapshot, judge(snapshot, self._products), self._version)


class UsageThrough:
    """Usage behind a contact, as something that has a latest."""

    def __init__(self, contact: Contact) -> None:
        self._contact = contact

    @property
    def latest(self) -> Usage:
        """The latest usage, or why there is none."""
        return self._contact.latest_usage()
