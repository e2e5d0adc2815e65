"""The machine-readable answer, as programs outside rely on it: field names and statuses never change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mission_control.domain.report import exit_code, report
from mission_control.domain.verdict import (
    Acceptance,
    Accepted,
    Blind,
    ComponentHealth,
    Evidence,
    Finding,
    Health,
    InstallationHealth,
    Subject,
    Verdict,
)
from mission_control.terminal import screen

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "health-1.json"
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CLAIM = Subject("PersistentVolumeClaim", "shop", "data-store-0")
ROOT = Finding(
    "volume-unbound",
    Verdict.BROKEN,
    CLAIM,
    "store-0 cannot start.",
    fix="Create the class.",
    component="store",
    installation="shop/app",
    evidence=(Evidence("event", "not found"),),
    since=NOW,
)
EFFECT = Finding(
    "crash-loop",
    Verdict.BROKEN,
    Subject("Pod", "shop", "api-1"),
    "api-1 ends.",
    root=False,
    effect_of=ROOT.key,
)
STORE = ComponentHealth("store", "Store", "data", Verdict.BROKEN, 0, 1)
APP = InstallationHealth(
    "app", "App", "shop", "app", "app-1.2.3", "1.2", Verdict.BROKEN, "It is down.", (STORE,)
)
QUIET = Finding(
    "scaled-to-zero", Verdict.BROKEN, Subject("Deployment", "shop", "night"), "night asks for 0 replicas."
)
WORD = Acceptance(
    "c", QUIET.code, QUIET.subject, QUIET.verdict, "", (), QUIET.says, "it is night", "ada", NOW, None
)
HEALTH = Health(
    "dev",
    NOW,
    Verdict.BROKEN,
    (APP,),
    (ROOT, EFFECT),
    (Blind("Event", "shop", "refused", "list"),),
    (Accepted(QUIET, (), WORD),),
)

FIELDS = {
    "": {"schema", "cluster", "at", "verdict", "installations", "findings", "blind"},
    "installations": {"product", "namespace", "release", "chart", "verdict", "headline", "components"},
    "findings": {
        "code", "verdict", "root", "effect_of", "component", "installation", "subject", "says", "fix",
        "evidence", "since",
    },
    "blind": {"kind", "namespace", "reason", "would_need"},
    "accepted": {"finding", "effects", "reason", "who", "at", "until"},
}  # fmt: skip


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    screen.show_tree(report(HEALTH), "json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.parametrize("part", FIELDS)
def test_no_field_is_renamed_or_removed(part: str, printed: dict[str, Any]) -> None:
    tree = printed[part][0] if part else printed
    assert set(tree) >= FIELDS[part]


def test_it_names_its_schema_and_its_time_with_a_zone(printed: dict[str, Any]) -> None:
    assert printed["schema"] == "mission-control/health/1"
    assert datetime.fromisoformat(printed["at"]) == NOW


def test_an_effect_names_its_root_by_code_and_object(printed: dict[str, Any]) -> None:
    root, effect = printed["findings"]
    about = root["subject"]
    key = f"{root['code']}:{about['kind']}/{about['namespace']}/{about['name']}"
    assert (effect["root"], effect["effect_of"]) == (False, key)
    assert (root["root"], root["effect_of"]) == (True, None)


def test_what_was_accepted_is_no_finding(printed: dict[str, Any]) -> None:
    assert [entry["finding"]["code"] for entry in printed["accepted"]] == ["scaled-to-zero"]
    assert "scaled-to-zero" not in {finding["code"] for finding in printed["findings"]}


def test_the_answer_obeys_the_published_schema(printed: dict[str, Any]) -> None:
    jsonschema.validate(printed, json.loads(SCHEMA.read_text()))


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
def test_a_verdict_has_its_status(verdict: Verdict, status: int) -> None:
    assert exit_code(verdict) == status


def test_workloads_outside_any_installation_count_only_when_asked_for() -> None:
    outside = Finding("image-pull", Verdict.BROKEN, Subject("Pod", "other", "job-1"), "job-1 has no image.")
    health = Health("dev", NOW, Verdict.HEALTHY, findings=(outside,))
    assert report(health).verdict is Verdict.HEALTHY
    assert report(health, everything=True).verdict is Verdict.BROKEN
