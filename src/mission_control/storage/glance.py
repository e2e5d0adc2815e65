"""One look at the acceptances in force, for a command that has ended before SQLAlchemy would be loaded.

It only reads, only SQLite, and only what is there: no file, or one of an older version, has no acceptances.
Everything else goes through `database`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import msgspec

from mission_control.domain.verdict import Acceptance
from mission_control.storage.errors import StorageError

FILE = "state.sqlite3"
_PATIENCE = 2.0  # seconds for somebody who is writing


def acceptances(folder: Path) -> tuple[Acceptance, ...]:
    """Those in force in the folder of the console's own state. Raises StorageError."""
    file = folder / FILE
    if not file.is_file():
        return ()
    try:
        return _read(file)
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        raise StorageError(
            f"The console's own state at {file} cannot be read: {error}.",
            "What was accepted counts as long as that is so. Check MC_DATA_DIR.",
        ) from error


def _read(file: Path) -> tuple[Acceptance, ...]:
    with contextlib.closing(
        sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
    ) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'accepted'").fetchone()
        if made is None:
            return ()
        rows = connection.execute("SELECT acceptance FROM accepted WHERE ended IS NULL ORDER BY number")
        return tuple(msgspec.json.decode(text, type=Acceptance) for (text,) in rows)
