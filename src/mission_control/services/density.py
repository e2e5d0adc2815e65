"""How many entries there are in each slice of a time: the bars by which a timeline is zoomed.

A bar is a link, so that zooming works without scripts; slices are round lengths, so that a bar means "these
five minutes".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from mission_control.domain.timeline.entry import Entry

MOST_BARS = 60
_SIZES = (
    10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
)  # fmt: skip
_SHORTEST = 10


class Bar(msgspec.Struct, frozen=True):
    """One slice: from when to when, how many entries, how many of them need a look; heights in per cent."""

    begin: datetime
    end: datetime
    count: int
    bad: int
    height: int
    bad_height: int


class Range(msgspec.Struct, frozen=True):
    """A time to look at instead."""

    begin: datetime
    end: datetime


class Density(msgspec.Struct, frozen=True):
    """The bars from left to right, and where to go from here: out, before, after."""

    seconds: int
    bars: tuple[Bar, ...]
    out: Range
    before: Range
    after: Range


def density(entries: Iterable[Entry], begin: datetime, end: datetime) -> Density:
    """The bars of a time, at most a hundred or so of a round length."""
    length = max(1.0, (end - begin).total_seconds())
    size = next((size for size in _SIZES if length / size <= MOST_BARS), _SIZES[-1])
    first = int(begin.timestamp()) // size
    last = max(first, int(end.timestamp() - 0.001) // size)
    counts: Counter[int] = Counter()
    bad: Counter[int] = Counter()
    for entry in entries:
        place = int(entry.at.timestamp()) // size
        counts[place] += 1
        bad[place] += entry.is_bad
    most = max(counts.values(), default=1)
    bars = tuple(
        Bar(
            _at(place * size),
            _at((place + 1) * size),
            counts[place],
            bad[place],
            _height(counts[place], most),
            _height(bad[place], most),
        )
        for place in range(first, last + 1)
    )
    span = end - begin
    return Density(
        size,
        bars,
        Range(begin - span / 2, end + span / 2),
        Range(begin - span, begin),
        Range(end, end + span),
    )


def _height(count: int, most: int) -> int:
    """Per cent of the height; what is not nothing can be seen."""
    return max(_SHORTEST, round(100 * count / most)) if count else 0


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
