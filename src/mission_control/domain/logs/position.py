"""How far a log was read, so that reading can go on after a break without losing or doubling a line.

Kubernetes resumes by whole seconds, and many lines may carry the same second, even the same nanosecond and
words. So the lines of the newest two seconds are remembered by moment and content, with how often each came;
after a break as many of each are skipped.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from mission_control.domain.logs.stamps import SECOND

MOST = 50_000
"""Lines that are remembered: more of them in two seconds, and only their newest moment is."""


class Junction(msgspec.Struct, frozen=True):
    """Where a log that is being followed stands, for whoever joins.

    Lines since `since` come by the follower, but for those in `seen`, which it has passed already.
    """

    since: int
    seen: dict[int, int] = {}


def identity(at: int, content: bytes) -> int:
    """What tells a line from others: its moment and its content."""
    return hash((at, content))


class Position:
    """How far one container's log was read. `start` is the first moment that is wanted."""

    def __init__(self, start: int = 0) -> None:
        self.newest = start
        self._begin = start
        self._recent: dict[int, Counter[int]] = {}
        self._left: Counter[int] = Counter()
        self._until = 0
        self._past = 0

    @property
    def since(self) -> int:
        """The moment to ask from, a whole second: a second before the newest, for lines that come late."""
        first = min(self._recent, default=self.newest // SECOND)
        return max(self._begin // SECOND, first) * SECOND

    @property
    def has_read(self) -> bool:
        """Whether any line was read at all."""
        return bool(self._recent) or self._past > 0

    def resume(self) -> None:
        """From now on lines come again that were read already: each is skipped as often as it was read."""
        self._left = Counter()
        for lines in self._recent.values():
            self._left.update(lines)
        self._until = self.newest

    def knows(self, at: int, content: bytes) -> bool:
        """Whether this line is one of those that were read last.

        The first line that comes after a break must be, or lines between are gone.
        """
        return identity(at, content) in self._recent.get(at // SECOND, ())

    def takes(self, at: int, content: bytes) -> bool:
        """Whether this line is new. Remembers it."""
        me = identity(at, content)
        if self._left:
            if self._left.get(me, 0) > 0:
                self._left[me] -= 1
                return False
            if at > self._until + 2 * SECOND:
                self._left.clear()
        if at <= self._past or at < self._begin:
            return False
        self._remember(at, me)
        return True

    def junction(self) -> Junction:
        """Where somebody else can join."""
        seen: Counter[int] = Counter()
        for lines in self._recent.values():
            seen.update(lines)
        return Junction(self.since, dict(seen))

    def _remember(self, at: int, me: int) -> None:
        second = at // SECOND
        lines = self._recent.get(second)
        if lines is None:
            lines = self._recent[second] = Counter()
            newest = max(self._recent)
            for old in [known for known in self._recent if known < newest - 1]:
                del self._recent[old]
        lines[me] += 1
        self.newest = max(self.newest, at)
        if len(lines) > MOST:
            self._recent = {second: Counter({me: 1})}
            self._past = max(self._past, at - 1)
