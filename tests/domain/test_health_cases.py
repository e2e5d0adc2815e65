"""Every case of the health engine: objects in, findings out, exactly those and no others."""

from __future__ import annotations

from typing import Any

import pytest

from mission_control.domain.health import CODES, judge
from mission_control.domain.verdict import Finding, Health
from tests.domain.casebook import cases, picture, shop, tails

CASES = dict(cases())
SHOP = shop()
LATER = {
    "drifted",  # arrives with release management
}


@pytest.mark.parametrize("name", CASES)
def test_the_findings_are_exactly_those_of_the_case(name: str) -> None:
    case = CASES[name]
    expect = case["expect"]
    health = judge(picture(case), (SHOP,), tails(case))
    wanted = expect.get("findings", [])
    left = list(health.findings)
    for want in wanted:
        hit = next((found for found in left if is_meant(found, want)), None)
        assert hit is not None, f"{want} is not among {told(health)}"
        left.remove(hit)
    assert not left, f"more than expected: {[(f.code, f.component, f.says) for f in left]}"
    assert health.verdict.value == expect["verdict"], told(health)
    shown = {c.key: c.verdict.value for i in health.installations for c in i.components}
    assert {key: shown.get(key) for key in expect.get("components", {})} == expect.get("components", {})


def is_meant(found: Finding, want: dict[str, Any]) -> bool:
    facts = {
        "code": found.code,
        "component": found.component,
        "subject": f"{found.subject.kind}/{found.subject.name}",
        "root": found.root,
        "verdict": found.verdict.value,
        "pods": found.pods,
        "installation": found.installation,
        "effect_of": found.effect_of.partition(":")[0] if found.effect_of else None,
    }
    texts = {"says": found.says, "fix": found.fix, "evidence": " ".join(e.text for e in found.evidence)}
    same = all(facts[key] == value for key, value in want.items() if key in facts)
    return same and all(value in texts[key] for key, value in want.items() if key in texts)


def told(health: Health) -> list[tuple[object, ...]]:
    return [
        (f.code, f.component, f.subject.path, f.root, f.verdict.value, f.says, f.fix) for f in health.findings
    ]


@pytest.mark.parametrize("code", [code.code for code in CODES if code.code not in LATER])
def test_each_code_has_a_case_that_shows_it_and_one_that_does_not(code: str) -> None:
    folder = [case for name, case in CASES.items() if name.startswith(code + "/")]
    shows = [any(f["code"] == code for f in case["expect"].get("findings", [])) for case in folder]
    assert True in shows
    assert False in shows


@pytest.mark.parametrize("name", CASES)
def test_each_finding_says_what_to_do_and_shows_what_was_seen(name: str) -> None:
    for finding in judge(picture(CASES[name]), (SHOP,), tails(CASES[name])).findings:
        assert finding.says.endswith((".", "…"))
        assert finding.fix.endswith(".")
        assert finding.command
        assert "  " not in finding.says + finding.fix
        assert "{" not in finding.fix
