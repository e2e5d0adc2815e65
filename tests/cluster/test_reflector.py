"""Everything that can happen to a list and its watch; afterwards the picture equals a fresh list."""

from __future__ import annotations

import itertools

import pytest

from mission_control.cluster.reflector import Patience
from tests.fakes.apiserver import (
    FORBIDDEN,
    GONE,
    Break,
    FakeApi,
    Hang,
    Refuse,
    Say,
    gone_event,
    line,
)
from tests.fakes.kept import kept
from tests.fakes.virtual import passes, until, virtually


@pytest.fixture
def api() -> FakeApi:
    made = FakeApi()
    for number in range(3):
        made.put("pods", "shop", f"pod-{number}", status={"phase": "Running"})
    return made


@virtually
async def test_what_is_listed_and_what_changes_afterwards_is_in_the_picture(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.put("pods", "shop", "pod-9")
        api.put("pods", "shop", "pod-1", status={"phase": "Failed"})
        api.delete("pods", "shop", "pod-0")
        await until(lambda: picture.names == {"pod-1", "pod-2", "pod-9"})
        assert picture.states == ["live"]
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_long_list_comes_in_pages_of_one_moment(api: FakeApi) -> None:
    for number in range(1200):
        api.put("pods", "shop", f"more-{number}")
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        lists = api.requests("pods", "list")
        assert [asked.params["limit"] for asked in lists] == ["500"] * 3
        assert len(picture.names) == 1203
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_page_token_that_runs_out_makes_the_list_begin_anew_in_one_piece(api: FakeApi) -> None:
    for number in range(600):
        api.put("pods", "shop", f"more-{number}")
    api.faults["pods", "list"].extend([Say(_first_page(api)), Refuse(GONE, "Expired")])
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        assert "limit" not in api.requests("pods", "list")[-1].params
        assert len(picture.names) == 603
        assert await picture.equals_a_fresh_list()


def _first_page(api: FakeApi) -> bytes:
    return b'{"metadata":{"resourceVersion":"%d","continue":"old"},"items":[]}' % api.version


@virtually
async def test_a_version_refused_as_gone_means_a_fresh_list_and_the_difference(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.faults["pods", "watch"].append(Refuse(GONE, "Expired"))
        api.close_watches()
        await until(lambda: not api.watching("pods"))
        api.delete("pods", "shop", "pod-0")
        api.put("pods", "shop", "pod-9")
        api.compact()
        await until(lambda: picture.names == {"pod-1", "pod-2", "pod-9"})
        assert set(picture.states) == {"live"}
        assert await picture.equals_a_fresh_list()


@virtually
async def test_an_object_that_a_relist_finds_unchanged_stays_the_same_object(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        before = picture.store.shelf().items["shop", "pod-1"]
        api.faults["pods", "watch"].append(Refuse(GONE, "Expired"))
        api.close_watches()
        await until(lambda: len(api.requests("pods", "list")) == 2 and api.watching("pods"))
        assert picture.store.shelf().items["shop", "pod-1"] is before
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_version_that_is_gone_told_within_the_stream_means_the_same(api: FakeApi) -> None:
    api.faults["pods", "watch"].append(Say(gone_event()))
    async with kept(api) as picture:
        await until(lambda: api.requests("pods", "watch"))
        api.delete("pods", "shop", "pod-2")
        api.compact()
        await until(lambda: picture.names == {"pod-0", "pod-1"})
        assert len(api.requests("pods", "list")) == 2
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_stream_that_ends_is_resumed_from_the_last_version_without_a_list(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        api.put("pods", "shop", "pod-7")
        await until(lambda: "pod-7" in picture.names)
        seen = api.version
        api.close_watches()
        await until(lambda: not api.watching("pods"))
        api.put("pods", "shop", "pod-8")
        await until(lambda: "pod-8" in picture.names)
        assert api.requests("pods", "watch")[-1].params["resourceVersion"] == str(seen)
        assert len(api.requests("pods", "list")) == 1
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_bookmark_moves_the_version_from_which_a_watch_resumes(api: FakeApi) -> None:
    async with kept(api):
        await until(lambda: api.watching("pods"))
        api.put("secrets", "shop", "elsewhere")
        api.bookmark()
        await passes(1)
        api.close_watches()
        await until(lambda: len(api.requests("pods", "watch")) == 2)
        assert api.requests("pods", "watch")[-1].params["resourceVersion"] == str(api.version)


@virtually
async def test_a_stream_cut_in_the_middle_of_a_line_is_resumed_from_the_last_whole_line(api: FakeApi) -> None:
    whole = line("ADDED", {"metadata": {"name": "ghost", "namespace": "shop", "resourceVersion": "103"}})
    half = line("ADDED", {"metadata": {"name": "half", "namespace": "shop", "resourceVersion": "999"}})
    api.faults["pods", "watch"].append(Say(whole + half[:40], cut=True))
    async with kept(api) as picture:
        await until(lambda: len(api.requests("pods", "watch")) == 2)
        assert api.requests("pods", "watch")[-1].params["resourceVersion"] == "103"
        assert picture.names == {"pod-0", "pod-1", "pod-2", "ghost"}
        api.compact()
        api.faults["pods", "watch"].append(Refuse(GONE))
        api.close_watches()
        await until(lambda: "ghost" not in picture.names)
        assert await picture.equals_a_fresh_list()


@virtually
async def test_lines_that_come_in_parts_of_any_length_are_put_together(api: FakeApi) -> None:
    async with kept(api) as picture:
        await until(lambda: api.watching("pods"))
        names = [f"big-{number}" for number in range(4)]
        metas = [{"name": name, "namespace": "shop", "resourceVersion": "900"} for name in names]
        text = b"".join(line("ADDED", {"metadata": meta, "noise": "x" * 1000}) for meta in metas)
        for begin in range(0, len(text), 700):
            api._watchers[0].queue.put_nowait(text[begin : begin + 700])
        await until(lambda: set(names) <= picture.names)


@virtually
async def test_a_stream_that_is_silent_for_too_long_is_left_for_a_new_one(api: FakeApi) -> None:
    api.faults["pods", "watch"].append(Hang())
    async with kept(api) as picture:
        await until(lambda: api.requests("pods", "watch"))
        api.put("pods", "shop", "pod-9")
        await until(lambda: "pod-9" in picture.names)
        first, second = api.requests("pods", "watch")
        assert second.at - first.at == pytest.approx(70, abs=1)
        assert await picture.equals_a_fresh_list()


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
async def test_values_of_config_maps_are_never_asked_for(api: FakeApi) -> None:
    api.put("configmaps", "shop", "settings", data={"password": "hunter2"})
    async with kept(api, "ConfigMap") as picture:
        await until(lambda: api.watching("configmaps"))
        assert all("PartialObjectMetadata" in asked.accept for asked in api.asked)
        assert await picture.equals_a_fresh_list()


@virtually
async def test_a_namespace_is_watched_alone_when_only_it_is_meant(api: FakeApi) -> None:
    api.put("pods", "other", "stranger")
    async with kept(api, namespace="shop", patience=Patience()) as picture:
        await until(lambda: api.watching("pods"))
        api.put("pods", "other", "stranger-2")
        api.put("pods", "shop", "pod-9")
        await until(lambda: "pod-9" in picture.names)
        assert picture.names == {"pod-0", "pod-1", "pod-2", "pod-9"}
        assert await picture.equals_a_fresh_list()
