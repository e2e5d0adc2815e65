"""The harness itself: it knows every route and verb, finds a leak in any dress, and its canaries differ."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest
from litestar import Litestar, get

from mission_control.access.permissions import Permission
from mission_control.cli.program import app as program
from mission_control.web.site import create_site
from tests.canaries.canaries import CANARIES, Canary, at
from tests.canaries.dresses import found_in
from tests.canaries.exits import left_over, uncovered, unspoken
from tests.web.stage import parts_of, picture

ODD = next(canary for canary in at("env") if '"' in canary.value)


@pytest.fixture(scope="module")
def site() -> Litestar:
    return create_site(parts_of(picture([])))


def test_every_route_is_read(site: Litestar) -> None:
    assert uncovered(site) == []
    assert left_over(site) == []


def test_a_route_that_nobody_reads_is_told() -> None:
    @get("/leak", opt={"permission": Permission.PUBLIC}, sync_to_thread=False)
    def leak() -> str:
        return ""

    assert "GET /leak" in uncovered(Litestar([leak], logging_config=None))


def test_every_verb_is_run() -> None:
    assert unspoken(program) == []


def test_there_are_sixty_canaries_and_no_two_are_alike() -> None:
    assert len(CANARIES) == len({canary.value for canary in CANARIES}) == 60
    assert [canary.name for canary in CANARIES if canary.written.count(canary.value) != 1] == []


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: f"{canary.place}-{canary.name}")
def test_a_canary_is_found_where_it_is_written(canary: Canary) -> None:
    assert found_in({"page": f"<p>{canary.written}</p>"}, [canary])
    assert not found_in({"page": "<p>nothing of it</p>"}, [canary])


@pytest.mark.parametrize(
    "text",
    [
        html.escape(ODD.value),
        json.dumps({"a": ODD.value}),
        json.dumps(json.dumps(ODD.value)),
        quote(ODD.value),
        base64.b64encode(f"x{ODD.value}y".encode()).decode(),
        base64.b64encode(base64.b64encode(ODD.value.encode())).decode(),
        ODD.value.encode().hex(),
        ODD.value[:9] + "\n" + ODD.value[9:],
        f"cut {ODD.value[:12]}…",
    ],
)
def test_a_leak_is_found_in_any_dress(text: str) -> None:
    assert found_in({"page": f"before {text} after"}, [ODD])
