"""What was masked: how often, by which rule, at which place. Never the value, nor its length."""

from __future__ import annotations

from collections import Counter

import msgspec


class Entry(msgspec.Struct, frozen=True, order=True):
    """How often a rule masked something at a place: a path in a tree, or what the caller named."""

    rule: str
    place: str
    count: int


class Ledger:
    """Counts while redacting; one for a page, a file, a bundle."""

    __slots__ = ("_counts", "_places")

    def __init__(self, places: int = 1000) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._places = places

    def note(self, rule: str, place: str, count: int = 1) -> None:
        """Count one more; past so many places, the rest are counted together."""
        key = (rule, place)
        if key not in self._counts and len(self._counts) >= self._places:
            key = (rule, "elsewhere")
        self._counts[key] += count

    def entries(self) -> tuple[Entry, ...]:
        """What was masked, by rule and place."""
        return tuple(sorted(Entry(rule, place, count) for (rule, place), count in self._counts.items()))

    @property
    def total(self) -> int:
        """How many values were masked."""
        return self._counts.total()

    def by_rule(self) -> dict[str, int]:
        """How many values each rule masked."""
        rules: Counter[str] = Counter()
        for (rule, _), count in self._counts.items():
            rules[rule] += count
        return dict(rules)
