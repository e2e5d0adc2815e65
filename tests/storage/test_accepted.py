from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mission_control.domain.redact import MASK
from mission_control.domain.verdict import Acceptance, Subject, Verdict
from mission_control.storage import glance
from mission_control.storage.accepted import AcceptedStore
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database, open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ONE = Acceptance(
    cluster="c",
    code="scaled-to-zero",
    subject=Subject("Deployment", "shop", "web"),
    verdict=Verdict.BROKEN,
    facts="web asks for 0 replicas.",
    hurt=("web",),
    says="web asks for 0 replicas.",
    reason="the night",
    who="ada",
    at=NOW,
)
TOLD = Entry("ada", "finding.accept", ONE.key)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database, lambda: NOW)


@pytest.fixture
def store(database: Database, audit: Audit) -> AcceptedStore:
    return AcceptedStore(database, audit)


def test_what_is_kept_comes_back_as_it_was(store: AcceptedStore) -> None:
    kept = store.keep(ONE, TOLD)
    assert (kept.number, kept.acceptance) == (1, ONE)
    assert store.in_force() == (kept,)


def test_a_glance_sees_what_the_store_sees(store: AcceptedStore, tmp_path: Path) -> None:
    store.keep(ONE, TOLD)
    other = store.keep(msgspec.structs.replace(ONE, code="crash-loop"), TOLD)
    store.end((other.number,), NOW, TOLD)
    assert glance.acceptances(tmp_path) == (ONE,)


def test_a_glance_at_no_state_sees_nothing_and_makes_nothing(tmp_path: Path) -> None:
    assert glance.acceptances(tmp_path / "nowhere") == ()
    assert not (tmp_path / "nowhere").exists()


def test_a_glance_at_a_state_of_an_older_version_sees_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE audit (number INTEGER)")
    connection.close()
    assert glance.acceptances(tmp_path) == ()


def test_a_glance_at_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, but long enough to be read as one" * 20)
    with pytest.raises(StorageError, match="cannot be read") as told:
        glance.acceptances(tmp_path)
    assert "MC_DATA_DIR" in told.value.fix


def test_each_change_stands_in_the_audit(store: AcceptedStore, audit: Audit) -> None:
    kept = store.keep(ONE, TOLD)
    store.end((kept.number,), NOW, Entry("bob", "finding.revoke", ONE.key))
    assert [entry.entry.action for entry in audit.entries()] == ["finding.revoke", "finding.accept"]
    assert audit.verify().broken_at is None


def test_without_its_entry_nothing_is_changed(store: AcceptedStore, database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(StorageError):
        store.keep(ONE, TOLD)
    assert store.in_force() == ()


def test_without_the_change_there_is_no_entry(store: AcceptedStore, audit: Audit, database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON accepted BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(StorageError):
        store.keep(ONE, TOLD)
    assert audit.entries() == ()


def test_a_new_acceptance_takes_the_place_of_an_older_one(store: AcceptedStore) -> None:
    old = store.keep(ONE, TOLD)
    new = store.keep(msgspec.structs.replace(ONE, reason="longer"), TOLD, (old.number,))
    assert store.in_force() == (new,)
    assert new.number == 2


def test_what_has_ended_is_kept_with_its_end(store: AcceptedStore, tmp_path: Path) -> None:
    kept = store.keep(ONE, TOLD)
    store.end((kept.number,), NOW, TOLD)
    connection = sqlite3.connect(tmp_path / FILE)
    rows = connection.execute("SELECT number, ended FROM accepted").fetchall()
    connection.close()
    assert rows == [(1, NOW.isoformat())]


def test_a_reason_is_redacted_before_it_is_kept(store: AcceptedStore) -> None:
    kept = store.keep(msgspec.structs.replace(ONE, reason="it wants --password hunter2"), TOLD)
    assert kept.acceptance.reason == f"it wants --password {MASK}"
