"""Accepting a finding through the page: what the form needs, what it does, how it is taken back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.storage.errors import StorageError
from mission_control.web.parts import SiteParts
from tests.web.accepting import accepting
from tests.web.stage import Judgements, parts_of, picture, seal, signed_in
from tests.web.story import trees

PAGE = "/health/langsmith/demo"
OURS = {"origin": "http://127.0.0.1:8411"}
CLAIM = {
    "code": "volume-unbound",
    "kind": "PersistentVolumeClaim",
    "namespace": "langsmith",
    "name": "data-demo-langsmith-postgres-0",
}
Client = TestClient[Litestar]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[SiteParts]:
    found = trees(broken=True)
    with accepting(parts_of(picture(found), found), tmp_path) as made:
        yield made


@pytest.fixture
def client(parts: SiteParts) -> Iterator[Client]:
    with signed_in(parts) as made:
        yield made


def form(client: Client, **more: str) -> dict[str, str]:
    return {"seal": seal(client), "reason": "the night", "lasts": "8h", "back": PAGE, **CLAIM, **more}


def settled(parts: SiteParts, client: Client, version: int) -> None:
    """Wait until the judgement has taken the change in."""
    assert isinstance(parts.judgements, Judgements)
    with client.portal() as portal:
        portal.call(parts.judgements.wait, version)


def test_an_accepted_finding_is_folded_with_its_reason(parts: SiteParts, client: Client) -> None:
    sent = client.post("/accept", data=form(client), headers=OURS, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, PAGE)
    settled(parts, client, 1)
    text = html.unescape(client.get(PAGE).text)
    assert "LangSmith is healthy" in text
    assert "1 accepted finding" in text
    assert "the night. Accepted by ada" in text


def test_an_accepted_finding_is_counted_again_when_that_is_asked(parts: SiteParts, client: Client) -> None:
    client.post("/accept", data=form(client), headers=OURS)
    settled(parts, client, 1)
    action = re.search(r'action="(/accepted/\d+/revoke)"', client.get(PAGE).text)
    assert action is not None
    sent = client.post(
        action[1], data={"seal": seal(client), "back": PAGE}, headers=OURS, follow_redirects=False
    )
    assert sent.status_code == 303
    settled(parts, client, 2)
    assert "LangSmith is broken" in client.get(PAGE).text


@pytest.mark.parametrize("given", ["", "wrong", "wröng"])
def test_a_form_without_our_seal_changes_nothing(parts: SiteParts, client: Client, given: str) -> None:
    sent = client.post("/accept", data=form(client, seal=given), headers=OURS)
    assert sent.status_code == 403
    assert parts.accepted is not None
    assert parts.accepted.in_force == ()


def test_a_form_of_another_site_changes_nothing(client: Client) -> None:
    sent = client.post("/accept", data=form(client), headers={"origin": "http://evil.example"})
    assert sent.status_code == 403


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"lasts": "a while"}, "did not say for how long"),
        ({"name": "other"}, "There is no finding volume-unbound"),
    ],
)
def test_what_cannot_be_accepted_is_told(client: Client, wrong: dict[str, str], says: str) -> None:
    sent = client.post("/accept", data=form(client, **wrong), headers=OURS)
    assert sent.status_code == 422
    assert says in html.unescape(sent.text)


def test_a_form_leads_back_to_our_own_pages_only(client: Client) -> None:
    sent = client.post(
        "/accept", data=form(client, back="//evil.example"), headers=OURS, follow_redirects=False
    )
    assert sent.headers["location"] == "/"


def test_the_form_is_offered_only_where_something_can_be_accepted(client: Client) -> None:
    assert "Accept as expected" in client.get(PAGE).text
    with signed_in(parts_of(picture(trees(broken=True)))) as other:
        assert "Accept as expected" not in other.get(PAGE).text
        sent = other.post("/accept", data={"seal": ""}, headers=OURS)
        assert sent.status_code == 403


def test_an_accepted_object_is_not_shown_as_on_its_way(parts: SiteParts, client: Client) -> None:
    client.post("/accept", data=form(client), headers=OURS)
    settled(parts, client, 1)
    page = client.get("/objects/PersistentVolumeClaim/langsmith/data-demo-langsmith-postgres-0")
    assert "Accepted as expected" in page.text


def test_a_state_that_cannot_be_written_is_told_and_nothing_is_changed(
    parts: SiteParts, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise StorageError("The disk is full.", "Make room.")

    assert parts.accepted is not None
    monkeypatch.setattr(parts.accepted, "accept", fails)
    sent = client.post("/accept", data=form(client), headers=OURS)
    assert sent.status_code == 500
    assert "Nothing was changed. The disk is full." in html.unescape(sent.text)
