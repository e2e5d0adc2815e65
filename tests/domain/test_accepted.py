"""What an acceptance covers, what brings a finding back, and the health that is left."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from mission_control.domain.accepted import (
    covers,
    facts,
    fold,
    hurt,
    lapsed,
    may_be_accepted,
    unfold,
)
from mission_control.domain.health import judge
from mission_control.domain.kinds import KINDS
from mission_control.domain.snapshot import ClusterFacts, Sight, Snapshot, cluster_key
from mission_control.domain.verdict import Acceptance, Finding, Health, Subject, Verdict
from mission_control.products.catalog import products
from tests.web.stage import picture, refusing
from tests.web.story import NOW, trees

ALL = products()


@pytest.fixture(scope="module")
def seen() -> Snapshot:
    return picture(trees(broken=True))


@pytest.fixture(scope="module")
def health(seen: Snapshot) -> Health:
    return judge(seen, ALL)


def root_of(health: Health) -> Finding:
    return next(entry for entry in health.findings if entry.code == "volume-unbound")


def accepting(snapshot: Snapshot, health: Health, finding: Finding, hours: float | None = 8) -> Acceptance:
    return Acceptance(
        cluster=cluster_key(snapshot),
        code=finding.code,
        subject=finding.subject,
        verdict=finding.verdict,
        facts=facts(finding),
        hurt=hurt(finding, health),
        says=finding.says,
        reason="the night",
        who="ada",
        at=NOW,
        until=NOW + timedelta(hours=hours) if hours is not None else None,
    )


def altered(health: Health, **fields: object) -> Health:
    """The same health with a root that says something else."""
    root = root_of(health)
    changed = msgspec.structs.replace(root, **fields)
    found = tuple(changed if entry is root else entry for entry in health.findings)
    return msgspec.structs.replace(health, findings=found)


def test_an_accepted_root_and_its_effects_count_no_more(seen: Snapshot, health: Health) -> None:
    acceptance = accepting(seen, health, root_of(health))
    left = fold(seen, health, [acceptance])
    assert (health.verdict, left.verdict) == (Verdict.BROKEN, Verdict.HEALTHY)
    assert [entry.acceptance for entry in left.accepted] == [acceptance]
    assert len(left.accepted[0].effects) > 2
    assert [entry for entry in left.findings if entry.installation] == []
    installation = left.installations[0]
    assert {part.verdict for part in installation.components} == {Verdict.HEALTHY}
    assert installation.headline == installation.summary == "Nothing is wrong beside what was accepted."


def test_what_was_not_accepted_still_counts(seen: Snapshot, health: Health) -> None:
    outside = next(entry for entry in health.findings if entry.installation is None)
    left = fold(seen, health, [accepting(seen, health, outside)])
    assert left.verdict is Verdict.BROKEN
    assert left.installations == health.installations
    assert outside not in left.findings


def test_an_accepted_effect_leaves_its_root_and_the_headline(seen: Snapshot, health: Health) -> None:
    effect = next(entry for entry in health.findings if not entry.root and entry.installation)
    left = fold(seen, health, [accepting(seen, health, effect)])
    assert left.verdict is Verdict.BROKEN
    assert left.installations[0].headline == health.installations[0].headline
    quiet = next(part for part in left.installations[0].components if part.key == effect.component)
    assert quiet.verdict is Verdict.HEALTHY


def test_it_is_back_when_the_time_is_over(seen: Snapshot, health: Health) -> None:
    acceptance = accepting(seen, health, root_of(health), hours=8)
    later = msgspec.structs.replace(health, at=NOW + timedelta(hours=8))
    assert fold(seen, later, [acceptance]) == later


@pytest.mark.parametrize(
    "fields",
    [
        {"says": "data-0 cannot be bound: its class wants a topology that no node has."},
        {"subject": Subject("PersistentVolumeClaim", "langsmith", "another")},
        {"code": "volume-lost"},
        {"affects": ("a-part-that-was-well",)},
    ],
)
def test_it_is_back_when_it_changes(seen: Snapshot, health: Health, fields: dict[str, object]) -> None:
    acceptance = accepting(seen, health, root_of(health))
    now = altered(health, **fields)
    assert fold(seen, now, [acceptance]) == now


def test_it_is_back_when_it_gets_worse_and_stays_when_it_gets_better(seen: Snapshot, health: Health) -> None:
    mild = altered(health, verdict=Verdict.DEGRADED)
    assert not covers(accepting(seen, mild, root_of(mild)), root_of(health), health)
    assert covers(accepting(seen, health, root_of(health)), root_of(mild), mild)


def test_it_is_back_when_one_more_component_suffers(seen: Snapshot, health: Health) -> None:
    root = root_of(health)
    fewer = tuple(entry for entry in health.findings if entry.effect_of != root.key)
    before = msgspec.structs.replace(health, findings=fewer)
    assert not covers(accepting(seen, before, root), root, health)
    assert covers(accepting(seen, health, root), root, before)


def test_an_acceptance_holds_in_its_own_cluster_only(seen: Snapshot, health: Health) -> None:
    elsewhere = msgspec.structs.replace(accepting(seen, health, root_of(health)), cluster="another")
    assert fold(seen, health, [elsewhere]) == health


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("api crashes: exit code 1, 7 restarts.", "api crashes: exit code 1, 12 restarts."),
        ("n1 has not answered for 40 s.", "n1 has not answered for 3 min."),
        ("fails since 2026-11-21T08:00:00+00:00.", "fails since 2026-11-21T09:30:12+00:00."),
        ("pod api-7c9d8b6f5-x2k0q waits.", "pod api-5f6d7c8b9-zz9aa waits."),
    ],
)
def test_what_changes_by_itself_is_no_fact(before: str, after: str) -> None:
    def said(text: str) -> Finding:
        return Finding("crash-loop", Verdict.BROKEN, Subject("Deployment", "shop", "api"), text)

    assert facts(said(before)) == facts(said(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [("2 of 3 pods ready", "1 of 3 pods ready"), ("class fast", "class slow"), ("code 1", "code 137")],
)
def test_what_changes_by_a_cause_is_a_fact(before: str, after: str) -> None:
    def said(text: str) -> Finding:
        return Finding("crash-loop", Verdict.BROKEN, Subject("Deployment", "shop", "api"), text)

    assert facts(said(before)) != facts(said(after))


def test_facts_hold_no_secret() -> None:
    finding = Finding("x", Verdict.BROKEN, Subject("Pod", "a", "b"), "it says password=hunter2")
    assert "hunter2" not in facts(finding)


def test_unfolding_gives_every_finding_back(seen: Snapshot, health: Health) -> None:
    back = unfold(fold(seen, health, [accepting(seen, health, root_of(health))]))
    assert sorted(entry.key for entry in back.findings) == sorted(entry.key for entry in health.findings)


def test_what_is_not_seen_may_not_be_accepted() -> None:
    about = Subject("Pod", "shop", "")
    assert not may_be_accepted(Finding("not-allowed", Verdict.UNKNOWN, about, "may not list pods"))
    assert may_be_accepted(Finding("scaled-to-zero", Verdict.BROKEN, about, "asks for 0"))


def test_a_hidden_component_stays_unknown(health: Health) -> None:
    narrow = picture(trees(broken=True), refusing("EndpointSlice"))
    judged = judge(narrow, ALL)
    left = fold(narrow, judged, [accepting(narrow, judged, root_of(judged))])
    assert left.verdict is Verdict.UNKNOWN
    assert {part.verdict for part in left.installations[0].components} == {Verdict.UNKNOWN}
    assert health.verdict is Verdict.BROKEN


def test_without_an_end_it_lapses_when_its_finding_is_gone(seen: Snapshot, health: Health) -> None:
    acceptance = accepting(seen, health, root_of(health), hours=None)
    well = picture(trees(broken=False))
    assert lapsed(seen, fold(seen, health, [acceptance]), [acceptance]) == ()
    assert lapsed(well, judge(well, ALL), [acceptance]) == (acceptance,)


def test_with_an_end_it_lasts_until_then(seen: Snapshot) -> None:
    well = picture(trees(broken=False))
    now = judge(well, ALL)
    acceptance = accepting(seen, judge(seen, ALL), root_of(judge(seen, ALL)), hours=1)
    assert lapsed(well, now, [acceptance]) == ()
    later = msgspec.structs.replace(now, at=NOW + timedelta(hours=2))
    assert lapsed(well, later, [acceptance]) == (acceptance,)


@pytest.mark.parametrize(
    "blinded",
    [
        lambda well: msgspec.structs.replace(well, sights=refusing("PersistentVolumeClaim")),
        lambda well: msgspec.structs.replace(well, sights=tuple(Sight(kind, "stale") for kind in KINDS)),
        lambda well: msgspec.structs.replace(well, sights=tuple(Sight(kind, "loading") for kind in KINDS)),
        lambda well: msgspec.structs.replace(well, cluster=ClusterFacts("prod-eu-1", "", ("batch",))),
    ],
    ids=["refused", "stale", "loading", "elsewhere"],
)
def test_what_cannot_be_seen_now_is_not_taken_for_gone(
    seen: Snapshot, health: Health, blinded: object
) -> None:
    acceptance = accepting(seen, health, root_of(health), hours=None)
    narrow = blinded(picture(trees(broken=False)))  # type: ignore[operator]
    assert lapsed(narrow, judge(narrow, ALL), [acceptance]) == ()
