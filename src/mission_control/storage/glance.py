"""One look at the own state, for a command that has ended before SQLAlchemy would be loaded.

It sees what is accepted, the key of masks, the operator's rules of redaction, and the timeline.

It only reads, only SQLite, and only what is there: no file, or one of an older version, has no acceptances.
Everything else goes through `database`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mission_control.domain.redact import CustomRule
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.verdict import Acceptance, Subject
from mission_control.storage.errors import StorageError

FILE = "state.sqlite3"
_PATIENCE = 2.0  # seconds for somebody who is writing


class Redaction(msgspec.Struct, frozen=True):
    """The key of masks, None before there is one, and the operator's rules."""

    key: bytes | None = None
    rules: tuple[CustomRule, ...] = ()

    def __repr__(self) -> str:
        return f"Redaction(rules={len(self.rules)})"


Found = TypeVar("Found")


def redaction(folder: Path) -> Redaction:
    """How the install redacts, from the folder of the console's own state. Raises StorageError."""
    return _looked(folder, _redaction, Redaction(), "Its own rules and the key of masks are not used.")


def acceptances(folder: Path) -> tuple[Acceptance, ...]:
    """Those in force in the folder of the console's own state. Raises StorageError."""
    return _looked(folder, _acceptances, (), "What was accepted counts as long as that is so.")


def timeline(folder: Path, cluster: str, since: datetime) -> tuple[Entry, ...]:
    """What was kept of a cluster since a moment, in no order. Raises StorageError."""
    millis = int(since.timestamp() * 1000)
    return _looked(
        folder, lambda found: _timeline(found, cluster, millis), (), "The timeline is of now only."
    )


def _looked(folder: Path, read: Callable[[sqlite3.Connection], Found], nothing: Found, means: str) -> Found:
    file = folder / FILE
    if not file.is_file():
        return nothing
    try:
        with contextlib.closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
        ) as connection:
            return read(connection)
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        raise StorageError(
            f"The console's own state at {file} cannot be read: {error}.", f"{means} Check MC_DATA_DIR."
        ) from error


def _has(connection: sqlite3.Connection, table: str) -> bool:
    asked = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(asked, (table,)).fetchone() is not None


def _acceptances(connection: sqlite3.Connection) -> tuple[Acceptance, ...]:
    if not _has(connection, "accepted"):
        return ()
    rows = connection.execute("SELECT acceptance FROM accepted WHERE ended IS NULL ORDER BY number")
    return tuple(msgspec.json.decode(text, type=Acceptance) for (text,) in rows)


def _timeline(connection: sqlite3.Connection, cluster: str, millis: int) -> tuple[Entry, ...]:
    if not _has(connection, "timeline"):
        return ()
    rows = connection.execute(
        "SELECT key, at, what, kind, namespace, name, text, clock, author, times, first, is_bad, fields,"
        " reason, installation, component FROM timeline WHERE cluster = ? AND at >= ?",
        (cluster, millis),
    )
    return tuple(_entry(row) for row in rows)


def _entry(row: tuple[Any, ...]) -> Entry:
    key, at, what, kind, namespace, name, text, clock, by, times, first, is_bad, fields, reason, *place = row
    return Entry(
        identity=key,
        at=datetime.fromtimestamp(at / 1000, UTC),
        what=what,
        subject=Subject(kind, namespace, name),
        text=text,
        clock=clock,
        by=by,
        times=times,
        first=datetime.fromtimestamp(first / 1000, UTC) if first is not None else None,
        is_bad=bool(is_bad),
        keys=tuple(fields.split("\n")) if fields else (),
        reason=reason,
        installation=place[0],
        component=place[1],
    )


def _redaction(connection: sqlite3.Connection) -> Redaction:
    row = connection.execute("SELECT key FROM identity").fetchone() if _has(connection, "identity") else None
    if not _has(connection, "redaction_rules"):
        return Redaction(row[0] if row else None)
    rules = connection.execute("SELECT rule FROM redaction_rules ORDER BY name")
    kept = tuple(msgspec.json.decode(text, type=CustomRule) for (text,) in rules)
    return Redaction(row[0] if row else None, kept)
