"""What was accepted, as lines of text: what, why, by whom, for how long."""

from __future__ import annotations

from datetime import datetime

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mission_control.domain.verdict import Acceptance
from mission_control.storage.accepted import Kept
from mission_control.terminal.health import ago


class AcceptedList(msgspec.Struct, frozen=True):
    """What is in force at a moment."""

    at: datetime
    accepted: tuple[Kept, ...]


def page(found: AcceptedList) -> RenderableType:
    """The list, oldest first."""
    if not found.accepted:
        return Text("Nothing is accepted; every finding counts.")
    grid = Table.grid(padding=(0, 2))
    for kept in found.accepted:
        entry = kept.acceptance
        grid.add_row(Text(str(kept.number), style="bold"), Text(entry.key), Text(until(entry)))
        said = f"{entry.reason}, says {entry.who}, {ago(entry.at, found.at)}"
        grid.add_row("", Text(said), "")
    return Group(grid, Text("mission-control accepted revoke NUMBER takes one back.", style="dim"))


def line(kept: Kept) -> str:
    """That it was accepted, in a sentence."""
    entry = kept.acceptance
    return (
        f"Accepted {entry.key} {until(entry)}. mission-control accepted revoke {kept.number} takes it back."
    )


def until(entry: Acceptance) -> str:
    """Until when an acceptance lasts."""
    if entry.until is None:
        return "until it changes"
    return f"until {entry.until.isoformat(timespec='minutes')}"
