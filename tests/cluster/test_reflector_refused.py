"""A reflector that is refused, left alone, or told that a kind is not there; and how it mends itself."""

from __future__ import annotations

import itertools

import pytest

from mission_control.domain.objects import ConfigMap
from tests.fakes.apiserver import FORBIDDEN, Break, FakeApi, Refuse, Say
from tests.fakes.kept import Kept, kept
from tests.fakes.virtual import passes, until, virtually


@pytest.fixture
def api() -> FakeApi:
    made = FakeApi()
    for number in range(3):
        made.put("pods", "shop", f"pod-{number}", status={"phase": "Running"})
    return made


@virtually
async def test_a_refusal_names_the_right_and_mends_itself_when_it_is_given(api: FakeApi) -> None:
    api.denied.add(("list", "pods", None))
    async with kept(api) as picture:
        await until(lambda: picture.sight.state == "refused")
        assert picture.sight.needs == "list pods"
        assert not picture.names
        await passes(300)
        api.denied.clear()
        await until(lambda: picture.sight.state == "live", within=120)
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_refusal_is_asked_about_less_and_less_often(api: FakeApi) -> None:
    api.denied.add(("list", "pods", None))
    async with kept(api):
        await passes(1000)
        times = [asked.at for asked in api.requests("pods", "list")]
        gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
        assert gaps[0] < gaps[1] < gaps[2]
        assert 60 <= gaps[-1] <= 90


