"""The timeline in the store: each entry once, redacted, bounded by age and size, and failures told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mission_control.domain.rights import Role, RoleAt
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.known import Known
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.verdict import Subject, Verdict
from mission_control.domain.view import View, view_of
from mission_control.storage.database import open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE
from mission_control.storage.timeline import TimelineStore

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
URL = "postgres://ada:hunter2hunter2@db/x"
ALL = Wanted()


def entry(identity: str, minutes: float = 0, **more: Any) -> Entry:
    about = Subject("Pod", "shop", "job-0")
    plain = Entry(identity, NOW - timedelta(minutes=minutes), "event", about, "BackOff: again")
    return msgspec.structs.replace(plain, **more)


@pytest.fixture
def store(tmp_path: Path) -> TimelineStore:
    return TimelineStore(open_database(tmp_path))


def told(store: TimelineStore, wanted: Wanted = ALL) -> list[Entry]:
    return list(store.entries("c", wanted, 1000))


def test_what_is_written_twice_is_there_once_also_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        database = open_database(tmp_path)
        TimelineStore(database).write("c", [entry("a", 5), entry("b", 3)])
        database.close()
    found = told(TimelineStore(open_database(tmp_path)))
    assert [found.at for found in found] == [NOW - timedelta(minutes=3), NOW - timedelta(minutes=5)]


def test_newer_words_and_counts_replace_older_ones_and_never_the_other_way(store: TimelineStore) -> None:
    store.write("c", [entry("a", 5, first=NOW - timedelta(minutes=9))])
    store.write("c", [entry("a", 1, times=4, text="BackOff: newest", first=NOW - timedelta(minutes=2))])
    store.write("c", [entry("a", 5, text="BackOff: old again")])
    (found,) = told(store)
    assert (found.text, found.times, found.at) == ("BackOff: newest", 4, NOW - timedelta(minutes=1))
    assert found.first == NOW - timedelta(minutes=9)


def test_every_text_is_redacted_before_it_is_stored(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    store = TimelineStore(database)
    more: dict[str, Any] = {
        "text": URL,
        "by": URL,
        "keys": (URL, "level"),
        "subject": Subject("Pod", URL, URL),
    }
    store.write("c", [entry("a", component=URL, **more)])
    database.close()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"hunter2" not in written


def test_clusters_that_share_a_store_do_not_mix(store: TimelineStore) -> None:
    store.write("c", [entry("a")])
    store.write("d", [entry("a")])
    assert len(told(store)) == len(store.entries("d", ALL, 10)) == 1


def test_the_store_and_memory_choose_the_same(store: TimelineStore) -> None:
    parts = [
        entry("1", 1, what="node", subject=Subject("Node", "", "n1")),
        entry("2", 2, installation="shop/prod", component="web"),
        entry(
            "3", 30, installation="shop/prod", component="store", what="rollout", text="100% was Rolled_out"
        ),
        entry("4", 4, subject=Subject("Pod", "other", "web-7c9d8b6f5-x2k0q")),
        entry("5", 5, subject=Subject("Pod", "shop", "web-7c9d8b6f5-x2k0q"), by="Kubelet"),
        entry("6", 6, subject=Subject("ReplicaSet", "shop", "web-7c9d8b6f5")),
        entry("7", 7, subject=Subject("Pod", "shop", "web-administration-7c9d8b6f5-x2k0q")),
        entry("8", 8, subject=Subject("Deployment", "shop", "web")),
    ]
    store.write("c", parts)
    for wanted in (
        Wanted(begin=NOW - timedelta(minutes=4), end=NOW - timedelta(minutes=2)),
        Wanted(whats=("rollout", "node")),
        Wanted(installation="shop/prod"),
        Wanted(installation="shop/prod", component="store"),
        Wanted(about=Subject("Deployment", "shop", "web")),
        Wanted(words=("100%", "rolled_out")),
        Wanted(words=("kubelet",)),
        Wanted(namespaces=frozenset({"other"})),
        Wanted(view=view_of((RoleAt("other", Role.VIEWER.value),))),
        Wanted(view=View(wide=frozenset({"pods"}))),
        Wanted(view=View(wide=frozenset({"pods", "events"}))),
        Wanted(namespaces=frozenset()),
    ):
        chosen = {(e.at, e.subject) for e in parts if wanted.fits(e)}
        assert {(e.at, e.subject) for e in told(store, wanted)} == chosen, wanted
        assert len(chosen) < len(parts)
    about = told(store, Wanted(about=Subject("Deployment", "shop", "web")))
    assert [e.subject.name for e in about] == ["web-7c9d8b6f5-x2k0q", "web-7c9d8b6f5", "web"]


def test_what_is_too_old_goes_first_and_then_what_is_too_much(store: TimelineStore) -> None:
    store.write("c", [entry(str(n), n, text="x" * 1000) for n in range(100)])
    assert store.trim(NOW, days=1, mebibytes=64) == 0
    assert store.trim(NOW, days=50 / 1440, mebibytes=64) == 49
    _, size = store.size()
    removed = store.trim(NOW, days=1, mebibytes=size / 2 / (1 << 20))
    left = told(store)
    assert removed == pytest.approx(26, abs=1)
    assert left[-1].at == NOW - timedelta(minutes=len(left) - 1)
    assert store.size()[1] <= size / 2


def test_the_verdicts_told_last_are_known_after_a_restart(store: TimelineStore) -> None:
    for minutes, verdict in ((9, "broken"), (3, "healthy")):
        store.write("c", [entry(verdict, minutes, what="verdict", reason=verdict, installation="shop/prod")])
    assert store.verdicts("c") == {("shop/prod", ""): Verdict.HEALTHY}


def test_what_is_known_of_objects_is_kept_and_forgotten(store: TimelineStore) -> None:
    about = Subject("Service", "shop", "web")
    store.know("c", [Known(about, "u", {"type": "ClusterIP"})])
    store.know("c", [Known(about, "u", {"type": "NodePort"}, 2)])
    assert store.known("c") == {about: Known(about, "u", {"type": "NodePort"}, 2)}
    store.know("c", [], [about])
    assert store.known("c") == {}


def test_a_file_that_was_removed_is_told_and_not_written_into_nowhere(tmp_path: Path) -> None:
    store = TimelineStore(open_database(tmp_path))
    store.write("c", [entry("a")])
    (tmp_path / FILE).unlink()
    with pytest.raises(StorageError, match="removed or replaced") as failed:
        store.write("c", [entry("b")])
    assert "Start the console again" in failed.value.fix


def test_a_full_volume_is_told(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    store = TimelineStore(database)
    with database.reading() as connection:  # the pool hands the same connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="disk is full"):
        store.write("c", [entry(str(n), text="x" * 4000) for n in range(500)])
