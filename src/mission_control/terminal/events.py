"""What the cluster reported, as a table: each thing once, with how often and its newest words."""

from __future__ import annotations

from datetime import datetime

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from mission_control.services.happenings import Happening
from mission_control.terminal.drawing import age, filled, table

_STYLES = {"Warning": "yellow"}


class EventList(msgspec.Struct, frozen=True):
    """What was reported until a moment. `sees`: whether events may be read wherever was looked."""

    at: datetime
    total: int
    sees: bool
    events: tuple[Happening, ...]


def page(found: EventList) -> RenderableType:
    """The table, the newest first unless sorted otherwise."""
    notes = [] if found.sees else ["Not all events may be read; mission-control health says what is missing."]
    if len(found.events) < found.total:
        notes.append(f"{len(found.events)} of {found.total}.")
    said = [Text(note, style="dim") for note in notes]
    if not found.events:
        return Group(Text("No events."), *said)
    made = table("LAST", "FIRST", "TYPE", "REASON", "OBJECT", ">TIMES", "MESSAGE", folds="MESSAGE")
    return Group(filled(made, (_cells(found, line) for line in found.events)), *said)


def _cells(found: EventList, line: Happening) -> list[str | Text]:
    where = f"{line.namespace}/" if line.namespace else ""
    return [
        age(line.last, found.at),
        age(line.first, found.at),
        Text(line.type, style=_STYLES.get(line.type, "")),
        line.reason,
        f"{line.kind} {where}{line.name}",
        str(line.times),
        line.message,
    ]
