"""Settings, redaction: what is tried is hidden and forgotten, rules come and go, no literal is told."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.domain.redact import learn
from mission_control.web.parts import SiteParts
from tests.web.accepting import accepting
from tests.web.stage import parts_of, picture, seal, signed_in
from tests.web.story import trees

PAGE = "/settings/redaction"
OURS = {"origin": "http://127.0.0.1:8411"}
CANARY = "Zx81-canary-Quiet7"
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


def send(client: Client, path: str, **form: str) -> tuple[int, str]:
    data = {"seal": seal(client), **form}
    sent = client.post(PAGE + path, data=data, headers=OURS, follow_redirects=False)
    return sent.status_code, html.unescape(sent.text)


def kept(folder: Path) -> str:
    """All that the console's own state holds, as it is on the disk."""
    with sqlite3.connect(folder / "state.sqlite3") as connection:
        return "\n".join(connection.iterdump())


def test_the_page_lists_the_rules_and_what_they_did(client: Client) -> None:
    page, twin = client.get(PAGE).text, client.get(PAGE + ".json").json()
    assert "private-key" in page
    assert {"jwt", "github-token", "named-value"} <= {rule["name"] for rule in twin["rules"]}
    assert twin["places"] > 50
    assert twin["is_keyed"]


def test_what_is_tried_is_answered_redacted_and_not_kept(client: Client, tmp_path: Path) -> None:
    status, page = send(client, "/try", text=f"hello\npassword={CANARY}\n")
    assert status == 200
    assert "1 value masked: 1 by named-value" in page
    assert "MASKED.secret." in page
    assert CANARY not in page + client.get(PAGE).text + kept(tmp_path)


def test_guesses_cannot_be_tried(client: Client) -> None:
    learn("a Secret", [CANARY])
    assert "nothing in it looks like a secret" in send(client, "/try", text=f"is it {CANARY}?")[1]
    one, other = (send(client, "/try", text="password=hunter22")[1] for _ in range(2))
    masks = [re.findall(r"MASKED[.]secret[.]\w+", page) for page in (one, other)]
    assert masks[0]
    assert masks[0] != masks[1]


def test_a_rule_is_tried_without_being_kept(client: Client) -> None:
    bird = {"kind": "literal", "value": "Bluebird", "name": "bird"}
    _, page = send(client, "/try", text="project Bluebird", **bird)
    assert "1 by custom:bird" in page
    assert "Bluebird" not in page
    _, page = send(client, "/try", text="project Bluebird")
    assert "nothing in it looks like a secret" in page


def test_the_literal_of_a_rule_is_told_nowhere(client: Client) -> None:
    status, _ = send(client, "/rules", name="bird", kind="literal", value="Bluebird-7", files="*.env")
    assert status == 303
    page, twin = client.get(PAGE).text, client.get(PAGE + ".json")
    assert "what it hides is not shown" in page
    assert "Bluebird-7" not in page + twin.text
    assert [rule["name"] for rule in twin.json()["own"]] == ["bird"]


def test_a_rule_hides_at_once_and_shows_again_when_it_is_removed(client: Client) -> None:
    assert "kubelet v1.34.4" in client.get("/nodes").text
    send(client, "/rules", name="node", kind="literal", value="v1.34.4")
    assert "v1.34.4" not in client.get("/nodes").text
    assert send(client, "/rules/node/remove")[0] == 303
    assert "kubelet v1.34.4" in client.get("/nodes").text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "all", "kind": "expression", "value": "."}, "hide everything"),
        ({"name": "bad", "kind": "expression", "value": "(("}, "cannot be used"),
        ({"name": "Upper Case", "kind": "literal", "value": "Bluebird"}, "small letters"),
        ({"name": "mask", "kind": "literal", "value": "MASKED.jwt.0123456789"}, "holds a mask"),
        ({"name": "files", "kind": "whole_file"}, "a glob"),
        ({"name": "odd", "kind": "other", "value": "x"}, "what kind"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_reason(
    client: Client, form: dict[str, str], says: str
) -> None:
    status, page = send(client, "/rules", **form)
    assert status == 422
    assert says in page
    assert client.get(PAGE + ".json").json()["own"] == []


def test_too_long_a_text_is_refused_before_anything_is_made_of_it(client: Client) -> None:
    status, page = send(client, "/try", text="x" * 70_000)
    assert status == 422
    assert "64 thousand" in page
    assert send(client, "/try", text="x" * 600_000)[0] == 413


def test_without_the_seal_nothing_is_tried_or_changed(client: Client) -> None:
    for path in ("/try", "/rules", "/rules/x/remove"):
        assert send(client, path, seal="other", text="a", name="x", kind="literal", value="abc")[0] == 403


def test_the_audit_says_who_added_and_removed_a_rule(client: Client, tmp_path: Path) -> None:
    send(client, "/rules", name="bird", kind="literal", value="Bluebird-7")
    send(client, "/rules/bird/remove")
    with sqlite3.connect(tmp_path / "state.sqlite3") as connection:
        told = connection.execute("SELECT who, action, subject, detail FROM audit ORDER BY number").fetchall()
    assert told == [
        ("ada", "redaction.add", "bird", "literal"),
        ("ada", "redaction.remove", "bird", "literal"),
    ]


def test_a_console_without_state_of_its_own_says_that_it_keeps_no_rules() -> None:
    found = trees(broken=False)
    parts = parts_of(picture(found), found)
    with signed_in(parts) as client:
        assert "no rule can be kept" in client.get(PAGE).text
        assert send(client, "/try", text=f"password={CANARY}")[0] == 200
        assert send(client, "/rules", name="bird", kind="literal", value="Bluebird")[0] == 422