@virtually
async def test_a_right_taken_away_empties_the_picture_and_given_back_fills_it(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.denied |= {("list", "pods", None), ("watch", "pods", None)}
        api.close_watches()
        await until(lambda: picture.sight.state == "refused")
        assert not picture.names
        api.put("pods", "shop", "pod-9")
        api.denied.clear()
        await until(lambda: picture.sight.state == "live")
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_doubt_that_the_server_does_not_share_keeps_the_picture(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        picture.reflector.doubt()
        await until(lambda: len(api.requests("pods", "watch")) == 2)
        assert set(picture.states) == {"live"}
        assert await picture.equals_a_fresh_list()


@virtually
async def test_one_refusal_by_a_server_that_has_just_begun_keeps_the_picture(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.faults["pods", "watch"].append(Refuse(FORBIDDEN))
        api.faults["pods", "list"].append(Refuse(FORBIDDEN))
        api.close_watches()
        await until(lambda: len(api.requests("pods", "list")) == 3)
        assert set(picture.states) == {"live"}
        assert await picture.equals_a_fresh_list()


@virtually
async def test_what_may_be_listed_and_not_watched_is_listed_again_and_again(api: FakeApi) -> None:
    api.denied.add(("watch", "pods", None))
    async with kept(api) as picture:
        await until(lambda: picture.sight.needs == "watch pods")
        assert picture.sight.state == "live"
        api.put("pods", "shop", "pod-9")
        await until(lambda: "pod-9" in picture.names, within=40)
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_server_that_is_away_leaves_the_objects_and_makes_the_sight_stale(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.is_down = True
        api.close_watches()
        await until(lambda: picture.sight.state == "stale")
        assert "Nothing listens" in picture.sight.reason
        assert picture.names == {"pod-0", "pod-1", "pod-2"}
        api.put("pods", "shop", "pod-9")
        api.is_down = False
        await until(lambda: picture.sight.state == "live", within=60)
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_quiet_kind_is_live_again_as_soon_as_its_watch_lasts(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.is_down = True
        api.close_watches()
        await until(lambda: picture.sight.state == "stale")
        api.is_down = False
        await until(lambda: api.watching("pods"))
        await until(lambda: picture.sight.state == "live", within=2)


@virtually
async def test_a_short_failure_is_no_news(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.faults["pods", "watch"].extend([Break(), Refuse(500)])
        api.close_watches()
        await until(lambda: len(api.requests("pods", "watch")) == 4)
        assert set(picture.states) == {"live"}
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_server_that_ends_every_watch_at_once_is_asked_at_most_once_a_second(api: FakeApi) -> None:
    api.faults["pods", "watch"].extend([Say()] * 400)
    async with kept(api) as picture:
        await passes(120)
        times = [asked.at for asked in api.requests("pods", "watch")]
        assert all(later - sooner >= 1.0 for sooner, later in itertools.pairwise(times))
        assert picture.sight.state == "stale"
        api.faults["pods", "watch"].clear()
        api.put("pods", "shop", "pod-9")
        await until(lambda: "pod-9" in picture.names, within=60)
        await until(lambda: picture.sight.state == "live")
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_server_that_fails_a_version_again_and_again_is_listed_anew(api: FakeApi) -> None:
    api.faults["pods", "watch"].extend([Refuse(504, "Timeout")] * 4)
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        assert len(api.requests("pods", "list")) > 1
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_kind_that_is_not_served_is_absent_until_it_appears(api: FakeApi) -> None:
    async with kept(api, "Rollout") as picture:
        await until(lambda: picture.sight.state == "absent")
        assert not api.requests("rollouts", "list")
        api.served_groups.add("argoproj.io")
        api.put("rollouts", "shop", "canary")
        await until(lambda: picture.names == {"canary"}, within=90)
        assert picture.states == ["absent", "live"]
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_kind_that_is_no_longer_served_is_absent_and_its_objects_are_gone(api: FakeApi) -> None:
    api.served_groups.add("argoproj.io")
    api.put("rollouts", "shop", "canary")
    async with kept(api, "Rollout") as picture:
        await until(lambda: api.watching("rollouts"))
        assert picture.names == {"canary"}
        api.served_groups.discard("argoproj.io")
        api.close_watches()
        await until(lambda: picture.sight.state == "absent")
        assert not picture.names


@virtually
async def test_a_required_kind_that_is_not_served_is_stale_and_no_absence(api: FakeApi) -> None:
    api.served_groups.discard("apps")
    async with kept(api, "Deployment") as picture:
        await until(lambda: picture.sight.state == "stale")
        assert "does not know this path" in picture.sight.reason


@virtually
async def test_values_of_service_accounts_are_never_asked_for(api: FakeApi) -> None:
    api.put("serviceaccounts", "shop", "default")
    async with kept(api, "ServiceAccount") as picture:
        await until(lambda: api.watching("serviceaccounts"))
        assert all("PartialObjectMetadata" in asked.accept for asked in api.asked)
        assert await picture.equals_a_fresh_list()


def digests(picture: Kept) -> dict[str, str]:
    (item,) = picture.store.shelf().items.values()
    assert isinstance(item, ConfigMap)
    return item.digests


@virtually
async def test_no_value_of_a_config_map_stays_in_the_picture(api: FakeApi) -> None:
    api.put("configmaps", "shop", "settings", data={"password": "hunter2", "level": "info"})
    async with kept(api, "ConfigMap") as picture:
        await until(lambda: api.watching("configmaps"))
        first = digests(picture)
        api.put("configmaps", "shop", "settings", data={"password": "hunter3", "level": "info"})
        await until(lambda: digests(picture) != first)
        again = digests(picture)
        assert {key for key in again if again[key] != first[key]} == {"password"}
        assert "hunter" not in repr(picture.store.shelf().items)
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_namespace_is_watched_alone_when_only_it_is_meant(api: FakeApi) -> None:
    api.put("pods", "other", "stranger")
    async with kept(api, namespace="shop") as picture:
        await until(lambda: api.watching("pods"))
        api.put("pods", "other", "stranger-2")
        api.put("pods", "shop", "pod-9")
        await until(lambda: "pod-9" in picture.names)
        assert picture.names == {"pod-0", "pod-1", "pod-2", "pod-9"}
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_connection_that_fails_later_takes_no_answer_back(api: FakeApi) -> None:
    api.denied.add(("list", "pods", None))
    async with kept(api) as picture:
        await until(lambda: picture.sight.state == "refused")
        api.is_down = True
        await passes(300)
        assert picture.states == ["refused"]
        api.is_down = False
        api.denied.clear()
        await until(lambda: picture.sight.state == "live", within=120)
