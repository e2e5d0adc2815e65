"""SQLite's online copy: whole at one moment, whoever writes meanwhile."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

_PAGES = 256  # copied at a time, so that a writer waits for a moment only


def copy(source: Path, into: Path) -> None:
    """Copy a database to a file of its owner's only. Raises sqlite3.Error, OSError."""
    os.close(os.open(into, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    with (
        contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
        contextlib.closing(sqlite3.connect(into)) as new,
    ):
        old.backup(new, pages=_PAGES)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
