"""The machine-readable form: it fits its schema, and its verdict and status mean what the contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from mission_control.domain.health import judge
from mission_control.domain.report import exit_code, report
from mission_control.domain.verdict import Health, Verdict
from tests.domain.casebook import cases, picture, shop, tails

CASES = dict(cases())
SHOP = shop()
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "health-1.json").read_text())


def judged(name: str) -> Health:
    return judge(picture(CASES[name]), (SHOP,), tails(CASES[name]))


def printed(name: str, *, everything: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(report(judged(name), everything=everything)))
    return found


@pytest.mark.parametrize("name", ["volume-unbound/no-such-class", "benign/quiet", "not-allowed/pods"])
def test_the_report_fits_its_schema(name: str) -> None:
    found = printed(name)
    Draft202012Validator(SCHEMA).validate(found)
    assert set(found) == set(SCHEMA["properties"])
    for finding in found["findings"]:
        assert set(finding) == set(SCHEMA["$defs"]["finding"]["properties"])


def test_a_report_that_lacks_a_field_does_not_fit() -> None:
    found = printed("benign/quiet")
    del found["blind"]
    assert not Draft202012Validator(SCHEMA).is_valid(found)


def test_an_effect_names_its_root_by_code_and_subject() -> None:
    found = printed("volume-unbound/no-such-class")["findings"]
    key = "volume-unbound:PersistentVolumeClaim/shop/data-prod-shop-store-0"
    assert [finding["effect_of"] for finding in found] == [None, key, key]


def test_evidence_says_how_often_and_when() -> None:
    root = printed("volume-unbound/no-such-class")["findings"][0]
    assert root["evidence"][0]["from"] == "event"
    assert "68 times" in root["evidence"][0]["text"]


def test_workloads_outside_installations_count_only_on_request() -> None:
    name = "crash-loop/outside-any-installation"
    assert printed(name)["verdict"] == "healthy"
    assert printed(name, everything=True)["verdict"] == "broken"
    assert printed(name)["findings"][0]["installation"] is None


def test_a_refused_kind_is_listed_with_the_right_that_it_needs() -> None:
    blind = printed("not-allowed/claims-and-nodes")["blind"]
    assert {"PersistentVolumeClaim", "Node", "Event", "NetworkPolicy"} == {entry["kind"] for entry in blind}
    assert "list, watch persistentvolumeclaims" in {entry["would_need"] for entry in blind}


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.HEALTHY, 0),
        (Verdict.PROGRESSING, 0),
        (Verdict.DEGRADED, 1),
        (Verdict.BROKEN, 1),
        (Verdict.UNKNOWN, 2),
    ],
)
def test_the_exit_status_follows_the_verdict(verdict: Verdict, status: int) -> None:
    assert exit_code(verdict) == status
