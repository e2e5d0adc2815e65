"""Redacts a file or a pipe for the command line: streams it, and tells what was masked by which rule.

It decides nothing about secrets; that is the engine's. It refuses to pass on what is not text.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import msgspec

from mission_control.domain.redact import ByteStream, Ledger, Redactor

_CHUNK = 1 << 20


class Outcome(IntEnum):
    """How it ended, as an exit code."""

    DONE = 0
    MASKED = 1  # something was masked, and the caller asked for a report
    NOT_TEXT = 2


class Report(msgspec.Struct, frozen=True):
    """What was masked in one file: how many values, by rule. Never a value."""

    place: str
    total: int
    rules: dict[str, int]
    is_text: bool

    def outcome(self, *, is_asked: bool) -> Outcome:
        """The exit code; a report that was asked for fails when something was masked, as a linter does."""
        if not self.is_text:
            return Outcome.NOT_TEXT
        return Outcome.MASKED if is_asked and self.total else Outcome.DONE

    def lines(self) -> list[str]:
        """The report in words, one rule a line, the commonest first."""
        if not self.is_text:
            return [f"{self.place} is not text. Nothing of it was passed on."]
        counted = sorted(self.rules.items(), key=lambda item: (-item[1], item[0]))
        masked = "value" if self.total == 1 else "values"
        return [
            f"{self.total} {masked} masked in {self.place}",
            *(f"{count:8} {rule}" for rule, count in counted),
        ]


def redact_stream(
    read: Callable[[int], bytes], write: Callable[[bytes], object], redactor: Redactor, place: str
) -> Report:
    """Pass everything that `read` gives through the engine to `write`, in constant memory.

    `read` takes how many bytes it may give and gives none at the end, as a binary file does.
    """
    ledger = Ledger()
    stream = ByteStream(redactor, ledger, place)
    while chunk := read(_CHUNK):
        write(stream.feed(chunk))
    write(stream.close())
    rules = ledger.by_rule()
    not_text = rules.pop("binary", 0)
    return Report(place, sum(rules.values()), rules, is_text=not not_text)
