"""What a reader of logs asks for, as the address of the page or the command line says it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from mission_control.domain.logs import stamps
from mission_control.domain.logs.filters import Filter, expressions
from mission_control.services.logs.selection import Selection

Previous = Literal["with", "only", "without"]
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
LONGEST_AGO = timedelta(days=365)


class LogQuery(msgspec.Struct, frozen=True):
    """Which containers, which lines (ns.

    `until` 0 has no end), and whether to go on with what is written next.
    """

    selection: Selection
    filter: Filter = Filter()
    since: int = 0
    until: int = 0
    tail: int | None = None
    follow: bool = True
    previous: Previous = "with"
    context: int = 0


class Unreadable(ValueError):  # noqa: N818 -- an error is named as a person says it
    """A moment that nobody can read. `says` what, `fix` how to write it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.says = f"{text!r} is no moment and no duration."
        self.fix = "Write it like 15m, 2h, or 2026-01-31T12:00:00Z."


def moment(text: str, now: datetime) -> int:
    """The moment that "15m" (ago) or "2026-01-31T12:00:00Z" means, in ns; 0 for nothing.

    Raises Unreadable.
    """
    text = text.strip()
    if not text or text == "all":
        return 0
    span = _SPAN.fullmatch(text)
    if span:
        ago = timedelta(seconds=min(float(span[1]) * _SECONDS[span[2]], LONGEST_AGO.total_seconds()))
        return stamps.of(now - ago)
    exact = stamps.parsed(text.encode())
    if exact is not None:
        return exact
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(text) from None
    return stamps.of(found if found.tzinfo else found.replace(tzinfo=now.tzinfo))


def filtering(
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    highlight: tuple[str, ...] = (),
    levels: tuple[str, ...] = (),
) -> Filter:
    """The filter of these expressions. Raises ExpressionProblem."""
    return Filter(expressions(include), expressions(exclude), expressions(highlight), levels)
