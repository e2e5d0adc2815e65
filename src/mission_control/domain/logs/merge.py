"""Many streams become one in order of time, with bounded memory and bounded patience.

A stream that still brings its history is waited for, because its next line may be older than all others; one
that is live is not, but its lines are held for a moment so that others can overtake. Within one stream order
is never changed. Time comes in as an argument.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

from mission_control.domain.logs.entries import Entry
from mission_control.domain.logs.stamps import SECOND

LATENESS = 0.4
"""Seconds for which a live line is held."""
MOST_LATENESS = 3.0
"""Seconds for which it is held while lines keep coming later than that."""
PATIENCE = 3.0
"""Seconds for which a stream that brings its history may keep the others waiting."""
CALM = 0.995  # by which the patience shrinks each time when nothing comes late


class _Stream:
    __slots__ = ("held", "is_live", "key", "silent_since")

    def __init__(self, now: float) -> None:
        self.held: deque[tuple[int, float, Entry]] = deque()
        self.key = 0  # never falls, so that lines of one stream keep their order
        self.is_live = False
        self.silent_since = now


class Merger:
    """Streams by name. `push` what comes, `ready` gives what is certain."""

    def __init__(self, lateness: float = LATENESS, patience: float = PATIENCE) -> None:
        self._least = self._lateness = lateness
        self._patience = patience
        self._told = 0
        self._streams: dict[str, _Stream] = {}
        self._heads: list[tuple[int, int, str]] = []
        self._count = 0
        self.waiting = 0

    def join(self, name: str, now: float) -> None:
        """A stream that will bring its history first."""
        self._streams.setdefault(name, _Stream(now))

    def live(self, name: str, now: float) -> None:
        """Its history is over."""
        self._stream(name, now).is_live = True

    def leave(self, name: str) -> None:
        """Nothing more will come of it; what is held goes out in its turn."""
        stream = self._streams.get(name)
        if stream is not None:
            stream.is_live = True

    def push(self, name: str, entries: list[Entry], now: float) -> None:
        """What came of a stream, in its order."""
        stream = self._stream(name, now)
        was_empty = not stream.held
        if stream.is_live and entries and entries[0].at < self._told:
            late = (self._told - entries[0].at) / SECOND * 1.2
            self._lateness = min(max(self._lateness, late), MOST_LATENESS)
        for entry in entries:
            stream.key = max(stream.key, entry.at)
            stream.held.append((stream.key, now, entry))
        self.waiting += len(entries)
        if was_empty and stream.held:
            self._head(name, stream)

    def held(self, name: str) -> int:
        """How many entries of a stream wait."""
        stream = self._streams.get(name)
        return len(stream.held) if stream else 0

    def ready(self, now: float) -> list[Entry]:
        """What can go out, in order."""
        if self._waits_for_history(now):
            return []
        out: list[Entry] = []
        oldest = now - self._lateness
        self._lateness = max(self._least, self._lateness * CALM)
        cut = max((held[0][0] for held in self._all_held() if held[0][1] <= oldest), default=0)
        cut = max(cut, self._told)  # what comes late has nothing to wait for
        while self._heads:
            key, _, name = self._heads[0]
            stream = self._streams[name]
            if stream.is_live and stream.held[0][1] > oldest and key > cut:
                break
            heappop(self._heads)
            out.append(stream.held.popleft()[2])
            self._told = max(self._told, key)
            if stream.held:
                self._head(name, stream)
            elif not stream.is_live:
                stream.silent_since = now
                break  # its next line may be older than all others
        self.waiting -= len(out)
        return out

    def rest(self) -> list[Entry]:
        """Everything that is held, in order."""
        out = [item for stream in self._streams.values() for item in stream.held]
        for stream in self._streams.values():
            stream.held.clear()
        self._heads.clear()
        self.waiting = 0
        return [entry for _, _, entry in sorted(out, key=lambda item: item[0])]

    def _all_held(self) -> list[deque[tuple[int, float, Entry]]]:
        return [stream.held for stream in self._streams.values() if stream.held]

    def _waits_for_history(self, now: float) -> bool:
        return any(
            not stream.is_live and not stream.held and now - stream.silent_since < self._patience
            for stream in self._streams.values()
        )

    def _stream(self, name: str, now: float) -> _Stream:
        return self._streams.setdefault(name, _Stream(now))

    def _head(self, name: str, stream: _Stream) -> None:
        self._count += 1
        heappush(self._heads, (stream.held[0][0], self._count, name))
