"""The judgement as each view shows it: narrowed and judged once for all who share the view.

Whoever sees everything gets the judgement itself. A view has versions of its own, which grow only when
something in it changes, so that not even the pace of a stream tells what goes on elsewhere.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

import msgspec

from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.domain.view import LOGS, View, narrowed, narrowed_usage
from mission_control.services.health import SHARE, Judged

_KEPT = 256


class Seen(Protocol):
    """A picture, what was judged of it, and the number of this judgement."""

    @property
    def snapshot(self) -> Snapshot:
        """The picture."""

    @property
    def health(self) -> Health:
        """The judgement of it."""

    @property
    def version(self) -> int:
        """Its number; a later judgement has a higher one."""


class Whole(Protocol):
    """The judgement of the whole picture, and a way to judge a part of it by the same rules."""

    @property
    def latest(self) -> Seen:
        """The newest judgement."""

    async def wait(self, after: int) -> int:
        """Return the newest version as soon as it is higher than `after`."""

    def judged(self, part: Snapshot, may_read_logs: Callable[[str], bool]) -> Health:
        """The health of a part, with the logs of the namespaces that may be read."""


class UsageSource(Protocol):
    """What was measured last."""

    @property
    def latest(self) -> Usage:
        """The newest reading."""


class ViewOf:
    """The judgement of what a view shows. `clock` measures how long judging takes, in seconds."""

    def __init__(self, whole: Whole, view: View, clock: Callable[[], float] = time.monotonic) -> None:
        self._whole, self._view, self._clock = whole, view, clock
        self._not_before = 0.0
        self._seen = whole.latest
        self._latest = self._narrow(self._seen, None)

    @property
    def latest(self) -> Judged:
        """The newest judgement; while changes keep coming, one that is a little older."""
        seen = self._whole.latest
        if seen.snapshot is not self._seen.snapshot and self._clock() >= self._not_before:
            before, self._seen = (self._seen.snapshot, self._latest.snapshot), seen
            self._latest = self._narrow(seen, before)
        return self._latest

    async def wait(self, after: int) -> int:
        """Return the newest version as soon as it is higher than `after`."""
        while self.latest.version <= after:
            await asyncio.sleep(max(0.0, self._not_before - self._clock()))
            if self.latest.version <= after:
                await self._whole.wait(self._seen.version)
        return self.latest.version

    def _narrow(self, seen: Seen, before: tuple[Snapshot, Snapshot] | None) -> Judged:
        began = self._clock()
        part = narrowed(seen.snapshot, self._view, before)
        health = self._whole.judged(part, lambda namespace: self._view.shows(LOGS, namespace))
        ended = self._clock()
        self._not_before = ended + SHARE * (ended - began)
        if before is None:
            return Judged(part, health, 1)
        is_news = not _shows_the_same(part, before[1]) or not _says_the_same(health, self._latest.health)
        return Judged(part, health, self._latest.version + is_news)


def _shows_the_same(one: Snapshot, other: Snapshot) -> bool:
    return (
        one.shelves.keys() == other.shelves.keys()
        and all(one.shelves[shape] is other.shelves[shape] for shape in one.shelves)
        and (one.sights, one.readings, one.cluster) == (other.sights, other.readings, other.cluster)
    )


def _says_the_same(one: Health, other: Health) -> bool:
    return one == msgspec.structs.replace(other, at=one.at)


class UsageOf:
    """What was measured of what a view shows."""

    def __init__(self, whole: UsageSource, view: View) -> None:
        self._whole, self._view = whole, view
        self._seen = whole.latest
        self._latest = narrowed_usage(self._seen, view)

    @property
    def latest(self) -> Usage:
        """The newest reading."""
        seen = self._whole.latest
        if seen is not self._seen:
            self._seen, self._latest = seen, narrowed_usage(seen, self._view)
        return self._latest


class Views:
    """The judgement and the usage of each view that somebody has, the most recent ones only."""

    def __init__(self, judgements: Whole, usage: UsageSource) -> None:
        self._judgements, self._usage = judgements, usage
        self._kept: OrderedDict[View, tuple[ViewOf, UsageOf]] = OrderedDict()

    def of(self, view: View) -> tuple[Whole | ViewOf, UsageSource]:
        """What a view shows; for one that leaves nothing out, the whole itself."""
        if view.is_all:
            return self._judgements, self._usage
        if view not in self._kept:
            self._kept[view] = (ViewOf(self._judgements, view), UsageOf(self._usage, view))
        self._kept.move_to_end(view)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[view]
