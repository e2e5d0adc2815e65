"""The picture with what is read beside its watches: Helm's release records, certificates, use of volumes.

Whoever judges or shows the picture sees one thing that changes, and never waits for a reading: a picture is
whole without them, and their arrival is a change like any other. Only a command that looks once waits for
them, for some seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError
from mission_control.cluster.releases import ReleaseReader
from mission_control.cluster.tls_secrets import CertificateReader
from mission_control.cluster.volume_stats import VolumeReader
from mission_control.domain.readings import Readings, together
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.wanted import kubelets, marked_namespaces, release_namespaces, tls_secrets
from mission_control.services.health import Picture

_LOG = logging.getLogger(__name__)
EVERY = 15.0
"""Seconds between two readings; each is put off by a little chance, so that consoles do not ask as one."""
JITTER = 0.2
FIRST_SECONDS = 5.0
"""How long a command that looks once waits for readings."""

Read = Callable[[Snapshot], Awaitable[Readings]]


class RunningPicture(Picture, Protocol):
    """A picture that somebody must keep."""

    async def run(self) -> None:
        """Keeps it until cancelled."""


class PictureWithReadings:
    """A picture and the newest readings. `sources` read; `chance` gives a number from 0 to 1."""

    def __init__(
        self,
        picture: RunningPicture,
        sources: tuple[Read, ...],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._picture, self._sources, self._chance = picture, sources, chance
        self._parts: dict[int, Readings] = {}
        self._readings = Readings()
        self._arrivals = 0
        self._arrived = asyncio.Event()
        self._reading = asyncio.Lock()

    @property
    def version(self) -> int:
        """Grows with every change of the picture or of a reading."""
        return self._picture.version + self._arrivals

    def snapshot(self) -> Snapshot:
        """The picture now, with the newest readings."""
        return msgspec.structs.replace(self._picture.snapshot(), readings=self._readings)

    async def wait(self, after: int) -> int:
        """Returns when the version is greater."""
        while self.version <= after:
            change = asyncio.ensure_future(self._picture.wait(after - self._arrivals))
            arrival = asyncio.ensure_future(self._arrived.wait())
            try:
                await asyncio.wait((change, arrival), return_when=asyncio.FIRST_COMPLETED)
            finally:
                change.cancel()
                arrival.cancel()
                await asyncio.gather(change, arrival, return_exceptions=True)
        return self.version

    async def wait_complete(self, timeout: float | None) -> bool:  # noqa: ASYNC109 (a promise to a person)
        """Waits for the complete picture, and then a few seconds for the first readings."""
        if not await self._picture.wait_complete(timeout):
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SECONDS):
                await self._read(again=False)
        return True

    async def run(self) -> None:
        """Keeps the picture and reads at intervals, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._picture.run(), name="the picture")
            group.create_task(self._keep_reading(), name="readings beside the picture")

    async def _keep_reading(self) -> None:
        await self._picture.wait_complete(None)
        await self._read(again=False)
        while True:
            await asyncio.sleep(EVERY * (1 + JITTER * self._chance()))
            await self._read(again=True)

    async def _read(self, *, again: bool) -> None:
        async with self._reading:
            todo = [n for n in range(len(self._sources)) if again or n not in self._parts]
            await asyncio.gather(*(self._one(n) for n in todo))

    async def _one(self, n: int) -> None:
        try:
            part = await self._sources[n](self._picture.snapshot())
        except ClusterError as error:
            _LOG.debug("a reading beside the picture failed: %s", error.says)
            return  # what was read before is still the best that is known
        if self._parts.get(n) != part:
            self._parts[n] = part
            self._readings = together(self._parts[key] for key in sorted(self._parts))
            self._arrivals += 1
            arrived, self._arrived = self._arrived, asyncio.Event()
            arrived.set()


def with_readings(connection: Connection, picture: RunningPicture) -> PictureWithReadings:
    """The picture with everything that the console reads beside the watches."""
    releases, certificates = ReleaseReader(connection), CertificateReader(connection)
    volumes = VolumeReader(connection)

    async def read_releases(snapshot: Snapshot) -> Readings:
        return await releases.read(release_namespaces(snapshot), marked_namespaces(snapshot))

    async def read_certificates(snapshot: Snapshot) -> Readings:
        return await certificates.read(tls_secrets(snapshot))

    async def read_volumes(snapshot: Snapshot) -> Readings:
        return await volumes.read(kubelets(snapshot))

    return PictureWithReadings(picture, (read_releases, read_certificates, read_volumes))
