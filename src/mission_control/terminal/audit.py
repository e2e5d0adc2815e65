"""The audit and its chain, as lines of text; and what a backup says of itself."""

from __future__ import annotations

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mission_control.domain.quantity import bytes_text
from mission_control.services.audit import AuditPage, Line
from mission_control.services.tables import csv_line
from mission_control.storage.backup import Backup, Restored
from mission_control.storage.chain import Verified

COLUMNS = Line.__struct_fields__


def page(found: AuditPage) -> RenderableType:
    """A page of entries, the newest first unless turned round."""
    if not found.rows:
        return Text("No entry fits." if found.all else "Nothing was recorded yet.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("NUMBER", "AT", "WHO", "FROM", "ACTION", "SUBJECT", "RESULT", "DETAIL"):
        table.add_column(name, overflow="fold")
    for row in found.rows:
        who = f"{row.who} as {row.acting_as}" if row.acting_as and row.acting_as != row.who else row.who
        at = f"{row.at:%Y-%m-%dT%H:%M:%SZ}"
        table.add_row(str(row.number), at, who, row.origin, row.action, row.subject, row.result, row.detail)
    if len(found.rows) == found.total:
        return table
    left = f"{found.total} fit, {found.all} in all; --page and the filters show others."
    return Group(table, Text(left, style="dim"))


def verified(found: Verified) -> RenderableType:
    """What the check of the chain found."""
    if found.broken_at is not None:
        return Text(f"Broken. {found.says} {found.entries} entries before it are whole.")
    begins = (
        f" It begins after number {found.begins_after}: retention removed those before."
        if found.begins_after
        else ""
    )
    return Text(f"Whole: {found.entries} entries, up to number {found.last}.{begins} Seal {found.seal}")


def backup(made: Backup) -> RenderableType:
    """What a backup holds."""
    return Text(
        f"{made.file}: {bytes_text(made.bytes)}, schema {made.revision}, made "
        f"{made.made:%Y-%m-%dT%H:%M:%SZ} by version {made.version}, audit up to "
        f"number {made.audit}. SHA-256 {made.sha256}"
    )


def restored(done: Restored) -> RenderableType:
    """What was put back, and where what was there is now."""
    kept = f" What was there before is {done.kept}." if done.kept else ""
    return Text(f"Restored {done.backup.file} of {done.backup.made:%Y-%m-%dT%H:%M:%SZ}.{kept}")


def csv_head() -> str:
    """The names of the columns as a line of CSV."""
    return csv_line(COLUMNS).rstrip("\r\n")


def csv_row(line: Line) -> str:
    """An entry as a line of CSV."""
    fields = msgspec.to_builtins(line)
    return csv_line([fields[name] for name in COLUMNS]).rstrip("\r\n")


def json_row(line: Line) -> str:
    """An entry as a line of JSON."""
    return msgspec.json.encode(line).decode()
