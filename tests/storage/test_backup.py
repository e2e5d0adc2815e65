"""Copies of the state: made while it is written to, checked, put back; and the copy before a migration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mission_control.storage import backup
from mission_control.storage.accepted import AcceptedStore
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database, open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE
from mission_control.storage.identity import identity

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
RELEASED = Path(__file__).with_name("released-0.1.0.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    opened = open_database(folder)
    identity(opened, NOW)
    Audit(opened, lambda: NOW).record(Entry("ada", "before"))
    yield opened
    opened.close()


@pytest.fixture
def made(folder: Path, database: Database, tmp_path: Path) -> Path:
    """A backup that was made while the state was open."""
    backup.create(folder, tmp_path / "copy.db", NOW)
    Audit(database, lambda: NOW).record(Entry("ada", "after"))
    return tmp_path / "copy.db"


def actions(folder: Path) -> list[str]:
    opened = open_database(folder)
    found = [kept.entry.action for kept in Audit(opened, lambda: NOW).entries()]
    opened.close()
    return found


def test_a_backup_says_what_is_in_it(made: Path) -> None:
    told = backup.verify(made)
    assert (told.file, told.audit, told.bytes) == ("copy.db", 1, made.stat().st_size)
    assert made.stat().st_mode & 0o777 == 0o600
    assert not list(made.parent.glob("copy.db-*"))


def test_nothing_is_written_over(made: Path, folder: Path) -> None:
    with pytest.raises(StorageError, match="there already"):
        backup.create(folder, made, NOW)


def test_a_restored_state_is_the_one_of_the_backup_and_the_other_is_kept(
    made: Path, folder: Path, database: Database
) -> None:
    database.close()
    done = backup.restore(folder, made, NOW)
    assert actions(folder) == ["before"]
    with sqlite3.connect(done.kept) as kept:
        assert kept.execute("SELECT count(*) FROM audit").fetchone() == (2,)
    kept.close()


def test_a_state_that_is_open_is_not_replaced(made: Path, folder: Path, database: Database) -> None:
    with pytest.raises(StorageError, match="A running console has"):
        backup.restore(folder, made, NOW)
    assert Audit(database, lambda: NOW).verify().entries == 2


def test_a_damaged_state_can_be_replaced(made: Path, folder: Path, database: Database) -> None:
    database.close()
    (folder / FILE).write_bytes(b"no database" * 1000)
    assert Path(backup.restore(folder, made, NOW).kept).read_bytes().startswith(b"no database")
    assert actions(folder) == ["before"]


def test_a_changed_backup_is_found(made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[-1] ^= 1
    made.write_bytes(content)
    with pytest.raises(StorageError, match="checksum differs"):
        backup.verify(made)


def test_a_backup_without_its_second_file_is_no_backup(made: Path) -> None:
    Path(f"{made}.json").unlink()
    with pytest.raises(StorageError, match="cannot be checked"):
        backup.verify(made)


def test_a_backup_of_a_newer_version_is_refused(folder: Path, database: Database, tmp_path: Path) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    backup.create(folder, tmp_path / "new.db", NOW)
    database.close()
    with pytest.raises(StorageError, match="written by a newer version"):
        backup.restore(folder, tmp_path / "new.db", NOW)


def test_a_backup_laid_ready_is_restored_once(made: Path, folder: Path, database: Database) -> None:
    backup.stage(folder, made)
    database.close()
    assert backup.restore_staged(folder, NOW)
    assert actions(folder) == ["before"]
    assert backup.restore_staged(folder, NOW) is None


def of_release(folder: Path) -> None:
    """The state as the released version left it."""
    folder.mkdir()
    with sqlite3.connect(folder / FILE) as made:
        made.executescript(RELEASED.read_text())
    made.close()


def test_the_state_of_the_first_release_is_brought_forward_whole(folder: Path) -> None:
    of_release(folder)
    opened = open_database(folder)
    audit = Audit(opened, lambda: NOW)
    assert identity(opened, NOW).id in RELEASED.read_text()
    assert [kept.acceptance.reason for kept in AcceptedStore(opened, audit).in_force()] == ["the night"]
    before = audit.verify()
    assert (before.entries, before.broken_at) == (4, None)
    audit.record(Entry("ada", "after"))
    assert audit.verify().entries == 5
    opened.close()


def test_before_a_migration_the_state_is_copied(folder: Path) -> None:
    of_release(folder)
    open_database(folder).close()
    copies = list(folder.glob(f"{FILE}.revision-*"))
    assert [path.name for path in copies] == [f"{FILE}.revision-0002"]
    with sqlite3.connect(copies[0]) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
    old.close()
    open_database(folder).close()
    assert list(folder.glob(f"{FILE}.revision-*")) == copies


def test_damage_in_the_file_is_found(folder: Path, database: Database) -> None:
    database.check()
    database.close()
    content = bytearray((folder / FILE).read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xff" * 4096 * 2
    (folder / FILE).write_bytes(content)
    with pytest.raises(StorageError, match=r"damaged|not a database"):
        open_database(folder).check()
