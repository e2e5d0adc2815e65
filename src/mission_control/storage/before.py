"""A copy of the state before a migration changes it, kept beside it under the revision that it has."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mission_control.storage.copying import copy
from mission_control.storage.errors import storage_error

KEPT = 3
"""So many copies stay, the newest."""


def copy_before(file: Path, revision: str) -> Path:
    """Copy a database that is about to be migrated. Raises StorageError: then nothing is migrated."""
    target = file.with_name(f"{file.name}.revision-{revision}")
    half = target.with_name(f".{target.name}.half")
    try:
        copy(file, half)
        half.rename(target)
        _forget(file)
    except (sqlite3.Error, OSError) as error:
        half.unlink(missing_ok=True)
        raise storage_error(str(target), error) from error
    return target


def _forget(file: Path) -> None:
    found = sorted(file.parent.glob(f"{file.name}.revision-*"), key=lambda path: path.stat().st_mtime)
    for path in found[:-KEPT]:
        path.unlink(missing_ok=True)
