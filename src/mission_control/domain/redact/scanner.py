"""Finds where something may begin: many anchors in one pass, as a prefilter before anything is confirmed.

Hyperscan does it at the speed of memory. Where it cannot be imported, `re` finds the same, slower. What
a short command prints is scanned by `re` too, because compiling for hyperscan takes longer than that.
Both report hits as (end, number of the anchor, start), in the order of their ends; the start of an anchor
that has not asked for it is 0.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

try:
    import hyperscan
except ImportError:  # pragma: no cover - the other half is tested by name
    hyperscan = None  # type: ignore[assignment]

Hit = tuple[int, int, int]
Anchor = tuple[bytes, bool]  # the expression, and whether the hit's start is wanted

_SHORT = 200  # what an unbounded run is for `re`, which would try it again from every start
_WHOLE = 1024  # bytes of a text in which `re` takes the runs as long as they are, so that it finds the same
_PATIENCE = 1 << 16  # bytes that `re` scans before compiling for hyperscan pays
_CALL = 256  # what a call costs, in bytes
HAS_HYPERSCAN = hyperscan is not None


class Prefilter(Protocol):
    """What finds the hits of a fixed set of anchors."""

    def hits(self, data: bytes) -> list[Hit]:
        """Every place where an anchor ends."""
        ...


class ExpressionError(ValueError):
    """An expression that cannot be compiled; the message says why in the compiler's words."""


class FastPrefilter:
    """All anchors in one hyperscan database; safe in threads: no two scans share a scratch space."""

    def __init__(self, anchors: tuple[Anchor, ...]) -> None:
        self._database = hyperscan.Database()
        try:
            self._database.compile(
                expressions=[expression for expression, _ in anchors],
                ids=list(range(len(anchors))),
                flags=[hyperscan.HS_FLAG_SOM_LEFTMOST if wanted else 0 for _, wanted in anchors],
            )
        except hyperscan.error as error:
            raise ExpressionError(str(error)) from error
        self._idle: list[hyperscan.Scratch] = []

    def hits(self, data: bytes) -> list[Hit]:
        """Every place where an anchor ends."""
        found: list[Hit] = []
        append = found.append

        def remember(number: int, start: int, end: int, _flags: int, _context: object) -> None:
            append((end, number, start))

        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = hyperscan.Scratch(self._database)
        self._database.scan(data, match_event_handler=remember, scratch=scratch)
        self._idle.append(scratch)
        return found


class PlainPrefilter:
    """One expression of `re` after the other."""

    def __init__(self, anchors: tuple[Anchor, ...], longest: int = _SHORT) -> None:
        run = b"]{0,%d}" % longest
        try:
            self._anchors = [
                (number, wanted, re.compile(b"(?=(" + expression.replace(b"]*", run) + b"))"))
                for number, (expression, wanted) in enumerate(anchors)
            ]
        except re.error as error:
            raise ExpressionError(str(error)) from error

    def hits(self, data: bytes) -> list[Hit]:
        """Every place where an anchor ends."""
        found = {
            (match.end(1), number, match.start() if wanted else 0)
            for number, wanted, expression in self._anchors
            for match in expression.finditer(data)
        }
        return sorted(found)


class LazyPrefilter:
    """Compiled when it is needed, once for all who have the same anchors.

    `patient`: short texts are scanned by `re` until so much has come that compiling for hyperscan pays.
    """

    def __init__(self, anchors: tuple[Anchor, ...], *, fast: bool, patient: bool = False) -> None:
        self._anchors, self._fast = anchors, fast
        self._left = _PATIENCE if patient and fast and HAS_HYPERSCAN else 0
        self._ready: Prefilter | None = None

    def hits(self, data: bytes) -> list[Hit]:
        """Every place where an anchor ends."""
        if self._ready is None:
            if self._left > 0 and len(data) <= _WHOLE:
                self._left -= len(data) + _CALL
                return _by_hand(self._anchors).hits(data)
            self.compile()
        return self._ready.hits(data) if self._ready is not None else []

    def compile(self) -> None:
        """Compile now, in whichever thread this is, so that nobody waits for it later."""
        self._ready = self._ready or prefilter(self._anchors, fast=self._fast)


@lru_cache(maxsize=4)
def _by_hand(anchors: tuple[Anchor, ...]) -> PlainPrefilter:
    return PlainPrefilter(anchors, _WHOLE)


@lru_cache(maxsize=16)
def prefilter(anchors: tuple[Anchor, ...], *, fast: bool = HAS_HYPERSCAN) -> Prefilter:
    """The prefilter of these anchors, compiled once, which takes some 100 ms. Raises ExpressionError."""
    return FastPrefilter(anchors) if fast and HAS_HYPERSCAN else PlainPrefilter(anchors)
