"""A recording in the place of a cluster: the same picture for ever, but for what is prepared beside it."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.app.opening import recording_path
from mission_control.archive.reading import open_archive, read
from mission_control.cluster.errors import NotFound
from mission_control.products.catalog import products
from mission_control.services.recorded import open_recording
from mission_control.services.replay import Prepared, Replay
from tests.fakes.recorded import AT
from tests.web.stage import parts_of, picture, signed_in


def demo(beside: Path | None = None) -> Replay:
    return Replay(open_recording(recording_path("demo"), products(), AT), is_demo=True, beside=beside)


def site(replay: Replay) -> AbstractContextManager[TestClient[Litestar]]:
    parts = parts_of(picture([]), [])
    return signed_in(
        msgspec.structs.replace(
            parts,
            judgements=replay,
            usage=replay.usage,
            fetch=replay.fetch,
            recorded=replay,
            clock=replay.clock,
        )
    )


def test_the_recorded_incident_is_small_and_says_its_cause() -> None:
    path = recording_path("demo")
    assert path.stat().st_size <= 1 << 20
    assert demo().latest.health.verdict.value == "broken"
    assert "fast-ssd" in read(open_archive(path), "SUMMARY.md").decode()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/health",
        "/health/langsmith/langsmith",
        "/nodes",
        "/events",
        "/network",
        "/storage",
        "/workloads",
        "/timeline",
    ],
)
def test_each_page_opens_on_a_recording_and_says_so(address: str) -> None:
    with site(demo()) as client:
        answer = client.get(address)
    assert answer.status_code == 200
    assert "Recorded at" in answer.text
    assert 'role="note"' in answer.text


async def test_an_object_is_fetched_out_of_the_recording() -> None:
    replay = demo()
    found = json.loads(await replay.fetch("Pod", "langsmith", "langsmith-postgres-0"))
    assert found["metadata"]["name"] == "langsmith-postgres-0"
    with pytest.raises(NotFound):
        await replay.fetch("Pod", "langsmith", "not-there")


def test_the_timeline_of_a_recording_ends_when_it_was_recorded() -> None:
    with site(demo()) as client:
        page = client.get("/timeline").text
    assert "langsmith-postgres" in page


def test_what_is_prepared_is_told_on_the_page_and_offered_when_it_is_ready(tmp_path: Path) -> None:
    board = tmp_path / "prepares.json"
    replay = demo(board)
    with site(replay) as client:
        assert client.get("/demo/real").status_code == 404
        replay.prepared = Prepared("The real sandbox starts")
        assert "Meanwhile: The real sandbox starts" in client.get("/").text
        replay.prepared = Prepared("Ready", "http://127.0.0.1:9/enter?token=abc")
        assert "Switch to the real sandbox" in client.get("/").text
        answer = client.get("/demo/real", follow_redirects=False)
        assert answer.headers["location"] == "http://127.0.0.1:9/enter?token=abc"
        replay.prepared = Prepared("Ready", "https://elsewhere.example/")
        assert client.get("/demo/real", follow_redirects=False).status_code == 404


async def test_the_board_is_read_again_and_wakes_who_waits(tmp_path: Path) -> None:
    board = tmp_path / "prepares.json"
    board.write_text(json.dumps({"says": "etcd: building", "address": ""}))
    replay = demo(board)
    running = asyncio.create_task(replay.run())
    assert await replay.wait(replay.latest.version) == 2
    assert replay.note.prepares == "etcd: building"
    running.cancel()
