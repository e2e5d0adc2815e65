"""The Audit page: what it shows, its filters, its files, and what it says of a chain that is not whole."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.services import own_state
from mission_control.web.parts import SiteParts
from tests.web.recording import STORY, database_of, recorded
from tests.web.stage import parts_of, picture, signed_in
from tests.web.story import trees


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[SiteParts]:
    found = trees(broken=False)
    with recorded(parts_of(picture(found), found), tmp_path) as made:
        yield made


@pytest.fixture
def browser(parts: SiteParts) -> Iterator[TestClient[Litestar]]:
    with signed_in(parts) as client:
        yield client


def rows(browser: TestClient[Litestar], query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/audit.json{query}").json()["rows"]
    return found


def seal(browser: TestClient[Litestar]) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', browser.get("/audit").text)
    assert found is not None
    return found[1]


def test_the_newest_entry_stands_first(browser: TestClient[Litestar]) -> None:
    assert [row["number"] for row in rows(browser)] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?who=ada", [4, 3]),
        ("?action=sign-in&result=refused", [2]),
        ("?q=night+langsmith", [4]),
        ("?q=NIGHT", [4]),
        ("?within=24h&sort=-at", [1, 2, 3, 4, 5, 6]),
        ("?q=100%25", []),
        ("?page=9&who=bob", [6, 5]),
    ],
)
def test_the_address_says_which_entries_are_shown(
    browser: TestClient[Litestar], query: str, numbers: list[int]
) -> None:
    assert [row["number"] for row in rows(browser, query)] == numbers


def test_a_filter_that_nothing_fits_says_so(browser: TestClient[Litestar]) -> None:
    assert "Nothing fits the filter" in browser.get("/audit?who=nobody").text


def test_as_whom_and_how_long_are_on_the_page(browser: TestClient[Litestar]) -> None:
    html = browser.get("/audit").text
    assert "as system:serviceaccount:team:bob" in html
    assert "212 ms" in html


def test_an_export_has_what_the_filter_shows_and_is_recorded(browser: TestClient[Litestar]) -> None:
    answer = browser.get("/audit/export?form=jsonl&who=ada&action=sign-in")
    assert answer.headers["content-type"].startswith("application/jsonl")
    assert 'filename="audit-' in answer.headers["content-disposition"]
    assert [json.loads(line)["number"] for line in answer.text.splitlines()] == [3]
    newest = rows(browser)[0]
    assert (newest["action"], newest["subject"], newest["who"]) == ("audit.export", "jsonl", "ada")
    assert newest["detail"] == "form=jsonl&who=ada&action=sign-in"


def test_no_cell_of_a_csv_is_a_formula(browser: TestClient[Litestar]) -> None:
    table = list(csv.DictReader(io.StringIO(browser.get("/audit/export?form=csv").text)))
    assert len(table) == len(STORY) + 1
    assert table[5]["subject"] == '\'=HYPERLINK("http://example.com")'
    assert not [cell for row in table for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_an_export_in_another_form_is_refused(browser: TestClient[Litestar]) -> None:
    answer = browser.get("/audit/export?form=xlsx")
    assert answer.status_code == 422
    assert "Choose jsonl or csv." in answer.text


def test_an_export_that_cannot_be_recorded_is_not_made(
    browser: TestClient[Litestar], parts: SiteParts
) -> None:
    with database_of(parts).writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    answer = browser.get("/audit/export?form=csv")
    assert answer.status_code == 500
    assert "The disk is full" in answer.text
    assert "finding.accept" not in answer.text


def test_the_chain_is_checked_on_demand_and_that_is_recorded(browser: TestClient[Litestar]) -> None:
    headers = {"origin": "http://127.0.0.1:8411"}
    form = {"seal": seal(browser), "back": "/audit"}
    assert browser.post("/audit/verify", data=form, headers=headers).status_code == 200
    page = browser.get("/audit").text
    assert "The chain is whole: 6 entries checked" in page
    newest = rows(browser)[0]
    assert (newest["action"], newest["result"]) == ("audit.verify", "whole")


async def test_a_broken_chain_is_told_on_every_page(parts: SiteParts) -> None:
    with database_of(parts).writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET who = 'eve' WHERE number = 2")
    assert parts.audit is not None
    await parts.audit.verify()
    with signed_in(parts) as browser:
        for path in ("/", "/workloads", "/audit", "/nowhere"):
            assert "Entry 2 was changed after it was written." in browser.get(path).text


def test_a_volume_that_takes_nothing_is_told_and_reading_goes_on(parts: SiteParts) -> None:
    assert parts.own_state is not None
    parts.own_state.tell(own_state.WRITING, "Nothing can be kept.", "Make room.")
    with signed_in(parts) as browser:
        for path in ("/", "/health", "/audit"):
            answer = browser.get(path)
            assert answer.status_code == 200
            assert "Nothing can be kept." in answer.text
            assert "Reading goes on." in answer.text


def test_a_site_without_a_state_has_no_audit_page(browser: TestClient[Litestar]) -> None:
    assert 'href="/audit"' in browser.get("/").text
    with signed_in(parts_of(picture([]))) as other:
        assert 'href="/audit"' not in other.get("/").text
        assert other.get("/audit").status_code == 422
