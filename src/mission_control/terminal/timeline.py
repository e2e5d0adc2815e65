"""What changed and happened, as a table: the newest first, with whose time it is."""

from __future__ import annotations

from datetime import datetime

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from mission_control.domain.timeline.entry import Entry
from mission_control.terminal.drawing import age, filled, table

_SEEN = "~"
"""Stands before an age that is of the console's own clock."""


class TimelineList(msgspec.Struct, frozen=True):
    """The entries until a moment; `sees_events`: whether events may be read wherever was looked."""

    at: datetime
    total: int
    sees_events: bool
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]


def page(found: TimelineList) -> RenderableType:
    """The table."""
    notes = list(found.notes)
    if not found.sees_events:
        notes.append("Not all events may be read; mission-control health says what is missing.")
    if len(found.entries) < found.total:
        notes.append(f"{len(found.entries)} of {found.total}.")
    if any(entry.clock == "console" for entry in found.entries):
        notes.append(f"{_SEEN} when the console saw or did it; the cluster keeps no time of it.")
    said = [Text(note, style="dim") for note in notes]
    if not found.entries:
        return Group(Text("Nothing changed or happened in that time, as far as is known."), *said)
    made = table("WHEN", "KIND", "OBJECT", ">TIMES", "BY", "WHAT", folds="WHAT")
    return Group(filled(made, (_cells(found.at, entry) for entry in found.entries)), *said)


def _cells(now: datetime, entry: Entry) -> list[str | Text]:
    about = entry.subject
    where = f"{about.namespace}/" if about.namespace else ""
    return [
        f"{_SEEN if entry.clock == 'console' else ''}{age(entry.at, now)}",
        Text(entry.what, style="yellow" if entry.is_bad else ""),
        f"{about.kind} {where}{about.name}",
        str(entry.times),
        entry.by,
        entry.text,
    ]
