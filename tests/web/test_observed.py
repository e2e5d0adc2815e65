"""Each request has a number that its answer and its log lines share; signs of life; the console's page."""

from __future__ import annotations

import logging

import msgspec
import pytest
from litestar.types import Message, Scope

from mission_control.services.own_state import OwnState
from mission_control.services.requests import REQUEST, Answers
from mission_control.web.observed import Observed
from tests.web.stage import loading, parts_of, picture, signed_in
from tests.web.story import NOW, trees


async def answered(status: int, headers: list[tuple[bytes, bytes]], method: str = "GET") -> dict[str, object]:
    """What a site that answers so looks like from outside."""
    seen: dict[str, object] = {}
    answers = Answers()

    async def site(_: Scope, __: object, send: object) -> None:
        seen["number"] = REQUEST.get()
        await send({"type": "http.response.start", "status": status, "headers": []})  # type: ignore[operator]

    async def send(message: Message) -> None:
        seen.update(message)

    async def receive() -> Message:
        raise AssertionError("nothing is sent")

    scope = {
        "type": "http",
        "method": method,
        "path": "/enter",
        "query_string": b"token=abc",
        "headers": headers,
    }
    await Observed(site, answers)(scope, receive, send)  # type: ignore[arg-type]
    return seen | {"answers": answers.so_far}


async def test_the_answer_carries_the_number_of_the_request() -> None:
    seen = await answered(200, [])
    assert seen["headers"] == [(b"x-request-id", str(seen["number"]).encode())]
    assert len(str(seen["number"])) == 16


@pytest.mark.parametrize(
    ("given", "kept"), [(b"proxy-12345", True), (b"short", False), (b"a\r\nset-cookie: b", False)]
)
async def test_a_number_that_a_proxy_gave_is_kept_when_it_is_one(given: bytes, kept: bool) -> None:  # noqa: FBT001
    seen = await answered(200, [(b"x-request-id", given)])
    assert (seen["number"] == given.decode()) is kept


@pytest.mark.parametrize(
    ("status", "method", "level"),
    [(200, "GET", logging.DEBUG), (303, "POST", logging.INFO), (401, "GET", logging.INFO), (500, "GET", 30)],
)
async def test_the_log_tells_what_matters_and_never_a_query(
    status: int, method: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await answered(status, [], method)
    told = [record for record in caplog.records if "answered" in record.getMessage()]
    assert [record.levelno for record in told] == [level]
    assert "token" not in told[0].getMessage()


async def test_a_failure_without_an_answer_counts_as_one() -> None:
    seen = await answered(500, [])
    counted = seen["answers"]
    assert counted.statuses == {"5xx": 1}  # type: ignore[attr-defined]


def test_signs_of_life_and_metrics_need_neither_session_nor_host() -> None:
    with signed_in(parts_of(picture([]))) as client:
        client.cookies.clear()
        for path in ("/healthz", "/readyz", "/metrics"):
            assert client.get(path, headers={"host": "10.2.3.4:8090"}).status_code == 200
        assert client.get("/", headers={"host": "10.2.3.4:8090"}).status_code == 421


def test_metrics_name_nothing_of_the_cluster() -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found), found)) as client:
        text = client.get("/metrics").text
    assert "mission_control_api_watches 0" in text
    for word in ("langsmith", "demo", "node-1", "prod-eu-1"):
        assert word not in text


def test_a_silent_cluster_or_a_full_volume_does_not_make_the_console_unready() -> None:
    state = OwnState(lambda: NOW)
    state.tell("writing", "Nothing can be kept.", "Make room.")
    parts = msgspec.structs.replace(parts_of(picture([], loading(3))), own_state=state)
    with signed_in(parts) as client:
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ready", "cluster": "incomplete", "state": "writing"}
        client.app.state["closing"].set()
        assert client.get("/readyz").status_code == 503


def test_the_page_about_the_console_tells_its_memory_and_what_it_costs() -> None:
    with signed_in(parts_of(picture([]))) as client:
        assert "What it costs the API server" in client.get("/settings/console").text
        told = client.get("/settings/console.json").json()
    assert told["process"]["memory"] > 0
    assert told["cost"]["watches"] == 0
