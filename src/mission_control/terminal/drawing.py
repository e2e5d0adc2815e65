"""What the pages of the terminal share: marks of verdicts, ages, figures against their bounds, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from mission_control.domain.quantity import bytes_text, short
from mission_control.domain.usage import Gauge
from mission_control.domain.verdict import Verdict
from mission_control.terminal.health import MARKS

ABSENT = "–"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def mark(verdict: Verdict) -> Text:
    """The sign of a verdict in its colour; the word stands in lists of what is wrong only."""
    sign, colour = MARKS[verdict]
    return Text(sign, style=colour)


def age(then: datetime | None, now: datetime) -> str:
    """How long, in the largest unit that fits: "40s", "12m", "3h", "2d"; as `kubectl` writes it."""
    if then is None:
        return ABSENT
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def gauge(found: Gauge, text: Callable[[float], str]) -> list[str]:
    """Used, requested, limit and the used part of the limit, each as text."""
    figures = [
        text(value) if value is not None else ABSENT for value in (found.used, found.requested, found.limit)
    ]
    return [*figures, f"{found.share:.0%}" if found.share is not None else ABSENT]


def cores(found: Gauge) -> list[str]:
    """A gauge of cpu."""
    return gauge(found, short)


def sizes(found: Gauge) -> list[str]:
    """A gauge of memory."""
    return gauge(found, bytes_text)


def table(*columns: str, folds: str = "") -> Table:
    """A table without lines; figures stand right (a column that begins with ">"), `folds` may be wrapped."""
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        title = column.removeprefix(">")
        made.add_column(
            title,
            justify="right" if column.startswith(">") else "left",
            no_wrap=title != folds,
            overflow="fold" if title == folds else "ellipsis",
        )
    return made


def filled(made: Table, rows: Iterable[Iterable[str | Text]]) -> Table:
    """The table with these rows."""
    for row in rows:
        made.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    for column in made.columns:
        if column.justify == "right":  # a figure without its end is another figure
            column.min_width = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
    return made
