"""Logs as the site and the command line use them: sessions over one picture and one set of upstreams."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable
from datetime import datetime

from mission_control.cluster.connection import Connection
from mission_control.domain.objects import Pod
from mission_control.domain.product import Product
from mission_control.domain.redact import Redactor, current
from mission_control.domain.snapshot import Snapshot
from mission_control.services.logs.kept import Kept, nothing_kept
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.selection import Catalog, Sees, everything
from mission_control.services.logs.session import Judged, Session
from mission_control.services.logs.upstreams import Upstreams


class Logs:
    """All that reads logs. `picture` is the newest judgement, `wait` returns when there is a newer one."""

    def __init__(  # handed over by the composition root
        self,
        connection: Callable[[], Connection],
        picture: Callable[[], Judged],
        wait: Callable[[int], Awaitable[int]],
        products: tuple[Product, ...],
        clock: Callable[[], datetime],
        *,
        redactor: Callable[[], Redactor] = current,
        kept: Kept = nothing_kept,
    ) -> None:
        self.picture, self.products, self.clock = picture, products, clock
        self.kept = kept
        self.upstreams = Upstreams(connection, clock, redactor)
        self._wait = wait
        self._sees: Sees = everything
        self._catalog: tuple[int, Catalog] | None = None

    def seen_by(self, picture: Callable[[], Judged], sees: Sees) -> Logs:
        """The same for somebody who sees a part: their picture, and where they may read logs."""
        mine = copy.copy(self)
        mine.picture, mine._sees, mine._catalog = picture, sees, None  # noqa: SLF001  it is one of us
        return mine

    def sees(self, namespace: str) -> bool:
        """Whether the logs of a namespace may be read."""
        return self._sees(namespace)

    def session(self, query: LogQuery) -> Session:
        """A reader's stream."""
        return Session(self, query)

    def catalog(self) -> Catalog:
        """The containers of the newest picture."""
        judged = self.picture()
        if self._catalog is None or self._catalog[0] != judged.version:
            self._catalog = (judged.version, Catalog(judged.snapshot, self.products, self._sees))
        return self._catalog[1]

    async def run(self) -> None:
        """Tell followers whenever something happens to their pods, until cancelled."""
        version, before = -1, None
        while True:
            version = await self._wait(version)
            snapshot = self.picture().snapshot
            if before is not None:
                self._tell(before, snapshot)
            before = snapshot
            await asyncio.sleep(0.2)  # a busy cluster changes many times a second

    def _tell(self, before: Snapshot, now: Snapshot) -> None:
        changed = []
        for source in self.upstreams.sources():
            place = (source.namespace, source.pod)
            if before.get(Pod, *place) is not now.get(Pod, *place):
                changed.append(source.key)
        self.upstreams.tell_changed(changed)
