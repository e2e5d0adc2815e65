from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from rich.console import Console

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
from mission_control.terminal.health import ago, page

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CLAIM = Subject("PersistentVolumeClaim", "shop", "data-store-0")
ROOT = Finding(
    code="volume-unbound",
    verdict=Verdict.BROKEN,
    subject=CLAIM,
    says="store-0 cannot start: its claim data-store-0 asks for class fast, which does not exist.",
    fix="Create the class.",
    component="store",
    installation="shop/app",
    evidence=(Evidence("event", 'storageclass "fast" not found', "3 times"),),
    since=NOW - timedelta(minutes=4),
    command="kubectl -n shop describe pvc data-store-0",
)
EFFECT = Finding(
    code="crash-loop",
    verdict=Verdict.BROKEN,
    subject=Subject("Pod", "shop", "api-1"),
    says="api-1 ends again and again.",
    component="api",
    installation="shop/app",
    root=False,
    effect_of=ROOT.key,
)
OUTSIDE = Finding("image-pull", Verdict.BROKEN, Subject("Pod", "other", "job-1"), "job-1 has no image.")


def component(key: str, verdict: Verdict, ready: int | None = 1) -> ComponentHealth:
    return ComponentHealth(key, key.title(), "core", verdict, ready, 1)


INSTALLATION = InstallationHealth(
    product="app",
    title="App",
    namespace="shop",
    release="app",
    chart="app-1.2.3",
    app_version="1.2",
    verdict=Verdict.BROKEN,
    headline="The store cannot start, and with it 1 other component.",
    components=(component("store", Verdict.BROKEN, 0), component("web", Verdict.HEALTHY)),
)


def health(*findings: Finding, blind: tuple[Blind, ...] = ()) -> Health:
    return Health("dev", NOW, Verdict.BROKEN, (INSTALLATION,), findings, blind)


def drawn(judged: Health, *, everything: bool = False) -> str:
    out = Console(file=io.StringIO(), width=120)
    out.print(page(judged, everything=everything))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_verdict_comes_first() -> None:
    assert drawn(health(ROOT)).splitlines()[0] == "✖ broken  cluster dev, 1 installation"


def test_a_root_shows_sentence_repair_command_evidence_and_age() -> None:
    text = drawn(health(ROOT))
    for part in (ROOT.says, ROOT.fix, ROOT.command, 'storageclass "fast" not found', "3 times", "4 min ago"):
        assert part in text


def test_effects_are_folded_under_their_root() -> None:
    text = drawn(health(ROOT, EFFECT))
    assert "1 more: api" in text
    assert EFFECT.says not in text


def test_healthy_components_take_one_line_unless_all_are_asked_for() -> None:
    assert "Web" not in drawn(health(ROOT))
    assert "the other component is healthy" in drawn(health(ROOT))
    assert "Web" in drawn(health(ROOT), everything=True)


def test_faults_outside_any_installation_are_counted_and_told_on_demand() -> None:
    assert "1 fault outside any installation; see with --all" in drawn(health(ROOT, OUTSIDE))
    assert OUTSIDE.says not in drawn(health(ROOT, OUTSIDE))
    assert OUTSIDE.says in drawn(health(ROOT, OUTSIDE), everything=True)


def test_what_was_not_seen_stands_at_the_end() -> None:
    text = drawn(health(ROOT, blind=(Blind("Event", "shop", "refused", "list events"),)))
    assert text.splitlines()[-1].split() == [
        "Event",
        "in",
        "shop",
        "refused",
        "would",
        "need:",
        "list",
        "events",
    ]


def test_a_cluster_without_installations_says_so() -> None:
    assert drawn(Health("dev", NOW, Verdict.HEALTHY)) == "● healthy  cluster dev, no installation found\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s ago"), (40, "40 s ago"), (720, "12 min ago"), (11000, "3 h ago"), (200000, "2 d ago")],
)
def test_ages_are_told_in_the_largest_unit(seconds: int, text: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == text


def accepted(until: datetime | None) -> Accepted:
    acceptance = Acceptance(
        "c", ROOT.code, CLAIM, ROOT.verdict, "", (), ROOT.says, "the night", "ada", NOW, until
    )
    return Accepted(ROOT, (OUTSIDE,), acceptance)


def test_what_was_accepted_is_folded_with_its_reason_and_end() -> None:
    text = drawn(msgspec.structs.replace(health(), accepted=(accepted(NOW + timedelta(hours=8)),)))
    assert "1 accepted as expected" in text
    assert "with 1 more: the night (ada, until 2026-11-21T16:00+00:00)" in text
    assert ROOT.says not in text
    assert "healthy or as accepted" in text


def test_what_was_accepted_without_an_end_says_so() -> None:
    assert "(ada, until it changes)" in drawn(msgspec.structs.replace(health(), accepted=(accepted(None),)))
