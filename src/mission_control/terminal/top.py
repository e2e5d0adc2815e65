"""What uses most, as a table."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from mission_control.services.top import Top, TopRow
from mission_control.terminal.drawing import ABSENT, age, cores, filled, mark, sizes, table

_CPU = (">CPU", ">ASKED", ">LIMIT", ">USED")
_MEMORY = (">MEMORY", ">ASKED", ">LIMIT", ">USED")
_HEADS = {
    "pods": ("", "NAMESPACE", "POD", *_CPU, *_MEMORY, ">RESTARTS", "NODE"),
    "nodes": ("", "NODE", *_CPU, *_MEMORY, ">PODS"),
    "components": ("", "INSTALLATION", "COMPONENT", *_CPU, *_MEMORY, ">PODS", ">RESTARTS"),
}


def page(found: Top) -> RenderableType:
    """The table, and what its figures are worth."""
    notes = [Text(note, style="dim") for note in _notes(found)]
    if not found.rows:
        return Group(Text(f"No {found.what}."), *notes)
    made = table(*_HEADS[found.what])
    return Group(filled(made, (_cells(found, row) for row in found.rows)), *notes)


def _cells(found: Top, row: TopRow) -> list[str | Text]:
    place = [row.name] if found.what == "nodes" else [row.namespace, row.name]
    figures = [*cores(row.cpu), *sizes(row.memory)]
    restarts = str(row.restarts) if row.restarts is not None else ABSENT
    pods = str(row.pods) if row.pods is not None else ABSENT
    ends = {"pods": [restarts, row.node or ABSENT], "nodes": [pods], "components": [pods, restarts]}
    return [mark(row.verdict), *place, *figures, *ends[found.what]]


def _notes(found: Top) -> list[str]:
    notes = []
    if len(found.rows) < found.total:
        notes.append(f"{len(found.rows)} of {found.total}.")
    if not found.sees:
        notes.append(f"Not all {found.what} may be seen; mission-control health says what is missing.")
    if found.not_measured:
        notes.append(f"Use is not known: {found.not_measured}")
    elif found.measured_at is not None:
        notes.append(
            f"Measured {age(found.measured_at, found.at)} ago. CPU in cores; USED is the part of LIMIT."
        )
    return notes
