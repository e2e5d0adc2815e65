"""How often somebody may try to sign in: who guesses waits longer and longer, by name and by origin.

Names that do not exist are counted like those that do, so that nothing is learnt by trying. It lives in
memory, with room for some thousands: a flood of made-up names pushes out the oldest and gains nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

FREE = 5
"""Wrong passwords in a row before an account is locked."""
FIRST, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""How long it is locked at first, and at most after further wrong ones; each time twice as long."""
BURST, EACH = 20, timedelta(seconds=3)
"""Tries of one origin at once, and how long until it has one more."""
_KEPT = 5_000


class _Count(msgspec.Struct, frozen=True):
    wrong: int
    until: datetime


class Tries:
    """What was tried lately."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._names: OrderedDict[str, _Count] = OrderedDict()
        self._origins: OrderedDict[str, datetime] = OrderedDict()

    def wait(self, name: str, origin: str) -> timedelta:
        """Take one try of the origin; how long to wait when there is none, or when the name is locked."""
        now = self._clock()
        spent = max(self._origins.get(origin, now), now)
        over = spent - now - (BURST - 1) * EACH
        if over > timedelta():
            return over
        _put(self._origins, origin, spent + EACH)
        return self.locked(name)

    def locked(self, name: str) -> timedelta:
        """How long a name is still locked."""
        found = self._names.get(name)
        return max(timedelta(), found.until - self._clock()) if found else timedelta()

    def failed(self, name: str) -> bool:
        """Count a wrong password; whether the name is locked now."""
        now = self._clock()
        before = self._names.get(name)
        wrong = (before.wrong if before and now - before.until < LONGEST else 0) + 1
        over = wrong - FREE
        lock = min(LONGEST, FIRST * 2 ** min(over, 10)) if over >= 0 else timedelta()
        _put(self._names, name, _Count(wrong, now + lock))
        return over >= 0

    def fine(self, name: str) -> None:
        """Forget the wrong ones: the right one came."""
        self._names.pop(name, None)


def _put(kept: OrderedDict[str, Any], key: str, value: object) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
