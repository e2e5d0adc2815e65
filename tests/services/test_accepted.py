"""Accepting, revoking and ending, on a real state in a folder, and what the audit says of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mission_control.domain.health import judge
from mission_control.domain.verdict import Finding, Subject, Verdict
from mission_control.products.catalog import products
from mission_control.services.accepted import LONGEST, Acceptances, By, Refusal, Wish
from mission_control.services.health import Judged
from mission_control.storage.accepted import AcceptedStore, Kept
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database, open_database
from mission_control.storage.errors import StorageError
from tests.web.stage import picture
from tests.web.story import NOW, trees

ADA = By("ada", "127.0.0.1")
CLAIM = Subject("PersistentVolumeClaim", "langsmith", "data-demo-langsmith-postgres-0")
WISH = Wish("volume-unbound", CLAIM, "the night", timedelta(hours=8))


def judged(*, broken: bool = True) -> Judged:
    snapshot = picture(trees(broken=broken))
    return Judged(snapshot, judge(snapshot, products()), 1)


@pytest.fixture(scope="module")
def faulty() -> Judged:
    return judged()


@pytest.fixture(scope="module")
def well() -> Judged:
    return judged(broken=False)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database, lambda: NOW)


@pytest.fixture
def acceptances(database: Database, audit: Audit) -> Acceptances:
    return Acceptances(AcceptedStore(database, audit), lambda: NOW)


def told(audit: Audit) -> list[Entry]:
    return [kept.entry for kept in reversed(audit.entries())]


async def accepted(acceptances: Acceptances, seen: Judged, wish: Wish = WISH) -> Kept:
    kept = await acceptances.accept(seen.snapshot, seen.health, wish, ADA)
    assert isinstance(kept, Kept)
    return kept


async def test_an_accepted_finding_is_folded_and_told(
    acceptances: Acceptances, faulty: Judged, audit: Audit
) -> None:
    kept = await accepted(acceptances, faulty)
    assert kept.acceptance.until == NOW + timedelta(hours=8)
    assert acceptances.fold(faulty.snapshot, faulty.health).verdict is Verdict.HEALTHY
    (entry,) = told(audit)
    assert (entry.who, entry.origin, entry.action) == ("ada", "127.0.0.1", "finding.accept")
    assert entry.subject == WISH.key
    assert "the night (until 2026" in entry.detail


async def test_a_revoked_one_counts_again(acceptances: Acceptances, faulty: Judged, audit: Audit) -> None:
    kept = await accepted(acceptances, faulty)
    assert await acceptances.revoke(kept.number, By("bob", "here")) == kept
    assert acceptances.fold(faulty.snapshot, faulty.health) == faulty.health
    assert [(entry.who, entry.action) for entry in told(audit)] == [
        ("ada", "finding.accept"),
        ("bob", "finding.revoke"),
    ]


async def test_accepting_again_replaces_the_first(acceptances: Acceptances, faulty: Judged) -> None:
    await accepted(acceptances, faulty)
    folded = msgspec.structs.replace(faulty, health=acceptances.fold(faulty.snapshot, faulty.health))
    await accepted(acceptances, folded, msgspec.structs.replace(WISH, reason="longer", lasts=None))
    assert [(kept.acceptance.reason, kept.acceptance.until) for kept in acceptances.in_force] == [
        ("longer", None)
    ]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (msgspec.structs.replace(WISH, reason=" "), "needs a reason"),
        (msgspec.structs.replace(WISH, lasts=timedelta()), "no time"),
        (msgspec.structs.replace(WISH, lasts=LONGEST * 2), "no time"),
        (msgspec.structs.replace(WISH, code="volume-lost"), "There is no finding volume-lost"),
    ],
)
async def test_what_cannot_be_accepted_is_refused_and_leaves_no_trace(
    acceptances: Acceptances, faulty: Judged, audit: Audit, wish: Wish, words: str
) -> None:
    refusal = await acceptances.accept(faulty.snapshot, faulty.health, wish, ADA)
    assert isinstance(refusal, Refusal)
    assert words in refusal.says
    assert refusal.fix
    assert (acceptances.in_force, told(audit)) == ((), [])


async def test_what_is_not_seen_cannot_be_accepted(acceptances: Acceptances, faulty: Judged) -> None:
    about = Subject("Pod", "shop", "")
    hidden = Finding("not-allowed", Verdict.UNKNOWN, about, "may not list pods")
    health = msgspec.structs.replace(faulty.health, findings=(hidden,))
    refusal = await acceptances.accept(faulty.snapshot, health, Wish("not-allowed", about, "so"), ADA)
    assert isinstance(refusal, Refusal)


async def test_a_number_that_is_not_in_force_is_refused(acceptances: Acceptances) -> None:
    assert isinstance(await acceptances.revoke(7, ADA), Refusal)


async def test_another_process_is_heard(
    acceptances: Acceptances, faulty: Judged, database: Database, audit: Audit
) -> None:
    other = Acceptances(AcceptedStore(database, audit), lambda: NOW)
    waiting = asyncio.ensure_future(acceptances.wait(0))
    await accepted(other, faulty)
    await acceptances.load()
    assert await asyncio.wait_for(waiting, 1) == 1
    assert len(acceptances.in_force) == 1


async def test_one_whose_time_is_over_is_ended_and_told(
    acceptances: Acceptances, faulty: Judged, audit: Audit
) -> None:
    await accepted(acceptances, faulty)
    later = msgspec.structs.replace(faulty.health, at=NOW + timedelta(hours=9))
    assert len(await acceptances.settle(Judged(faulty.snapshot, later, 2))) == 1
    assert acceptances.in_force == ()
    assert [(entry.who, entry.action) for entry in told(audit)][1:] == [("console", "finding.end")]


async def test_one_without_an_end_ends_when_its_finding_stays_away(
    acceptances: Acceptances, faulty: Judged, well: Judged
) -> None:
    await accepted(acceptances, faulty, msgspec.structs.replace(WISH, lasts=None))
    folded = Judged(faulty.snapshot, acceptances.fold(faulty.snapshot, faulty.health), 1)
    assert await acceptances.settle(folded, grace=0) == ()
    assert await acceptances.settle(well, grace=60) == ()
    assert len(await acceptances.settle(well, grace=0)) == 1


async def test_a_finding_that_was_away_for_a_moment_only_stays_accepted(
    acceptances: Acceptances, faulty: Judged, well: Judged
) -> None:
    await accepted(acceptances, faulty, msgspec.structs.replace(WISH, lasts=None))
    folded = Judged(faulty.snapshot, acceptances.fold(faulty.snapshot, faulty.health), 1)
    await acceptances.settle(well)
    await acceptances.settle(folded)
    assert acceptances._gone == {}
    assert len(acceptances.in_force) == 1


async def test_what_cannot_be_recorded_is_not_accepted(
    acceptances: Acceptances, faulty: Judged, database: Database
) -> None:
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageError):
        await accepted(acceptances, faulty)
    assert acceptances.fold(faulty.snapshot, faulty.health) == faulty.health
