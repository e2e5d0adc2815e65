"""Everything that can happen to a list and its watch; afterwards the picture equals a fresh list."""

from __future__ import annotations

import pytest

from tests.fakes.apiserver import (
    GONE,
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
