"""How full the volumes of claims are, as kubelets measured it, and when they will be full.

No object that can be listed says it. A growth is told only once it was watched long enough to mean something:
a volume that grew for a minute says nothing about tomorrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

WATCHED = timedelta(hours=1)
"""How long a volume must have been watched before its growth is told."""
KEPT = timedelta(hours=24)
APART = timedelta(minutes=10)
DAY = 86400.0


class Level(msgspec.Struct, frozen=True):
    """How many bytes of a volume were used at a moment."""

    at: datetime
    used: float


class VolumeUse(msgspec.Struct, frozen=True):
    """How full the volume of a claim is, in bytes; `files` is the used part of its places for files, 0 to 1.

    `growth` is in bytes a second, None while it is not known.
    """

    namespace: str
    claim: str
    node: str
    at: datetime
    capacity: float
    available: float
    files: float = 0.0
    growth: float | None = None

    @property
    def used(self) -> float:
        """The bytes that nobody can write any more, with what the file system keeps for itself."""
        return max(self.capacity - self.available, 0.0)

    @property
    def share(self) -> float:
        """The part that is used, 0 to 1: of its bytes or of its places for files, whichever is more."""
        return max(self.used / self.capacity if self.capacity else 0.0, self.files)

    @property
    def is_out_of_files(self) -> bool:
        """Whether places for files are scarcer than bytes."""
        return self.files > (self.used / self.capacity if self.capacity else 0.0)

    @property
    def days(self) -> float | None:
        """Days until it is full if it goes on like this; None when it does not grow or that is not known."""
        if self.growth is None or self.growth <= 0:
            return None
        return self.available / self.growth / DAY


def remembered(levels: Sequence[Level], newest: Level) -> tuple[Level, ...]:
    """The levels with one more: one for each ten minutes, and the newest, for a day.

    A volume that became emptier begins anew: what was freed says nothing about how fast it fills.
    """
    kept = [level for level in levels if newest.at - level.at <= KEPT]
    if kept and newest.used < kept[-1].used * 0.9:
        kept = []
    if len(kept) > 1 and kept[-1].at - kept[-2].at < APART:
        kept.pop()
    return (*kept, newest)


def growth(levels: Sequence[Level]) -> float | None:
    """Bytes a second, as the straight line that fits the levels best; None while they span too little."""
    if len(levels) < 2 or levels[-1].at - levels[0].at < WATCHED:  # noqa: PLR2004 - a line needs two points
        return None
    times = [(level.at - levels[0].at).total_seconds() for level in levels]
    middle, mean = sum(times) / len(times), sum(level.used for level in levels) / len(levels)
    spread = sum((time - middle) ** 2 for time in times)
    together = sum((t - middle) * (level.used - mean) for t, level in zip(times, levels, strict=True))
    return together / spread
