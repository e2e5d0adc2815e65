"""Accounts as lines of text: who, which roles, since when the password is what it is."""

from __future__ import annotations

from datetime import datetime

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mission_control.terminal.health import ago


class Line(msgspec.Struct, frozen=True):
    """An account."""

    name: str
    roles: tuple[str, ...]
    made: datetime
    changed: datetime
    must_change: bool


class AccountList(msgspec.Struct, frozen=True):
    """The accounts at a moment."""

    at: datetime
    accounts: tuple[Line, ...]


def page(found: AccountList) -> RenderableType:
    """The list, by name."""
    if not found.accounts:
        return Text("There is no account. mission-control account create NAME --role admin makes one.")
    grid = Table.grid(padding=(0, 2))
    for entry in found.accounts:
        said = f"password set {ago(entry.changed, found.at)}"
        note = ", to be changed at the next sign-in" if entry.must_change else ""
        grid.add_row(
            Text(entry.name, style="bold"), Text(", ".join(entry.roles)), Text(said + note, style="dim")
        )
    return grid
