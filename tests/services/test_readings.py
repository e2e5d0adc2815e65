"""Readings beside the picture: they never delay it, news is a change, a failed one keeps the last."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from mission_control.cluster.errors import Unreachable
from mission_control.domain.readings import Readings
from mission_control.domain.release import Release
from mission_control.domain.snapshot import Snapshot, snapshot_of
from mission_control.domain.verdict import Blind
from mission_control.services.readings import EVERY, PictureWithReadings
from tests.fakes.virtual import passes, virtually

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Plain:
    """A picture that is complete once it is told so."""

    def __init__(self) -> None:
        self.version = 3
        self.complete = asyncio.Event()
        self.changed = asyncio.Event()

    def snapshot(self) -> Snapshot:
        return snapshot_of((), NOW)

    async def wait(self, after: int) -> int:
        while self.version <= after:
            await self.changed.wait()
        return self.version

    async def wait_complete(self, timeout: float | None) -> bool:  # noqa: ASYNC109 (as the real one)
        try:
            async with asyncio.timeout(timeout):
                await self.complete.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        await asyncio.Event().wait()


class Records:
    """A source that reads one release whose revision grows, until it is told to fail."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.revision = 1
        self.fails = False
        self.takes = 0.0

    async def read(self, _: Snapshot) -> Readings:
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes)
        if self.fails:
            raise Unreachable("Nobody answers.")
        return Readings(releases=(Release("shop", "prod", self.revision, "deployed"),))


async def blind(_: Snapshot) -> Readings:
    return Readings(blind=(Blind("Certificate", "shop", "refused", "get secrets"),))


def revisions(picture: PictureWithReadings) -> list[int]:
    return [release.revision for release in picture.snapshot().readings.releases]


@virtually
async def test_who_looks_once_gets_the_picture_with_all_readings() -> None:
    plain, records = Plain(), Records()
    plain.complete.set()
    picture = PictureWithReadings(plain, (records.read, blind))
    assert await picture.wait_complete(1)
    assert revisions(picture) == [1]
    assert [entry.kind for entry in picture.snapshot().readings.blind] == ["Certificate"]


@virtually
async def test_a_picture_that_does_not_come_is_not_read_beside() -> None:
    records = Records()
    assert not await PictureWithReadings(Plain(), (records.read,)).wait_complete(1)
    assert not records.times


@virtually
async def test_a_reading_that_takes_too_long_does_not_keep_the_picture() -> None:
    plain, records = Plain(), Records()
    plain.complete.set()
    records.takes, began = 60, asyncio.get_running_loop().time()
    assert await PictureWithReadings(plain, (records.read,)).wait_complete(1)
    assert asyncio.get_running_loop().time() - began < 10


@virtually
async def test_readings_are_made_again_at_intervals_and_only_news_is_a_change() -> None:
    plain, records = Plain(), Records()
    plain.complete.set()
    picture = PictureWithReadings(plain, (records.read,), chance=lambda: 0.0)
    task = asyncio.ensure_future(picture.run())
    await passes(1)
    first = picture.version
    await passes(EVERY)
    assert (len(records.times), picture.version) == (2, first)
    waiting = asyncio.ensure_future(picture.wait(first))
    records.revision = 2
    await passes(EVERY)
    assert waiting.done()
    assert revisions(picture) == [2]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@virtually
async def test_a_change_of_the_picture_itself_ends_the_wait() -> None:
    plain = Plain()
    picture = PictureWithReadings(plain, ())
    waiting = asyncio.ensure_future(picture.wait(picture.version))
    await passes(1)
    plain.version += 1
    plain.changed.set()
    await passes(0.1)
    assert waiting.result() == 4


@virtually
async def test_a_failed_reading_keeps_what_was_read_before() -> None:
    plain, records = Plain(), Records()
    plain.complete.set()
    picture = PictureWithReadings(plain, (records.read,), chance=lambda: 0.0)
    task = asyncio.ensure_future(picture.run())
    await passes(1)
    records.fails = True
    await passes(2 * EVERY)
    assert len(records.times) == 3
    assert revisions(picture) == [1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
