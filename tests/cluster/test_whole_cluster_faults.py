"""What happens to all watches of a picture together: a restart, a rotated token, a clock that is wrong."""

from __future__ import annotations

import itertools
from datetime import UTC, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from mission_control.cluster.cache import LivePicture
from mission_control.cluster.credentials import TokenFile
from mission_control.cluster.errors import Unauthorised
from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import Pod, Rollout
from tests.fakes.apiserver import FakeApi
from tests.fakes.kept import NOW, fresh_objects, held_objects, pictured
from tests.fakes.virtual import passes, until, virtually

SERVED = tuple(kind for kind in KINDS if not kind.optional)
BUSY_SECONDS = 0.1


@pytest.fixture
def api() -> FakeApi:
    made = FakeApi()
    for number in range(3):
        made.put("pods", "shop", f"pod-{number}", status={"phase": "Running"})
    made.put("nodes", "", "node-1")
    return made


def watches_all(api: FakeApi) -> bool:
    return all(api.watching(kind.plural) == 1 for kind in SERVED)


def has(picture: LivePicture, name: str) -> bool:
    return picture.snapshot().get(Pod, "shop", name) is not None


def phase(picture: LivePicture, name: str) -> str:
    pod = picture.snapshot().get(Pod, "shop", name)
    return pod.status.phase if pod else ""


def crowds(api: FakeApi, verb: str, since: float) -> list[int]:
    """How many requests of the verb came within each tenth of a second."""
    times = sorted(asked.at for asked in api.asked if asked.verb == verb and asked.at >= since)
    return [sum(at <= other < at + BUSY_SECONDS for other in times) for at in times]


@virtually
async def test_after_a_restart_that_lost_all_history_each_kind_is_listed_once_and_not_all_together(
    api: FakeApi,
) -> None:
    async with pictured(api.connection()) as picture:
        await until(lambda: watches_all(api))
        await passes(30)
        began = max(asked.at for asked in api.asked) + 0.001
        api.put("pods", "shop", "late")
        api.compact()
        api.close_watches()
        api.put("pods", "shop", "later")
        await until(lambda: has(picture, "later") and watches_all(api))
        lists = [asked.resource for asked in api.asked if asked.verb == "list" and asked.at >= began]
        assert sorted(lists) == sorted(set(lists))
        assert max(crowds(api, "list", began), default=0) <= len(SERVED) // 2
        assert held_objects(picture) == await fresh_objects(api.connection())


@virtually
async def test_while_the_server_is_away_the_attempts_grow_rarer_and_spread(api: FakeApi) -> None:
    async with pictured(api.connection()) as picture:
        await until(lambda: watches_all(api))
        await passes(30)
        api.is_down = True
        api.close_watches()
        await passes(120)
        api.is_down = False
        began = max(asked.at for asked in api.asked)
        await until(lambda: watches_all(api), within=60)
        back = [asked.at for asked in api.asked if asked.at > began]
        assert max(back) - min(back) > 1
        assert held_objects(picture) == await fresh_objects(api.connection())


@virtually
async def test_a_token_that_is_rotated_is_used_at_the_next_request_and_nothing_is_lost(
    api: FakeApi, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("one")
    api.token = "one"  # noqa: S105 (a fake's)
    connection = api.connection(auth=TokenFile(file))
    async with pictured(connection) as picture:
        await until(lambda: watches_all(api))
        api.token = "two"  # noqa: S105 (a fake's)
        api.close_watches()
        api.put("pods", "shop", "during")
        await passes(25)
        assert not has(picture, "during")
        assert all(s.state == "stale" for s in picture.snapshot().sights if s.state != "absent")
        file.write_text("two")
        await until(lambda: has(picture, "during"))
        await until(lambda: all(s.state in ("live", "absent") for s in picture.snapshot().sights))
        assert picture.snapshot().all(Pod)
    with pytest.raises(Unauthorised):
        await api.connection().get_json("/api/v1/pods")


@virtually
async def test_ages_are_right_although_our_clock_is_wrong(api: FakeApi) -> None:
    ahead = timedelta(minutes=7)
    api.date = lambda: format_datetime((NOW + ahead).astimezone(UTC), usegmt=True)
    connection = api.connection()
    connection.clock = lambda: NOW
    async with pictured(connection) as picture:
        await until(lambda: watches_all(api))
        assert picture.snapshot().taken_at == NOW + ahead
        api.date = lambda: format_datetime(NOW + timedelta(seconds=2), usegmt=True)
        api.close_watches()
        await passes(5)
        assert picture.snapshot().taken_at == NOW


@virtually
async def test_a_date_that_is_none_leaves_our_clock_alone(api: FakeApi) -> None:
    api.date = lambda: "yesterday"
    async with pictured(api.connection()) as picture:
        await until(lambda: watches_all(api))
        assert picture.snapshot().taken_at == NOW


@virtually
async def test_an_object_of_900_kilobytes_is_listed_and_watched(api: FakeApi) -> None:
    large = {"note": "x" * 900_000}
    api.put("pods", "shop", "listed", metadata={"annotations": large}, status={"phase": "Running"})
    async with pictured(api.connection()) as picture:
        await until(lambda: watches_all(api))
        assert has(picture, "listed")
        api.put("pods", "shop", "watched", metadata={"annotations": large}, status={"phase": "Failed"})
        await until(lambda: has(picture, "watched"))
        api.put("pods", "shop", "listed", metadata={"annotations": large}, status={"phase": "Failed"})
        await until(lambda: phase(picture, "listed") == "Failed")
        assert held_objects(picture) == await fresh_objects(api.connection())


@virtually
async def test_a_kind_whose_definition_is_installed_later_is_seen_and_gone_when_it_is_taken_away(
    api: FakeApi,
) -> None:
    def state() -> str:
        return next(s.state for s in picture.snapshot().sights if s.kind.shape is Rollout)

    async with pictured(api.connection()) as picture:
        await until(lambda: watches_all(api))
        assert state() == "absent"
        assert picture.is_complete
        api.served_groups.add("argoproj.io")
        api.put("rollouts", "shop", "web")
        await until(lambda: len(picture.snapshot().all(Rollout)) == 1, within=90)
        assert state() == "live"
        api.served_groups.remove("argoproj.io")
        api.close_watches()
        await until(lambda: state() == "absent", within=300)
        assert not picture.snapshot().all(Rollout)


@virtually
async def test_a_server_that_ends_every_watch_of_every_kind_at_once_gets_no_more_than_one_a_second_of_each(
    api: FakeApi,
) -> None:
    async with pictured(api.connection()):
        await until(lambda: watches_all(api))
        for _ in range(40):
            api.close_watches()
            await passes(0.25)
    for kind in SERVED:
        times = [asked.at for asked in api.requests(kind.plural, "watch")]
        assert len(times) > 2
        assert all(later - sooner >= 0.99 for sooner, later in itertools.pairwise(times))
