"""The request that is being answered: a number that its log lines, its answer and its error page share.

Also counts what was answered and how quickly, for `/metrics` and the console's own page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from contextvars import ContextVar

import msgspec

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The number of the request that this task answers; empty outside of one."""
BOUNDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds that tell quick answers from slow ones."""


class Answered(msgspec.Struct, frozen=True):
    """What was answered since the start. `statuses` by "2xx"; `within` counts up to each bound and all."""

    statuses: dict[str, int]
    within: tuple[int, ...]
    seconds: float
    streams: int

    @property
    def count(self) -> int:
        """All answers that have ended."""
        return self.within[-1] if self.within else 0


class Answers:
    """Counts answers while the console runs."""

    def __init__(self) -> None:
        self._statuses: Counter[str] = Counter()
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self.streams = 0

    def ended(self, status: int, seconds: float) -> None:
        """A page, file or fragment was answered."""
        self._statuses[f"{status // 100}xx"] += 1
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    @property
    def so_far(self) -> Answered:
        """All of it so far; `within` grows from bound to bound."""
        within, total = [], 0
        for count in self._buckets:
            total += count
            within.append(total)
        return Answered(dict(sorted(self._statuses.items())), tuple(within), self._seconds, self.streams)
