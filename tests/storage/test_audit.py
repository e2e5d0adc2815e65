from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mission_control.domain.redact import MASK
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database, open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def ticking() -> Callable[[], datetime]:
    moments = (START + timedelta(seconds=n) for n in range(10_000))
    return lambda: next(moments)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database, ticking())


def by_hand(folder: Path, *statements: str) -> None:
    """Change the file as somebody with a database client would."""
    connection = sqlite3.connect(folder / FILE)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_entries_come_back_newest_first_in_pages(audit: Audit) -> None:
    for number in range(5):
        audit.record(Entry("ada", "sign-in", subject=f"s{number}"))
    first = audit.entries(limit=2)
    assert [kept.number for kept in first] == [5, 4]
    assert [kept.entry.subject for kept in audit.entries(before=first[-1].number)] == ["s2", "s1", "s0"]


def test_an_entry_is_redacted_before_it_is_kept(audit: Audit) -> None:
    audit.record(Entry("ada", "command", detail="run --password hunter2"))
    assert audit.entries()[0].entry.detail == f"run --password {MASK}"


def test_entries_follow_each_other(audit: Audit) -> None:
    first, second = audit.record(Entry("ada", "a")), audit.record(Entry("ada", "b"))
    assert second.previous == first.seal
    checked = audit.verify()
    assert (checked.entries, checked.seal, checked.broken_at) == (2, second.seal, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'eve'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_the_audit(audit: Audit, database: Database, statement: str) -> None:
    audit.record(Entry("ada", "a"))
    with pytest.raises(StorageError, match="new entries only"), database.writing() as connection:
        connection.exec_driver_sql(statement)
    assert audit.verify().entries == 1


def test_a_quiet_change_is_found(audit: Audit, tmp_path: Path) -> None:
    for _ in range(3):
        audit.record(Entry("ada", "a"))
    by_hand(tmp_path, "DROP TRIGGER audit_no_update", "UPDATE audit SET who = 'eve' WHERE number = 2")
    checked = audit.verify()
    assert (checked.broken_at, checked.says) == (2, "Entry 2 was changed after it was written.")


def test_a_quiet_removal_is_found(audit: Audit, tmp_path: Path) -> None:
    for _ in range(3):
        audit.record(Entry("ada", "a"))
    by_hand(tmp_path, "DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE number = 2")
    assert audit.verify().says == "Entry 2 is missing."


def test_two_processes_write_one_chain(audit: Audit, tmp_path: Path) -> None:
    other = open_database(tmp_path)
    second = Audit(other, ticking())
    for _ in range(3):
        audit.record(Entry("ada", "a"))
        second.record(Entry("bob", "b"))
    other.close()
    assert (audit.verify().entries, audit.verify().broken_at) == (6, None)


def test_entries_survive_a_restart(audit: Audit, database: Database, tmp_path: Path) -> None:
    audit.record(Entry("ada", "a"))
    database.close()
    again = open_database(tmp_path)
    assert Audit(again, ticking()).record(Entry("ada", "b")).number == 2
    again.close()
