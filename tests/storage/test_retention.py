"""What retention takes away, and that the chain can be verified after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from mission_control.storage.audit import RETENTION, Audit
from mission_control.storage.chain import Entry
from mission_control.storage.database import Database, open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.retention import ALWAYS_KEPT, Keep, trim

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DAYS = 10


class Clock:
    """Stands at a moment that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def audit(database: Database, clock: Clock) -> Audit:
    """Ten entries of each of fifteen days."""
    made = Audit(database, clock)
    with made.changing(*(Entry("ada", "old", str(n)) for n in range(10))):
        pass
    clock.now = START + timedelta(days=30)
    with made.changing(*(Entry("ada", "new", str(n)) for n in range(ALWAYS_KEPT + 5))):
        pass
    return made


def numbers(audit: Audit) -> list[int]:
    return [kept.number for kept in audit.entries(limit=1000)]


def test_what_is_too_old_goes_and_the_rest_is_whole(audit: Audit, database: Database, clock: Clock) -> None:
    done = trim(database, audit, Keep(days=DAYS), clock)
    assert done is not None
    assert (done.entries, done.anchor.number) == (10, 10)
    checked = audit.verify()
    assert (checked.broken_at, checked.begins_after, min(numbers(audit))) == (None, 10, 11)
    assert audit.entries(limit=1)[0].entry.action == RETENTION
    assert audit.record(Entry("ada", "after")).number == checked.last + 1


def test_nothing_goes_when_nothing_is_too_old(audit: Audit, database: Database, clock: Clock) -> None:
    assert trim(database, audit, Keep(days=DAYS * 10, mebibytes=1), clock) is None


def test_what_is_too_much_goes_but_the_newest_stay(audit: Audit, database: Database, clock: Clock) -> None:
    with audit.changing(*(Entry("ada", "large", detail="x" * 9000) for _ in range(ALWAYS_KEPT + 40))):
        pass
    done = trim(database, audit, Keep(mebibytes=1), clock)
    assert done is not None
    kept = numbers(audit)
    assert done.anchor.number == min(kept) - 1
    assert len(kept) > ALWAYS_KEPT
    assert audit.verify().broken_at is None
    again = trim(database, audit, Keep(mebibytes=1), clock)
    assert again is None or again.anchor.number > done.anchor.number


def test_a_second_cut_takes_the_word_of_the_first_with_it(
    audit: Audit, database: Database, clock: Clock
) -> None:
    assert trim(database, audit, Keep(days=DAYS), clock)
    clock.now += timedelta(days=30)
    with audit.changing(*(Entry("ada", "newer", str(n)) for n in range(ALWAYS_KEPT + 5))):
        pass
    done = trim(database, audit, Keep(days=DAYS), clock)
    assert done is not None
    checked = audit.verify()
    assert (checked.broken_at, checked.begins_after) == (None, done.anchor.number)


def test_a_broken_chain_is_evidence_and_stays(audit: Audit, database: Database, clock: Clock) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET who = 'eve' WHERE number = 2")
    assert trim(database, audit, Keep(days=DAYS), clock) is None
    assert len(numbers(audit)) == ALWAYS_KEPT + 15


OVER = """INSERT OR REPLACE INTO audit SELECT number, at, 'eve', origin, action, subject, result, detail,
previous, seal, acting_as, took_ms, form FROM audit WHERE number = 3"""
REFUSED = {
    "what no anchor covers": "DELETE FROM audit WHERE number = 3",
    "an anchor that names no entry": "INSERT INTO audit_anchors VALUES (3, 'made up', '')",
    "writing over an entry": OVER,
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(audit: Audit, database: Database, statement: str) -> None:
    with pytest.raises(StorageError, match="new entries only"), database.writing() as connection:
        connection.exec_driver_sql(statement)
    assert audit.verify().broken_at is None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_anchors SET number = 5", "DELETE FROM audit_anchors"], ids=["move", "forget"]
)
def test_an_anchor_stays_as_it_is(audit: Audit, database: Database, clock: Clock, statement: str) -> None:
    assert trim(database, audit, Keep(days=DAYS), clock)
    with pytest.raises(StorageError, match="new entries only"), database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_entries_that_somebody_cut_off_with_an_anchor_of_his_own_are_found(
    audit: Audit, database: Database
) -> None:
    with database.writing() as connection:
        seal = connection.execute(sa.text("SELECT seal FROM audit WHERE number = 4")).scalar_one()
        connection.execute(sa.text("INSERT INTO audit_anchors VALUES (4, :seal, '')"), {"seal": seal})
        connection.execute(sa.text("DELETE FROM audit WHERE number <= 4"))
    assert audit.verify().says == "No entry says that entries up to 4 were removed by retention."


def test_who_listens_hears_what_was_written_and_nothing_else(database: Database) -> None:
    heard: list[str] = []
    listening: Callable[[object], None] = lambda kept: heard.append(kept.entry.action)  # type: ignore[attr-defined]  # noqa: E731
    audit = Audit(database, lambda: START, listening)
    audit.record(Entry("ada", "kept"))
    with pytest.raises(ZeroDivisionError), audit.changing(Entry("ada", "undone")):
        raise ZeroDivisionError
    assert heard == ["kept"]


def test_as_whom_and_how_long_are_under_the_seal(database: Database) -> None:
    audit = Audit(database, lambda: START)
    audit.record(Entry("ada", "a", acting_as="system:admin", took_ms=12))
    assert audit.entries()[0].entry.took_ms == 12
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET took_ms = 1")
    assert audit.verify().broken_at == 1
