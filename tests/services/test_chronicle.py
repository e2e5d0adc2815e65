"""The chronicle: what a console notices, writes down once, and finds again after it was started anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mission_control.domain.health import judge
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.verdict import Health
from mission_control.services.chronicle import Chronicle
from mission_control.services.timeline import TimelinePage, TimelineQuery, timeline
from mission_control.services.writing import Bounds, Writer
from mission_control.storage.database import open_database
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE
from mission_control.storage.timeline import TimelineStore
from tests.domain.casebook import NOW, Tree, picture, shop

WEB: Tree = {"pod": {"of": "api"}}
LAST = {"exitCode": 1, "finishedAt": "-4m"}
CRASH: Tree = {"pod": {"of": "api", "waiting": {"reason": "CrashLoopBackOff"}, "last": LAST, "restarts": 9}}


def config(version: str = "1", born: str = "-90d", **data: str) -> Tree:
    meta = {"name": "settings", "creationTimestamp": born, "resourceVersion": version}
    return {"kind": "ConfigMap", "metadata": meta, "data": data}


def seen(*objects: Tree, minutes: float = 0, **case: Any) -> Snapshot:
    made = picture({"objects": list(objects), **case})
    return msgspec.structs.replace(made, taken_at=NOW + timedelta(minutes=minutes))


class Console:
    """One life of a console over a folder of its state."""

    def __init__(self, folder: Path) -> None:
        self.store = TimelineStore(open_database(folder))
        self.chronicle = Chronicle((shop(),), lambda: NOW, Writer(self.store, Bounds(), lambda: NOW))

    async def looks(self, snapshot: Snapshot) -> Health:
        noticed = self.chronicle.notice(snapshot)
        health = judge(noticed, (shop(),))
        self.chronicle.judged(noticed, health)
        await self.writes()
        return health

    async def writes(self) -> None:
        self.chronicle.drain()
        assert self.chronicle.writer is not None
        verdicts = await self.chronicle.writer.write(self.chronicle.homes, self.chronicle._before)
        if verdicts is not None:
            self.chronicle._verdicts = verdicts

    def told(self) -> list[Entry]:
        return list(self.store.entries(self.chronicle.cluster, Wanted(), 1000))

    async def page(self, snapshot: Snapshot, **query: Any) -> TimelinePage:
        health = judge(snapshot, (shop(),))
        return await timeline(self.chronicle, snapshot, health, TimelineQuery(**query))


async def test_a_restart_tells_nothing_twice_and_creates_nothing(tmp_path: Path) -> None:
    event = {"event": {"about": "Pod/web-0", "reason": "BackOff", "message": "Back-off"}}
    everything = (WEB, config(level="info"), event)
    first = Console(tmp_path)
    await first.looks(seen(*everything))
    told = first.told()
    assert {entry.what for entry in told} == {"event"}
    again = Console(tmp_path)
    await again.looks(seen(*everything, minutes=1))
    assert again.told() == told


async def test_what_changed_while_it_was_away_is_told_with_its_keys(tmp_path: Path) -> None:
    first = Console(tmp_path)
    await first.looks(seen(WEB, config(level="info", gone="x")))
    again = Console(tmp_path)
    await again.looks(seen(WEB, config("7", level="debug", gone="x"), minutes=30))
    (entry,) = again.told()
    assert entry.text == "ConfigMap settings: level was changed while the console was not looking"
    assert (entry.keys, entry.clock) == (("level",), "console")
    third = Console(tmp_path)
    await third.looks(seen(WEB, minutes=40))
    assert [found.text for found in third.told()] == [
        "ConfigMap settings was deleted while the console was not looking",
        entry.text,
    ]


async def test_a_verdict_is_told_when_it_changes_also_over_a_restart(tmp_path: Path) -> None:
    first = Console(tmp_path)
    await first.looks(seen(WEB))
    await first.looks(seen(WEB, minutes=1))
    await first.looks(seen(CRASH, minutes=6))
    await first.writes()
    told = [entry.reason for entry in first.told() if entry.what == "verdict"]
    assert told == ["broken", "broken"]
    again = Console(tmp_path)
    await again.looks(seen(CRASH, minutes=7))
    await again.looks(seen(WEB, minutes=9))
    await again.writes()
    reasons = [entry.reason for entry in again.told() if entry.what == "verdict"]
    assert reasons == ["healthy", "healthy", "broken", "broken"]


async def test_a_finding_tells_the_keys_that_changed_before_it(tmp_path: Path) -> None:
    env = {"env": [{"name": "L", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "level"}}}]}
    template = {"containers": [{"name": "main", **env}]}
    web: Tree = {"workload": {"of": "api", "ready": 0, "template": template}}
    console = Console(tmp_path)
    await console.looks(seen(web, WEB, config(level="info"), minutes=-8))
    await console.looks(seen(web, WEB, config("2", level="debug"), minutes=-7))
    health = await console.looks(seen(web, CRASH, config("2", level="debug")))
    (crash,) = [finding for finding in health.findings if finding.code == "crash-loop"]
    assert "ConfigMap settings: level was changed" in [change.text for change in crash.changes]
    assert "debug" not in str(health)


async def test_an_entry_knows_its_installation_and_component(tmp_path: Path) -> None:
    console = Console(tmp_path)
    await console.looks(seen(CRASH))
    (restart,) = [entry for entry in console.told() if entry.what == "restart"]
    assert (restart.installation, restart.component) == ("shop/prod", "api")


async def test_what_is_not_written_yet_is_on_the_page_and_once(tmp_path: Path) -> None:
    console = Console(tmp_path)
    await console.looks(seen(WEB, config(level="info")))
    after = seen(WEB, config("2", level="debug"), minutes=1)
    console.chronicle.notice(after)
    assert [row.entry.text for row in (await console.page(after)).rows] == [
        "ConfigMap settings: level was changed"
    ]
    await console.writes()
    console.chronicle.notice(after)
    page = await console.page(after)
    assert page.told == 1
    assert page.kept.trouble is None


async def test_a_store_that_is_gone_means_now_only_with_a_notice(tmp_path: Path) -> None:
    console = Console(tmp_path)
    event = {"event": {"about": "Pod/web-0", "reason": "BackOff", "message": "Back-off"}}
    await console.looks(seen(WEB, event))
    (tmp_path / FILE).unlink()
    after = seen(CRASH, event, minutes=1)
    await console.looks(after)
    page = await console.page(after)
    assert page.kept.trouble is not None
    assert "removed or replaced" in page.kept.trouble.says
    assert {row.entry.what for row in page.rows} == {"event", "restart", "verdict"}


class Full:
    """A store whose volume is full until there is room."""

    def __init__(self, store: TimelineStore) -> None:
        self.store, self.is_full = store, True

    def write(self, cluster: str, entries: Sequence[Entry]) -> None:
        if self.is_full:
            raise StorageError("The disk is full.", "Make room.")
        self.store.write(cluster, entries)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def test_after_a_full_volume_everything_is_written_once_there_is_room(tmp_path: Path) -> None:
    full = Full(TimelineStore(open_database(tmp_path)))
    writer = Writer(full, Bounds(), lambda: NOW)
    chronicle = Chronicle((shop(),), lambda: NOW, writer)
    chronicle.notice(seen(WEB, config(level="info", born="-2m")))
    await writer.write(chronicle.homes)
    assert writer.trouble is not None
    assert writer.pause > 1
    after = seen(WEB, config("2", born="-2m", level="debug"))
    chronicle.notice(after)
    chronicle.drain()
    full.is_full = False
    await writer.write(chronicle.homes, after)
    assert writer.pending == ()
    told = full.store.entries(chronicle.cluster, Wanted(), 10)
    assert {entry.text for entry in told} == {
        "ConfigMap settings was created",
        "ConfigMap settings: level was changed",
    }


def test_a_fault_of_its_own_never_reaches_the_judgement(caplog: pytest.LogCaptureFixture) -> None:
    def clock() -> datetime:
        return NOW

    def broken() -> tuple[()]:
        raise ValueError("a fault of ours")

    chronicle = Chronicle((shop(),), clock, in_force=broken)
    snapshot = seen(WEB)
    chronicle.judged(chronicle.notice(snapshot), judge(snapshot, (shop(),)))
    assert chronicle.trouble is not None
    assert "ValueError" in chronicle.trouble.says
    assert "the timeline failed" in caplog.text


def test_an_object_that_changes_all_the_time_becomes_one_entry_an_hour() -> None:
    chronicle = Chronicle((shop(),), lambda: NOW)
    for turn in range(60):
        chronicle.notice(seen(config(str(turn), n=str(turn)), minutes=turn / 60))
    told = {entry.identity: entry for entry in chronicle.held()}
    assert len(told) == 13
    assert max(entry.times for entry in told.values()) == 47


async def test_events_that_may_not_be_read_are_named_and_the_rest_is_told() -> None:
    chronicle = Chronicle((shop(),), lambda: NOW)
    snapshot = seen(CRASH, sights={"Event": "refused"})
    health = judge(snapshot, (shop(),))
    page = await timeline(chronicle, snapshot, health, TimelineQuery())
    assert page.grant is not None
    assert [row.entry.what for row in page.rows] == ["restart"]


async def test_a_window_in_the_address_is_that_window() -> None:
    chronicle = Chronicle((shop(),), lambda: NOW)
    objects = [config(born=born) for born in ("-30m",)]
    snapshot = seen(*objects)
    health = judge(snapshot, (shop(),))
    begin, end = NOW - timedelta(minutes=31), NOW - timedelta(minutes=29)
    query = TimelineQuery(begin=begin.isoformat(), end=end.isoformat())
    page = await timeline(chronicle, snapshot, health, query)
    assert (page.begin, page.end, page.told) == (begin, end, 1)
    assert sum(bar.count for bar in page.density.bars) == 1
    assert len(page.density.bars) <= 61
    empty = await timeline(chronicle, snapshot, health, TimelineQuery(begin="yesterday", within="5y"))
    assert (empty.query.begin, empty.query.within) == ("", "24h")
