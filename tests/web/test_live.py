"""How a change reaches a page: the stream of versions, and insides that are rendered once."""

from __future__ import annotations

import asyncio

from mission_control.domain.usage import Usage
from mission_control.web.fragments import Fragments
from mission_control.web.live import versions
from mission_control.web.parts import SiteParts
from tests.web.stage import Judgements, Measured, parts_of, picture, signed_in
from tests.web.story import NOW, trees

INSIDE = {"hx-request": "true"}


async def tell(parts: SiteParts) -> None:
    assert isinstance(parts.judgements, Judgements)
    await parts.judgements.tell(picture([]))


async def test_the_stream_begins_with_the_version_now_and_tells_the_next() -> None:
    parts = parts_of(picture([]))
    stream = versions(parts, asyncio.Event())
    first = await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await tell(parts)
    second = await waiting
    assert [first.event, second.event] == ["changed", "changed"]
    assert [str(event.data).partition(".")[0] for event in (first, second)] == ["1", "2"]
    await stream.aclose()


async def test_a_slow_tab_gets_only_the_newest_version() -> None:
    parts = parts_of(picture([]))
    stream = versions(parts, asyncio.Event())
    await anext(stream)
    for _ in range(50):
        await tell(parts)
    assert str((await anext(stream)).data).startswith("51.")
    await stream.aclose()


async def test_the_stream_beats_when_nothing_changes() -> None:
    stream = versions(parts_of(picture([])), asyncio.Event(), beat=0.01)
    await anext(stream)
    assert (await anext(stream)).event == "beat"
    await stream.aclose()


async def test_a_new_measurement_is_told_with_the_next_beat() -> None:
    parts = parts_of(picture([]))
    stream = versions(parts, asyncio.Event(), beat=0.01)
    await anext(stream)
    assert isinstance(parts.usage, Measured)
    parts.usage.latest = Usage(at=NOW)
    assert (await anext(stream)).event == "changed"
    await stream.aclose()


async def test_the_stream_ends_when_the_console_closes() -> None:
    closing = asyncio.Event()
    stream = versions(parts_of(picture([])), closing)
    await anext(stream)
    closing.set()
    assert [event async for event in stream] == []


def test_an_inside_has_no_head_and_the_same_main() -> None:
    with signed_in(parts_of(picture(trees(broken=True)))) as client:
        inside = client.get("/", headers=INSIDE)
    assert "<head>" not in inside.text
    assert inside.text.lstrip().startswith("<header")
    assert "LangSmith is broken" in inside.text


def test_a_tab_that_shows_the_newest_inside_gets_nothing() -> None:
    with signed_in(parts_of(picture(trees(broken=True)))) as client:
        first = client.get("/workloads", headers=INSIDE)
        again = client.get("/workloads", headers=INSIDE | {"x-seen": first.headers["x-seen"]})
    assert again.status_code == 204
    assert again.content == b""


def test_a_change_makes_a_new_inside() -> None:
    parts = parts_of(picture(trees(broken=True)))
    assert isinstance(parts.judgements, Judgements)
    with signed_in(parts) as client:
        first = client.get("/", headers=INSIDE)
        asyncio.run(parts.judgements.tell(picture(trees(broken=False))))
        second = client.get("/", headers=INSIDE | {"x-seen": first.headers["x-seen"]})
    assert second.status_code == 200
    assert "LangSmith is healthy" in second.text


def test_a_judgement_that_shows_nothing_new_moves_nothing_on_the_page() -> None:
    parts = parts_of(picture(trees(broken=True)))
    assert isinstance(parts.judgements, Judgements)
    with signed_in(parts) as client:
        first = client.get("/workloads", headers=INSIDE)
        asyncio.run(parts.judgements.tell(picture(trees(broken=True))))
        again = client.get("/workloads", headers=INSIDE | {"x-seen": first.headers["x-seen"]})
    assert again.status_code == 204
    assert again.headers["x-version"] != first.headers["x-version"]


def at(address: str, who: str = "ada") -> tuple[str, str, str]:
    return who, "auto", address


def test_an_inside_is_kept_for_the_next_tab_until_the_state_changes() -> None:
    kept = Fragments()
    seen = kept.keep(at("/"), "1", b"inside")
    assert kept.find(at("/"), "1") == (b"inside", seen)
    assert kept.find(at("/"), "2") is None
    assert kept.find(at("/workloads"), "1") is None


def test_only_the_newest_insides_are_kept() -> None:
    kept = Fragments()
    for place in range(200):
        kept.keep(at(f"/{place}"), "1", b"inside")
    assert kept.find(at("/0"), "1") is None
    assert kept.find(at("/199"), "1") is not None


async def test_the_stream_of_a_session_that_ended_tells_nothing_more() -> None:
    parts = parts_of(picture([]))
    is_in = [True]
    stream = versions(parts, asyncio.Event(), beat=0.01, is_open=lambda: is_in[0])
    assert (await anext(stream)).event == "changed"
    is_in[0] = False
    assert [event async for event in stream] == []
