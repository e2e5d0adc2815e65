"""The live picture: one watch per kind for however many users look, and a snapshot whenever one is wanted.

Kinds are looked at everywhere; where that is refused, in the namespaces that were named, or in the one of the
context. Everything that cannot be seen is a sight of the picture. Secrets are not among the kinds.
"""

from __future__ import annotations

import asyncio
import gc

from mission_control.cluster.connection import Connection
from mission_control.cluster.keeper import Keeper
from mission_control.cluster.reflector import Clock, Patience, Surroundings
from mission_control.cluster.rights import Watch, keep_asking
from mission_control.cluster.sharing import Sharing
from mission_control.domain.kinds import KINDS, Kind
from mission_control.domain.objects import Object
from mission_control.domain.snapshot import ClusterFacts, Shelf, Sight, Snapshot

LISTS_AT_ONCE = 4
"""Pages in memory at once: a page of 500 large objects is some megabytes."""


class LivePicture:
    """The picture of one cluster. `run` keeps it; with `follow` False it lists everything once and ends.

    `kinds`: what is listed and watched.
    """

    def __init__(
        self,
        connection: Connection,
        namespaces: tuple[str, ...] | None,
        clock: Clock,
        *,
        patience: Patience | None = None,
        follow: bool = True,
        kinds: tuple[Kind, ...] = KINDS,
    ) -> None:
        self.version = 0
        self._connection = connection
        self._namespaces = namespaces
        self._around = Surroundings(
            connection, clock, asyncio.Semaphore(LISTS_AT_ONCE), patience or Patience(), follow
        )
        self._changed = asyncio.Event()
        self._sharing = Sharing()
        narrow = namespaces or (connection.namespace,)
        self._keepers = tuple(
            Keeper(kind, self._around, self._sharing, self._touch, narrow, namespaces is None)
            for kind in kinds
        )
        self._folded = -1
        self._facts = ClusterFacts(connection.name, connection.version, namespaces)
        self._shelves: dict[type[Object], Shelf] = {}
        self._sights: tuple[Sight, ...] = ()

    async def run(self) -> None:
        """Lists and watches every kind until cancelled (without `follow` until all have answered)."""
        async with asyncio.TaskGroup() as group:
            for keeper in self._keepers:
                keeper.begin(group)
            if self._around.follow:
                group.create_task(self._settle(), name="the picture settles")
                group.create_task(self._review(), name="own rights")

    async def _settle(self) -> None:
        """Tells the garbage collector, once, that what was listed will stay."""
        await self.wait_complete(None)
        gc.collect()
        gc.freeze()

    async def _review(self) -> None:
        """Notices rights that were taken away while their watches go on."""
        around = self._around
        await keep_asking(self._connection, self._watches, around.patience.review, around.chance)

    def _watches(self) -> list[Watch]:
        return [watch for keeper in self._keepers for watch in keeper.watches]

    def snapshot(self) -> Snapshot:
        """The picture as it is now; costs a copy of what changed since the last one."""
        self._fold()
        now = self._around.clock() + self._connection.skew
        return Snapshot(self._facts, now, self._shelves, self._sights)

    def _fold(self) -> None:
        if self._folded == self.version:
            return
        self._folded = self.version
        self._shelves = {keeper.kind.shape: keeper.store.shelf() for keeper in self._keepers}
        # somewhere a kind is seen everywhere: then the others must say that they are seen only in part
        is_wide = self._namespaces is None and any(keeper.is_seen_everywhere for keeper in self._keepers)
        self._sights = tuple(sight for keeper in self._keepers for sight in keeper.sights(is_wide=is_wide))
        self._facts = ClusterFacts(
            self._connection.name, self._connection.version, self._within(is_wide=is_wide)
        )

    def _within(self, *, is_wide: bool) -> tuple[str, ...] | None:
        """The namespaces that the picture is limited to; None while it is not."""
        is_narrow = any(keeper.is_narrow for keeper in self._keepers)
        return self._namespaces or ((self._connection.namespace,) if is_narrow and not is_wide else None)

    @property
    def is_complete(self) -> bool:
        """Whether every kind has answered at least once."""
        self._fold()
        return bool(self._sights) and all(sight.state != "loading" for sight in self._sights)

    def _touch(self) -> None:
        self.version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def wait(self, after: int) -> int:
        """Returns the version as soon as it is greater than `after`."""
        while self.version <= after:
            await self._changed.wait()
        return self.version

    async def wait_complete(self, timeout: float | None) -> bool:  # noqa: ASYNC109 (a promise to a person)
        """Waits for the first complete picture, at most so many seconds; whether it came."""
        try:
            async with asyncio.timeout(timeout):
                while not self.is_complete:
                    await self.wait(self.version)
        except TimeoutError:
            return False
        return True
