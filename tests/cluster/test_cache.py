"""The live picture: every kind once, narrower where rights are narrower, complete when all answered."""

from __future__ import annotations

import asyncio

import pytest

from mission_control.cluster.cache import LivePicture
from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import Deployment, Event, Namespace, Node, Pod
from mission_control.domain.snapshot import Snapshot
from tests.fakes.apiserver import EVERYWHERE, FakeApi
from tests.fakes.kept import clock, fresh_objects, held_objects, pictured
from tests.fakes.virtual import passes, until, virtually


@pytest.fixture
def api() -> FakeApi:
    made = FakeApi()
    made.put("namespaces", "", "shop")
    made.put("nodes", "", "node-1")
    made.put("pods", "shop", "pod-1")
    made.put("pods", "other", "pod-2")
    made.put("deployments", "shop", "web")
    made.put("events", "shop", "news")
    return made


def states(snapshot: Snapshot, name: str) -> dict[str | None, str]:
    return {sight.namespace: sight.state for sight in snapshot.sights if sight.kind.kind == name}


@virtually
async def test_every_kind_is_listed_and_watched_once_and_secrets_never(api: FakeApi) -> None:
    async with pictured(api.connection()) as picture:
        assert await picture.wait_complete(10)
        await passes(5)
        for kind in KINDS:
            watches = 0 if kind.optional else 1
            assert len(api.requests(kind.plural, "watch")) == watches
        assert not [asked for asked in api.asked if "secret" in asked.resource]
        assert held_objects(picture) == await fresh_objects(api.connection())


@virtually
async def test_a_picture_is_not_complete_before_every_kind_has_answered(api: FakeApi) -> None:
    picture = LivePicture(api.connection(), None, clock)
    assert picture.snapshot().loading == (0, len(KINDS))
    assert not picture.is_complete
    assert not await picture.wait_complete(3)


@virtually
async def test_a_change_wakes_who_waits_and_older_snapshots_stay_as_they_were(api: FakeApi) -> None:
    async with pictured(api.connection()) as picture:
        await picture.wait_complete(10)
        await passes(2)
        before, version = picture.snapshot(), picture.version
        waiting = asyncio.create_task(picture.wait(version))
        api.put("pods", "shop", "pod-9")
        assert await waiting > version
        assert picture.snapshot().get(Pod, "shop", "pod-9")
        assert before.get(Pod, "shop", "pod-9") is None


@virtually
async def test_a_bookmark_wakes_nobody(api: FakeApi) -> None:
    async with pictured(api.connection()) as picture:
        await picture.wait_complete(10)
        await passes(5)
        version = picture.version
        api.bookmark()
        await passes(5)
        assert picture.version == version


@virtually
async def test_an_account_of_one_namespace_sees_it_and_is_told_what_it_may_not(api: FakeApi) -> None:
    api.deny_everywhere()
    async with pictured(api.connection("shop")) as picture:
        assert await picture.wait_complete(10)
        seen = picture.snapshot()
        assert seen.cluster.namespaces == ("shop",)
        assert states(seen, "Pod") == {"shop": "live"}
        assert states(seen, "Node") == {None: "refused"}
        assert {pod.name for pod in seen.all(Pod)} == {"pod-1"}
        assert seen.sees(Deployment, "shop")
        assert not seen.sees(Deployment, "other")
        assert not seen.sees(Node)
        assert held_objects(picture) == await fresh_objects(api.connection("shop"))


@virtually
async def test_it_stays_so_while_the_rights_are_asked_for_again_and_again(api: FakeApi) -> None:
    api.deny_everywhere()
    async with pictured(api.connection("shop")) as picture:
        await picture.wait_complete(10)
        await passes(300)
        assert {pod.name for pod in picture.snapshot().all(Pod)} == {"pod-1"}
        assert len(api.requests("pods", "list")) > 3


