"""Redacts a log line by line: each line keeps the moment it came with, although a secret may span several.

The text of all lines runs through one `ByteStream`, so a key of many lines, or a name in one line and its
value in the next, is hidden as in any stream. Lines that one mask has swallowed are gone; the line in which
it begins stands for them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

from mission_control.domain.redact.ledger import Ledger
from mission_control.domain.redact.masks import is_masked
from mission_control.domain.redact.redactor import Finding, Redactor
from mission_control.domain.redact.stream import ByteStream

Tag = TypeVar("Tag")


class _Counting(ByteStream):
    """A stream that says which of the lines it passes on have no line end of their own any more."""

    def __init__(self, redactor: Redactor, ledger: Ledger | None, place: str) -> None:
        super().__init__(redactor, ledger, place)
        self.is_text()
        self.swallowed: list[int] = []

    def _pass_on(self, until: int, findings: list[Finding]) -> bytes:
        low, self.swallowed = self._out, []
        for finding in findings:
            start, end = max(finding.start, low), min(finding.end, until)
            inside = self._data[start:end]
            if start >= end or b"\n" not in inside or (b"MASKED." in inside and is_masked(inside)):
                continue
            first = self._data.count(b"\n", low, start)
            self.swallowed += range(first + 1, first + 1 + inside.count(b"\n"))
        return super()._pass_on(until, findings)


class LineStream(Generic[Tag]):
    """Feed it lines with a tag each; it gives the lines that are certain, redacted, with their tags."""

    def __init__(self, redactor: Redactor, ledger: Ledger | None = None, place: str = "log") -> None:
        self._stream = _Counting(redactor, ledger, place)
        self._tags: deque[Tag] = deque()
        self._begun = b""

    @property
    def holds(self) -> bool:
        """Whether lines wait for their continuation."""
        return bool(self._tags)

    def feed(self, lines: Iterable[tuple[Tag, bytes]]) -> list[tuple[Tag, bytes]]:
        """What is certain after these lines. A line has no line end."""
        parts: list[bytes] = []
        for tag, content in lines:
            self._tags.append(tag)
            parts.append(content.replace(b"\n", b" "))
        if not parts:
            return []
        parts.append(b"")
        return self._tagged(self._stream.feed(b"\n".join(parts)))

    def flush(self) -> list[tuple[Tag, bytes]]:
        """What is held back, redacted as it stands: for a log that has gone quiet."""
        return self._tagged(self._stream.flush())

    def _tagged(self, passed: bytes) -> list[tuple[Tag, bytes]]:
        if not passed:
            return []
        lines = (self._begun + passed).split(b"\n")
        self._begun = lines.pop()  # a long line of which only a part is certain
        for place in reversed(self._stream.swallowed):
            if place < len(self._tags):
                del self._tags[place]
        return [(self._tags.popleft(), line) for line in lines if self._tags]
