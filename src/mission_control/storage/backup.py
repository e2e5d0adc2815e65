"""Copies of the console's own state: made while it runs, checked, and put back. SQLite only.

A backup is two files: the database, made by SQLite's online backup and so whole at one moment, and beside it
`NAME.json` with its checksum, its schema and the newest seal of its audit. PostgreSQL has its own tools.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mission_control import __version__
from mission_control.storage.copying import copy
from mission_control.storage.database import known_revisions, open_database
from mission_control.storage.errors import StorageError, storage_error
from mission_control.storage.glance import FILE

_BLOCK = 2**20
STAGED = f"{FILE}.to-restore"
"""A backup that the next start puts in place of the state."""


class Backup(msgspec.Struct, frozen=True):
    """What a backup says of itself. `revision` is the schema's; `audit` the newest entry, `seal` its seal."""

    file: str
    bytes: int
    sha256: str
    revision: str
    version: str
    made: datetime
    audit: int = 0
    seal: str = ""


class Restored(msgspec.Struct, frozen=True):
    """What was put back; `kept` is where the state that it replaced is now, empty when there was none."""

    backup: Backup
    kept: str


def create(folder: Path, into: Path, now: datetime) -> Backup:
    """Copy the state in the folder to a file that is not there yet. Raises StorageError."""
    source = folder / FILE
    if not source.is_file():
        raise StorageError(
            f"There is no state to copy: {source} does not exist.", "Check MC_DATA_DIR and MC_DATABASE_URL."
        )
    if into.exists():
        raise StorageError(f"{into} is there already.", "Name a file that is not; nothing is written over.")
    half = into.with_name(f".{into.name}.half")
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        copy(source, half)
        made = _described(half, into.name, now)
        half.rename(into)
        _write_private(_beside(into), msgspec.json.format(msgspec.json.encode(made)))
    except (sqlite3.Error, OSError) as error:
        raise storage_error(str(into), error) from error
    finally:
        half.unlink(missing_ok=True)
    return made


def verify(file: Path) -> Backup:
    """Check a backup: its checksum, the file as a database, its schema. Raises StorageError."""
    told = _told(file)
    if _checksum(file) != told.sha256:
        raise StorageError(f"{file} is not as it was written: its checksum differs.", "Use another backup.")
    found = _described(file, file.name, told.made)
    if found.revision not in known_revisions():
        raise StorageError(
            f"{file} was written by a newer version ({told.version}, revision {found.revision}).",
            "Restore it with that version of the console.",
        )
    return told


def restore(folder: Path, file: Path, now: datetime) -> Restored:
    """Put a backup in place of the state in the folder, which is kept beside it. Raises StorageError.

    The state is brought forward to this version's schema. Nobody else may have it open.
    """
    told = verify(file)
    target, kept = folder / FILE, ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_if_open(target)
        half = folder / f".{FILE}.half"
        copy(file, half)
        if target.exists():
            kept = str(_moved(target, now))
        half.rename(target)
    except (sqlite3.Error, OSError) as error:
        raise storage_error(str(target), error) from error
    open_database(folder).close()
    return Restored(told, kept)


def stage(folder: Path, file: Path) -> Backup:
    """Lay a backup ready, to be restored when the console starts the next time. Raises StorageError."""
    told = verify(file)
    staged = folder / STAGED
    try:
        _beside(staged).write_bytes(_beside(file).read_bytes())
        copy(file, staged)
        _write_private(_beside(staged), msgspec.json.encode(_described(staged, staged.name, told.made)))
    except (sqlite3.Error, OSError) as error:
        raise storage_error(str(staged), error) from error
    return told


def restore_staged(folder: Path, now: datetime) -> Restored | None:
    """Restore what was laid ready; None when nothing was. Raises StorageError."""
    staged = folder / STAGED
    if not staged.exists():
        return None
    done = restore(folder, staged, now)
    staged.unlink(missing_ok=True)
    _beside(staged).unlink(missing_ok=True)
    return done


def _refuse_if_open(target: Path) -> None:
    """A state that somebody has open must not be changed under them."""
    if not target.exists():
        return
    with contextlib.closing(sqlite3.connect(target, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                return  # too damaged to be asked: it is moved away
            raise StorageError(
                f"A running console has {target} open.", "Stop it first (scale it to 0), then restore."
            ) from error
        except sqlite3.DatabaseError:
            return  # the same


def _moved(target: Path, now: datetime) -> Path:
    """Move a state away with what stands beside it, and say where to."""
    kept = target.with_name(f"{target.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            target.with_name(target.name + end).rename(kept.with_name(kept.name + end))
    return kept


def _described(file: Path, name: str, now: datetime) -> Backup:
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as found:
            told = found.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if told != "ok":
                raise StorageError(f"{file} is damaged ({told}).", "Use another backup.")
            revision = found.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            newest = found.execute("SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise StorageError(
            f"{file} is no copy of a console's state: {error}.", "Name another file."
        ) from error
    number, seal = newest or (0, "")
    size = file.stat().st_size
    return Backup(name, size, _checksum(file), revision, __version__, now, number, seal)


def _told(file: Path) -> Backup:
    try:
        return msgspec.json.decode(_beside(file).read_bytes(), type=Backup)
    except FileNotFoundError as error:
        raise StorageError(
            f"{error.filename} is missing, so {file} cannot be checked.",
            "A backup is two files; put both into the same folder.",
        ) from error
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageError(f"{_beside(file)} cannot be read: {error}.", "Use another backup.") from error


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _checksum(file: Path) -> str:
    total = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                total.update(block)
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}.", "Check the name.") from error
    return total.hexdigest()


def _write_private(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
        target.write(content)