@virtually
async def test_a_right_to_everything_that_comes_later_widens_the_picture(api: FakeApi) -> None:
    api.deny_everywhere()
    async with pictured(api.connection("shop")) as picture:
        await picture.wait_complete(10)
        api.denied.clear()
        await until(lambda: states(picture.snapshot(), "Pod") == {None: "live"}, within=120)
        await until(lambda: states(picture.snapshot(), "Node") == {None: "live"}, within=120)
        await until(lambda: picture.snapshot().cluster.namespaces is None, within=120)
        await passes(60)
        assert picture.is_complete
        assert api.watching("pods") == 1
        assert held_objects(picture) == await fresh_objects(api.connection())


@virtually
async def test_rights_taken_away_narrow_the_picture(api: FakeApi) -> None:
    async with pictured(api.connection("shop")) as picture:
        await picture.wait_complete(10)
        api.deny_everywhere()
        api.close_watches()
        await until(lambda: picture.snapshot().cluster.namespaces == ("shop",))
        await until(lambda: states(picture.snapshot(), "Pod") == {"shop": "live"})
        await passes(10)
        assert held_objects(picture) == await fresh_objects(api.connection("shop"))


@virtually
async def test_rights_taken_away_are_noticed_in_a_minute_although_no_watch_ends(api: FakeApi) -> None:
    async with pictured(api.connection("shop")) as picture:
        await picture.wait_complete(10)
        await passes(5)
        api.deny_everywhere()
        await until(lambda: picture.snapshot().cluster.namespaces == ("shop",), within=80)
        assert {pod.name for pod in picture.snapshot().all(Pod)} == {"pod-1"}
        api.denied |= {("list", "pods", None), ("watch", "pods", None)}
        await until(lambda: states(picture.snapshot(), "Pod") == {"shop": "refused"}, within=80)
        assert not picture.snapshot().all(Pod)


@virtually
async def test_rights_that_are_still_there_are_asked_about_and_nothing_else_happens(api: FakeApi) -> None:
    async with pictured(api.connection()) as picture:
        await picture.wait_complete(10)
        await passes(5)
        version = picture.version
        await passes(60 * 1.2)
        watched = [kind for kind in KINDS if api.watching(kind.plural)]
        assert sorted(api.reviewed) == sorted(("watch", kind.plural, None) for kind in watched)
        assert picture.version == version


@virtually
async def test_one_kind_that_is_refused_everywhere_says_that_the_rest_of_it_is_not_seen(api: FakeApi) -> None:
    api.denied.add(("list", "events", EVERYWHERE))
    async with pictured(api.connection("shop")) as picture:
        await picture.wait_complete(10)
        seen = picture.snapshot()
        assert seen.cluster.namespaces is None
        assert states(seen, "Event") == {"shop": "live", "": "refused"}
        assert seen.sees(Event, "shop")
        assert not seen.sees(Event, "other")
        assert not seen.sees(Event)
        assert [s.state for s in seen.sights_in("shop") if s.kind.kind == "Event"] == ["live"]
        assert [s.state for s in seen.sights_in("other") if s.kind.kind == "Event"] == ["refused"]
        assert seen.sees(Pod, "other")


@virtually
async def test_named_namespaces_are_the_only_ones_that_are_looked_at(api: FakeApi) -> None:
    async with pictured(api.connection(), ("shop", "other")) as picture:
        await picture.wait_complete(10)
        seen = picture.snapshot()
        assert {asked.namespace for asked in api.asked if asked.resource == "pods"} == {"shop", "other"}
        assert states(seen, "Pod") == {"shop": "live", "other": "live"}
        assert seen.cluster.namespaces == ("shop", "other")
        assert seen.sees(Namespace)


@virtually
async def test_a_picture_for_one_look_opens_no_watch_and_ends(api: FakeApi) -> None:
    picture = LivePicture(api.connection(), None, clock, follow=False)
    await picture.run()
    assert picture.is_complete
    assert not [asked for asked in api.asked if asked.verb == "watch"]


@virtually
async def test_a_picture_for_one_look_by_an_account_of_one_namespace_is_complete_as_well(
    api: FakeApi,
) -> None:
    api.deny_everywhere()
    picture = LivePicture(api.connection("shop"), None, clock, follow=False)
    await picture.run()
    assert picture.is_complete
    assert states(picture.snapshot(), "Pod") == {"shop": "live"}
