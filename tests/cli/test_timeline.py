"""`timeline`: from the picture alone, and with what a console has kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from mission_control.domain.health import judge
from mission_control.domain.snapshot import cluster_key
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.verdict import Subject
from mission_control.products.catalog import products
from mission_control.services.telling import Before, from_picture, told
from mission_control.storage import glance
from mission_control.storage.database import open_database
from mission_control.storage.timeline import TimelineStore
from mission_control.terminal import timeline as text
from tests.web.stage import refusing
from tests.web.story import NOW
from tests.web.surroundings import seen

DAY = Wanted(begin=NOW - timedelta(days=1))


def now() -> tuple[Entry, ...]:
    snapshot = seen(broken=True)
    return from_picture(snapshot, judge(snapshot, products()), products(), NOW - timedelta(days=1))


def test_without_a_state_of_its_own_the_picture_and_its_events_are_told() -> None:
    found = told(seen(broken=True), now(), Before(), DAY)
    assert {entry.what for entry in found.entries} == {"event", "restart", "node", "release", "verdict"}
    assert [entry.at for entry in found.entries] == sorted((e.at for e in found.entries), reverse=True)
    assert found.sees_events
    assert found.notes == ()


def test_what_was_kept_is_told_too_and_nothing_twice(tmp_path: Path) -> None:
    snapshot = seen(broken=True)
    cluster = cluster_key(snapshot)
    about = Subject("ConfigMap", "langsmith", "settings")
    gone = Entry("w", NOW - timedelta(hours=3), "config", about, "ConfigMap settings: level was changed")
    store = TimelineStore(open_database(tmp_path))
    store.write(cluster, [*now(), msgspec.structs.replace(gone, keys=("level",))])
    kept = glance.timeline(tmp_path, cluster, NOW - timedelta(days=1))
    found = told(snapshot, now(), Before(cluster, kept), DAY)
    alone = told(snapshot, now(), Before(), DAY)
    assert len(found.entries) == len(alone.entries) + 1
    assert [entry.keys for entry in found.entries if entry.what == "config"] == [("level",)]


def test_a_state_that_cannot_be_read_is_told_and_the_rest_is_shown() -> None:
    found = told(seen(broken=True), now(), Before(trouble="It is damaged."), DAY)
    assert found.notes == ("Only what the cluster itself still tells: It is damaged.",)
    assert found.entries


def test_events_that_may_not_be_read_are_named() -> None:
    snapshot = seen(broken=True, sights=refusing("Event"))
    found = told(snapshot, now(), Before(), DAY)
    shown = text.TimelineList(NOW, len(found.entries), found.sees_events, found.notes, found.entries[:2])
    assert not shown.sees_events
    assert text.page(shown) is not None
