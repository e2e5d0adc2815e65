"""Judges the live picture: at once when something changes, then as often as is cheap, and as time passes.

Between two judgements of a large cluster what has changed is shown with the last one: a count of restarts
need not wait for a verdict.

Reading the logs of suspects never delays a judgement: they are read beside it, and their arrival is one more
reason to judge. It decides nothing itself; what is healthy is `domain/health`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from mission_control.domain.health import judge, suspects
from mission_control.domain.logtail import LogRequest, LogTail
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Blind, Health, Verdict
from mission_control.services.tails import Life, ReadTail, Tails

_LOG = logging.getLogger(__name__)
LEAST_PAUSE = 0.05
"""Seconds between two judgements while changes keep coming."""
SHOWN = 0.1
"""Seconds between two pictures that are shown with the same judgement."""
SHARE = 4.0
"""The pause is also so many times what the judgement took, so that judging never fills a processor."""
LONGEST_PAUSE = 10.0
"""Ages and deadlines pass without any change, so judge at least this often."""
TAILS_SECONDS = 5.0


class Picture(Protocol):
    """What is judged."""

    @property
    def version(self) -> int:
        """Grows with every change."""

    def snapshot(self) -> Snapshot:
        """The picture now."""

    async def wait(self, after: int) -> int:
        """Returns when the version is greater."""

    async def wait_complete(self, timeout: float | None) -> bool:  # noqa: ASYNC109 (a promise to a person)
        """Returns when every kind has answered, or when the time is over."""


class Judge(Protocol):
    """`domain.health.judge`."""

    def __call__(
        self, snapshot: Snapshot, products: tuple[Product, ...], tails: tuple[LogTail, ...] = ()
    ) -> Health:
        """The health of a picture."""


Suspects = Callable[[Snapshot, Health], tuple[LogRequest, ...]]
Fold = Callable[[Snapshot, Health], Health]
"""Takes out of a judgement what was accepted as expected."""


class Judged(msgspec.Struct, frozen=True):
    """A picture and the newest judgement of it or of one shortly before. `version` grows with all news."""

    snapshot: Snapshot
    health: Health
    version: int


class HealthWatch:
    """The judgement of one picture, kept up to date by `run`."""

    def __init__(
        self,
        picture: Picture,
        products: tuple[Product, ...],
        read_tail: ReadTail,
        clock: Callable[[], datetime],
        *,
        judge: Judge = judge,
        suspects: Suspects = suspects,
        fold: Fold = lambda _, health: health,
    ) -> None:
        self._fold = fold
        self._picture, self._products, self._clock = picture, products, clock
        self._judge, self._suspects = judge, suspects
        self._tails = Tails(read_tail)
        self._changed = asyncio.Event()
        self._arrived = asyncio.Event()
        self._judged_version = self._shown_version = -1
        snapshot = picture.snapshot()
        self._latest = Judged(snapshot, self._judgement(snapshot, ())[0], 0)

    @property
    def latest(self) -> Judged:
        """The newest judgement."""
        return self._latest

    async def wait(self, after: int) -> int:
        """Returns the version of the newest judgement as soon as it is greater than `after`."""
        while self._latest.version <= after:
            await self._changed.wait()
        return self._latest.version

    def judge_again(self) -> None:
        """Judges soon although the picture is the same: what is accepted has changed."""
        self._arrived.set()

    def judged_part(self, part: Snapshot, may_read_logs: Callable[[str], bool]) -> Health:
        """The judgement of a part of the picture, with the logs that were read of some namespaces."""
        tails = tuple(tail for tail in self._tails.known() if may_read_logs(tail.namespace))
        return self._judgement(part, tails)[0]

    async def judged(self, timeout: float, *, with_logs: bool = True) -> Judged:  # noqa: ASYNC109 (a promise to a person)
        """One judgement for a command: of the first complete picture, with the suspects' logs read if wanted.

        Waits at most `timeout` seconds for the picture and five more for logs. What is missing then shows in
        the judgement's sights, it is not an error.
        """
        await self._picture.wait_complete(timeout)
        missing = self._judge_now()
        if missing and with_logs:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TAILS_SECONDS):
                    await self._tails.read(missing)
            self._judge_now()
        return self._latest

    async def run(self) -> None:
        """Judges until cancelled."""
        loop = asyncio.get_running_loop()
        reading: asyncio.Task[None] | None = None
        try:
            while True:
                began = loop.time()
                self._arrived.clear()
                missing = self._judge_now()
                if missing and (reading is None or reading.done()):
                    reading = asyncio.create_task(self._read(missing))
                await self._show_until(loop.time() + max(LEAST_PAUSE, SHARE * (loop.time() - began)))
                await self._something()
        finally:
            if reading is not None:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _show_until(self, moment: float) -> None:
        """Returns at that moment; what changes until then is shown with the judgement that there is."""
        loop = asyncio.get_running_loop()
        while (left := moment - loop.time()) > SHOWN:
            await asyncio.sleep(SHOWN)
            if self._picture.version != self._shown_version:
                self._shown_version = self._picture.version
                self._publish(self._picture.snapshot(), self._latest.health)
            left = moment - loop.time()
        await asyncio.sleep(max(left, 0.0))

    def _publish(self, snapshot: Snapshot, health: Health) -> None:
        self._latest = Judged(snapshot, health, self._latest.version + 1)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _read(self, missing: dict[LogRequest, Life]) -> None:
        if await self._tails.read(missing):
            self._arrived.set()

    async def _something(self) -> None:
        """Returns when the picture has changed, when logs have arrived, or when enough time has passed."""
        change = asyncio.create_task(self._picture.wait(self._judged_version))
        arrival = asyncio.create_task(self._arrived.wait())
        try:
            await asyncio.wait((change, arrival), timeout=LONGEST_PAUSE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            change.cancel()
            arrival.cancel()
            await asyncio.gather(change, arrival, return_exceptions=True)

    def _judge_now(self) -> dict[LogRequest, Life]:
        """Judges the picture as it is; the logs that would tell more."""
        version = self._picture.version
        snapshot = self._picture.snapshot()
        health, suspected = self._judgement(snapshot, self._tails.known())
        missing = self._tails.missing(snapshot, suspected)
        missing = self._tails.missing(snapshot, suspected)
        is_news = version != self._shown_version or not _says_the_same(health, self._latest.health)
        self._judged_version = self._shown_version = version
        if is_news:
            self._publish(snapshot, health)
        else:
            self._latest = Judged(snapshot, health, self._latest.version)
        return missing

    def _judgement(
        self, snapshot: Snapshot, tails: tuple[LogTail, ...]
    ) -> tuple[Health, tuple[LogRequest, ...]]:
        try:
            health = self._judge(snapshot, self._products, tails)
            suspected = self._suspects(snapshot, health)  # logs are read of accepted findings too
            return self._fold(snapshot, health), suspected
        except Exception as error:  # noqa: BLE001 (one object that no rule foresaw must not end the console)
            _LOG.exception("the judgement failed")
            reason = (
                f"The judgement itself failed ({type(error).__name__}); the console's own log says where."
            )
            blind = (Blind("", "", reason, ""),)
            return Health(snapshot.cluster.name, snapshot.taken_at, Verdict.UNKNOWN, blind=blind), ()


def _says_the_same(one: Health, other: Health) -> bool:
    return one == msgspec.structs.replace(other, at=one.at)
