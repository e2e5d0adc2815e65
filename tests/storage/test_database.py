from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from mission_control.storage import schema
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE
from mission_control.storage.identity import identity

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_the_folder_and_the_file_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    open_database(folder).close()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600


def test_the_migrations_make_what_the_schema_says(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.reading() as connection:
        seen = sa.inspect(connection)
        made = {
            table: {column["name"]: column["nullable"] for column in seen.get_columns(table)}
            for table in seen.get_table_names()
            if table != "alembic_version"
        }
    database.close()
    wanted = {
        table.name: {column.name: column.nullable for column in table.columns}
        for table in schema.metadata.sorted_tables
    }
    assert made == wanted


def test_the_journal_lets_readers_pass(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()


def test_an_install_keeps_its_identity(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    first = identity(database, NOW)
    database.close()
    again = open_database(tmp_path)
    assert identity(again, NOW) == first
    assert len(first.key) == 32
    again.close()


def test_two_installs_differ(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        database = open_database(tmp_path / name)
        made.append(identity(database, NOW))
        database.close()
    assert made[0].id != made[1].id
    assert made[0].key != made[1].key


def test_the_key_is_not_in_what_is_printed(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    me = identity(database, NOW)
    database.close()
    assert repr(me) == f"Identity(id={me.id!r})"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(StorageError, match="not a database") as told:
        open_database(tmp_path)
    assert "Move it away" in told.value.fix


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    audit = Audit(database, lambda: NOW)
    for number in range(200):
        audit.record(Entry("ada", "a", detail="x" * 200, subject=str(number)))
    database.close()
    file = tmp_path / FILE
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(bytes(content))
    with pytest.raises(StorageError, match="damaged"):
        Audit(open_database(tmp_path), lambda: NOW).verify()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="file/state"):
        open_database(tmp_path / "file" / "state")


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    audit = Audit(database, lambda: NOW)
    audit.record(Entry("ada", "a"))
    with database.reading() as connection:  # the pool hands the same connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="disk is full") as told:
        audit.record(Entry("ada", "b", detail="x" * 100_000))
    assert "Make room" in told.value.fix
    assert audit.verify().entries == 1
    database.close()


def test_a_state_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="only be read"):
        Audit(database, lambda: NOW).record(Entry("ada", "a"))
    database.close()


def test_a_state_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_database(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError, match="newer version") as told:
        open_database(tmp_path)
    assert "MC_DATA_DIR" in told.value.fix


def test_a_driver_that_is_missing_is_told() -> None:
    with pytest.raises(StorageError, match="driver that is not installed"):
        open_database(Path("unused"), url="postgresql+pg8000://host/db")


def test_a_password_in_the_url_is_not_told(tmp_path: Path) -> None:
    url = f"sqlite+nothing://ada:hunter2@{tmp_path}/db"
    with pytest.raises(StorageError) as told:
        open_database(tmp_path, url=url)
    assert "hunter2" not in told.value.says
