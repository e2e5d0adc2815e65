"""The page of logs, its stream and its download: what they show, what they say is missing, and no secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.services.accepted import By
from mission_control.web import logstream
from mission_control.web.parts import SiteParts
from tests.fakes.podlogs import PodLogs
from tests.fakes.virtual import virtually
from tests.web.logging import LINES, SECRET, lines, with_logs
from tests.web.stage import parts_of, signed_in
from tests.web.surroundings import seen, whole

PAGE = "/logs?installation=langsmith/demo"
ALL = f"{PAGE}&since=all"


@pytest.fixture
def podlogs() -> PodLogs:
    return PodLogs(lines())


@pytest.fixture
def parts(podlogs: PodLogs) -> SiteParts:
    return with_logs(parts_of(seen(broken=True), whole(broken=True)), podlogs)


@pytest.fixture
def client(parts: SiteParts) -> Iterator[TestClient[Litestar]]:
    with signed_in(parts) as made:
        yield made


def twin(client: TestClient[Litestar], query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/logs.json?installation=langsmith/demo&since=all{query}").json()
    return found


def test_without_a_word_it_shows_the_installation_that_needs_a_look(client: TestClient[Litestar]) -> None:
    answer = client.get("/logs", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/logs?installation=langsmith/demo")


def test_the_page_says_what_it_follows_and_how_to_do_so_in_a_terminal(client: TestClient[Litestar]) -> None:
    text = client.get(f"{PAGE}&component=queue&q=refused").text
    assert "of Queue" in text or "of queue" in text
    assert "mission-control logs queue -n langsmith --grep &#39;refused&#39; -f" in text


def test_the_twin_holds_the_newest_lines_in_order(client: TestClient[Litestar]) -> None:
    found = twin(client, "&component=queue")
    texts = [entry["text"] for entry in found["entries"] if not entry["mark"]]
    assert texts[1] == LINES[1]
    assert [entry["level"] for entry in found["entries"] if not entry["mark"]][:4] == [
        "info",
        "info",
        "warn",
        "error",
    ]
    moments = [entry["at"] for entry in found["entries"]]
    assert moments == sorted(moments)


def test_filters_are_expressions_on_what_is_shown(client: TestClient[Litestar]) -> None:
    found = twin(client, "&component=queue&q=pool|saq&exclude=worker")
    assert [entry["text"].split()[0] for entry in found["entries"] if not entry["mark"]] == ["WARN"]
    assert not [entry for entry in twin(client, f"&q={SECRET}")["entries"] if not entry["mark"]]


@pytest.mark.parametrize(("query", "says"), [("&q=(", "cannot be used"), ("&since=yesterday", "no moment")])
def test_what_cannot_be_asked_is_said_with_the_way_out(
    client: TestClient[Litestar], query: str, says: str
) -> None:
    page = client.get(f"{PAGE}{query}")
    assert page.status_code == 200
    assert says in page.text
    refused = client.get(f"/logs/download?installation=langsmith/demo{query}")
    assert refused.status_code == 422


def test_the_download_is_the_whole_range_without_secrets_and_says_what_is_missing(
    client: TestClient[Litestar],
) -> None:
    text = client.get(ALL.replace("/logs?", "/logs/download?"))
    assert text.headers["content-disposition"].endswith('.txt"')
    assert SECRET not in text.text
    assert "MASKED.password." in text.text or "MASKED.secret." in text.text
    assert text.text.splitlines()[-1].endswith("Nothing is known to be missing.")
    many = client.get(ALL.replace("/logs?", "/logs/download?") + "&form=jsonl").text.splitlines()
    assert json.loads(many[0])["pod"]
    assert "summary" in json.loads(many[-1])
    assert SECRET not in "".join(many)


def test_a_right_that_is_missing_is_told_in_the_file_and_the_rest_is_there(
    client: TestClient[Litestar], podlogs: PodLogs
) -> None:
    first = twin(client, "&component=queue")["chosen"]["sources"][0]["pod"]
    podlogs.refused_pods.add(first)
    told = client.get(ALL.replace("/logs?", "/logs/download?")).text
    assert f"The log of {first} may not be read. Ask for the right to get pods/log" in told
    assert "Starting worker" in told
    assert "× refused" in told.splitlines()[-1]


def test_who_takes_a_file_away_is_in_the_audit(parts: SiteParts) -> None:
    noted: list[tuple[str, str, str]] = []

    async def note(by: By, action: str, subject: str, detail: str) -> None:
        noted.append((by.who, action, subject))
        assert "from all until now" in detail

    with signed_in(msgspec.structs.replace(parts, note=note)) as client:
        client.get(ALL.replace("/logs?", "/logs/download?"))
    assert noted == [("ada", "download-logs", "langsmith/demo")]


@virtually
async def test_the_stream_tells_sources_once_and_lines_with_levels_and_no_secret() -> None:
    parts = parts_of(seen(broken=True), whole(broken=True))
    assert parts.logs is not None
    from mission_control.services.logs.query import LogQuery, filtering  # noqa: PLC0415
    from mission_control.services.logs.selection import Selection  # noqa: PLC0415

    query = LogQuery(Selection("langsmith/demo", components=("queue",)), filtering((), (), ("saq",)))
    told: list[dict[str, Any]] = []
    stream = logstream.lines(parts.logs.session(query).batches(), query, lambda: True, 60)
    async for raw in stream:
        told.append(msgspec.json.decode(raw))
        if sum(len(batch["lines"]) for batch in told) >= 6:
            break
    await stream.aclose()
    rows = [line for batch in told for line in batch["lines"]]
    rows = [row for row in rows if not row[2].startswith("!")]
    assert [row[2] for row in rows[:4]] == ["info", "info", "warn", "error"]
    assert rows[1][4] == [[5, 8]]
    assert (
        len([source for batch in told for source in batch["sources"]])
        == len(told[-1:]) * told[-1]["containers"]
    )
    assert SECRET not in json.dumps(told)
    await asyncio.sleep(0)
    assert parts.logs.upstreams.count == 0
