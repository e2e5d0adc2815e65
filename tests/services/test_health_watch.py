"""When the picture is judged: at once, then seldom enough, as time passes, and when logs arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mission_control.cluster.errors import Unreachable
from mission_control.domain.logtail import LogRequest, LogTail
from mission_control.domain.objects import Pod
from mission_control.domain.objects.meta import Meta
from mission_control.domain.objects.pods import ContainerStatus, PodStatus
from mission_control.domain.product import Product
from mission_control.domain.snapshot import ClusterFacts, Snapshot, empty_snapshot, snapshot_of
from mission_control.domain.verdict import Health, Verdict
from mission_control.services.health import SHARE, SHOWN, HealthWatch
from tests.fakes.virtual import VirtualLoop, passes, until, virtually

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASKED = LogRequest("shop", "web-1", "web")
BOOM = LogTail("shop", "web-1", "web", lines=("boom",))


def clock() -> datetime:
    return START + timedelta(seconds=asyncio.get_running_loop().time())


class FakePicture:
    """A picture with one pod whose container was restarted so often."""

    def __init__(self) -> None:
        self.version = 0
        self.restarts = 0
        self.complete = asyncio.Event()
        self._changed = asyncio.Event()

    def change(self, restarts: int = 0) -> None:
        self.version, self.restarts = self.version + 1, restarts
        self._changed.set()

    def snapshot(self) -> Snapshot:
        if not self.version:
            return empty_snapshot(ClusterFacts(), clock())
        status = PodStatus(container_statuses=(ContainerStatus(name="web", restart_count=self.restarts),))
        return snapshot_of(
            [Pod(metadata=Meta(name="web-1", namespace="shop", uid="u"), status=status)], clock()
        )

    async def wait(self, after: int) -> int:
        while self.version <= after:
            self._changed.clear()
            await self._changed.wait()
        return self.version

    async def wait_complete(self, timeout: float | None) -> bool:  # noqa: ASYNC109 (as the real one)
        try:
            async with asyncio.timeout(timeout):
                await self.complete.wait()
        except TimeoutError:
            return False
        return True


@dataclass
class Desk:
    """A judge who notes when he judged, what he saw, and suspects one container."""

    picture: FakePicture = field(default_factory=FakePicture)
    times: list[float] = field(default_factory=list)
    tails: list[tuple[LogTail, ...]] = field(default_factory=list)
    reads: list[LogRequest] = field(default_factory=list)
    says: Callable[[int], Verdict] = lambda _: Verdict.HEALTHY
    suspected: tuple[LogRequest, ...] = ()
    reading: float = 0.0
    takes: float = 0.0
    log: LogTail | Exception = BOOM

    def judge(
        self, snapshot: Snapshot, products: tuple[Product, ...], tails: tuple[LogTail, ...] = ()
    ) -> Health:
        assert products == ()
        loop = asyncio.get_running_loop()
        self.times.append(loop.time())
        if self.takes and isinstance(loop, VirtualLoop):
            loop.now += self.takes
        self.tails.append(tails)
        return Health("here", snapshot.taken_at, self.says(len(self.times)))

    async def read(self, request: LogRequest) -> LogTail:
        self.reads.append(request)
        await asyncio.sleep(self.reading)
        if isinstance(self.log, Exception):
            raise self.log
        return self.log

    def watch(self) -> HealthWatch:
        return HealthWatch(
            self.picture, (), self.read, clock, judge=self.judge, suspects=lambda *_: self.suspected
        )


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[HealthWatch]:
    watch = desk.watch()
    task = asyncio.create_task(watch.run())
    try:
        await passes(1)
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@virtually
async def test_a_change_after_quiet_is_judged_at_once() -> None:
    desk = Desk()
    async with running(desk) as watch:
        began, version = asyncio.get_running_loop().time(), watch.latest.version
        desk.picture.change()
        assert await watch.wait(version) == version + 1
        assert desk.times[-1] == began
        assert watch.latest.snapshot.get(Pod, "shop", "web-1")


@virtually
async def test_changes_without_end_are_judged_at_most_twenty_times_a_second() -> None:
    desk = Desk()
    async with running(desk):
        before = len(desk.times)
        for _ in range(200):
            desk.picture.change()
            await passes(0.01)
        assert 30 <= len(desk.times) - before <= 41


@virtually
async def test_while_judging_is_slow_changes_are_shown_with_the_judgement_that_there_is() -> None:
    desk, loop = Desk(), asyncio.get_running_loop()
    async with running(desk) as watch:
        desk.takes = 0.2
        desk.picture.change()
        version = await watch.wait(watch.latest.version)
        judged, began = len(desk.times), loop.time()
        desk.picture.change()
        assert await watch.wait(version) == version + 1
        assert loop.time() - began <= SHOWN + 0.001
        assert watch.latest.snapshot.get(Pod, "shop", "web-1")
        assert len(desk.times) == judged
        await passes(SHARE * desk.takes)
        assert len(desk.times) == judged + 1
        assert watch.latest.version == version + 1


@virtually
async def test_nothing_that_changes_is_judged_again_because_time_passes_and_is_no_news() -> None:
    desk = Desk()
    async with running(desk) as watch:
        version, before = watch.latest.version, len(desk.times)
        await passes(60)
        assert 5 <= len(desk.times) - before <= 6
        assert watch.latest.version == version


@virtually
async def test_a_verdict_that_changes_as_time_passes_is_news() -> None:
    desk = Desk(says=lambda count: Verdict.BROKEN if count > 4 else Verdict.HEALTHY)
    async with running(desk) as watch:
        version = watch.latest.version
        assert await asyncio.wait_for(watch.wait(version), 60) == version + 1
        assert watch.latest.health.verdict is Verdict.BROKEN


@virtually
async def test_reading_logs_does_not_delay_a_judgement_and_their_arrival_is_judged() -> None:
    desk = Desk(suspected=(ASKED,), reading=3.0)
    async with running(desk) as watch:
        began = asyncio.get_running_loop().time()
        desk.picture.change()
        await until(lambda: watch.latest.snapshot.get(Pod, "shop", "web-1"), within=0.2)
        await until(lambda: desk.tails[-1], within=5)
        assert desk.tails[-1][0].lines == ("boom",)
        assert asyncio.get_running_loop().time() - began < 4


@virtually
async def test_a_log_is_read_once_until_its_container_restarts() -> None:
    desk = Desk(suspected=(LogRequest("shop", "web-1", "web", previous=True),))
    async with running(desk):
        for _ in range(5):
            desk.picture.change(restarts=1)
            await passes(20)
        read = len(desk.reads)
        desk.picture.change(restarts=2)
        await passes(1)
        assert (read, len(desk.reads)) == (2, 3)


@virtually
async def test_the_log_of_a_running_container_is_read_again_after_a_minute() -> None:
    desk = Desk(suspected=(ASKED,))
    async with running(desk):
        await passes(55)
        assert len(desk.reads) == 1
        await passes(20)
        assert len(desk.reads) == 2


@virtually
async def test_a_log_that_cannot_be_read_is_told_as_such() -> None:
    desk = Desk(suspected=(ASKED,), log=Unreachable("The kubelet does not answer."))
    async with running(desk):
        await until(lambda: desk.tails[-1])
        assert desk.tails[-1][0].refused == "The kubelet does not answer."


@virtually
async def test_at_most_four_logs_are_read_at_once_and_forty_in_all() -> None:
    suspects = tuple(LogRequest("shop", f"web-{n}", "web") for n in range(50))
    desk = Desk(suspected=suspects, reading=1.0)
    async with running(desk):
        assert len(desk.reads) == 4
        await passes(30)
        assert len(desk.reads) == 40


@virtually
async def test_a_judgement_that_fails_is_unknown_and_the_next_one_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def says(count: int) -> Verdict:
        if count == 3:
            raise KeyError("absurd")
        return Verdict.HEALTHY

    desk = Desk(says=says)
    async with running(desk) as watch:
        desk.picture.change()
        await until(lambda: watch.latest.health.verdict is Verdict.UNKNOWN)
        assert "KeyError" in watch.latest.health.blind[0].reason
        desk.picture.change()
        await until(lambda: watch.latest.health.verdict is Verdict.HEALTHY)
    assert "the judgement failed" in caplog.text


@virtually
async def test_one_judgement_for_a_command_waits_for_the_picture_and_reads_the_suspects_logs() -> None:
    desk = Desk(suspected=(ASKED,), reading=1.0)
    watch = desk.watch()
    waiting: asyncio.Task[Any] = asyncio.create_task(watch.judged(30))
    await passes(5)
    assert not desk.reads
    desk.picture.change()
    desk.picture.complete.set()
    judged = await waiting
    assert judged.snapshot.get(Pod, "shop", "web-1")
    assert desk.tails[-1][0].lines == ("boom",)


@virtually
async def test_one_judgement_for_a_command_does_not_wait_for_logs_longer_than_five_seconds() -> None:
    desk = Desk(suspected=(ASKED,), reading=100.0)
    desk.picture.change()
    desk.picture.complete.set()
    began = asyncio.get_running_loop().time()
    await desk.watch().judged(30)
    assert asyncio.get_running_loop().time() - began == pytest.approx(5)


@virtually
async def test_a_picture_that_never_completes_is_judged_as_it_is_when_the_time_is_over() -> None:
    desk = Desk()
    judged = await desk.watch().judged(30)
    assert not judged.snapshot.is_complete
