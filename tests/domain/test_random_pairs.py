"""Two faults at once, drawn at random: neither hides the other, and nothing else is told as a root."""

from __future__ import annotations

import random
import time
from functools import cache
from itertools import combinations

import pytest

from mission_control.domain.health import judge
from mission_control.domain.product import Product
from mission_control.domain.verdict import Finding, Health, Verdict
from mission_control.products.catalog import products
from tests.domain.faultbook import NAMESPACE, RELEASE, Expected, Fault, Scenery, every_fault, touches

PAIRS = 200
SECONDS = 2.0
Placed = tuple[Fault, str]


@cache
def drawn() -> tuple[tuple[Placed, Placed], ...]:
    """Pairs that do not touch the same things, always the same ones."""
    known = {(fault, place): touches(fault, place) for fault, place in every_fault()}
    free = [(a, b) for a, b in combinations(known, 2) if not known[a] & known[b]]
    return tuple(random.Random(7).sample(free, PAIRS))  # noqa: S311 (the same ones each time)


def named(placed: Placed) -> str:
    return f"{placed[0].__name__} {placed[1]}".strip()


def pack() -> Product:
    return next(p for p in products() if p.key == RELEASE)


def is_it(finding: Finding, expected: Expected) -> bool:
    here = expected.component is not None and finding.component == expected.component
    return finding.code in expected.codes and (here or finding.subject.name == expected.subject)


def needs(component: str | None) -> set[str]:
    """What a component needs, directly or through others."""
    found: set[str] = set()
    todo = {component}
    while todo:
        edges = [e for e in pack().dependencies if e.source in todo and e.required]
        todo = {e.target for e in edges} - found  # type: ignore[assignment]
        found |= {e.target for e in edges}
    return found


def is_told(health: Health, expected: Expected) -> bool:
    """A root; or an effect of a needed component's, or of what its Job or release waits for."""
    roots = {finding.key: finding for finding in health.findings if finding.root}
    for finding in health.findings:
        if not is_it(finding, expected):
            continue
        if finding.root:
            return True
        cause = roots[finding.effect_of or ""]
        job_or_release = finding.subject.kind in ("Job", "Release")
        if cause.component in needs(finding.component) or job_or_release or cause.subject.kind == "Node":
            return True
    return False


def told(health: Health) -> list[tuple[object, ...]]:
    return [(f.code, f.component, f.subject.path, f.root, f.effect_of, f.says) for f in health.findings]


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Reads the packs and judges once, so that the first test pays for nobody else."""
    drawn()
    judge(Scenery().picture(), products())


@pytest.mark.parametrize("number", range(PAIRS))
def test_two_faults_are_both_named_or_one_explains_the_other(number: int) -> None:
    (first, place), (second, other) = drawn()[number]
    scenery = Scenery()
    expected = (first(scenery, place), second(scenery, other))
    snapshot = scenery.picture()
    began = time.perf_counter()
    health = judge(snapshot, products(), scenery.tails)
    took = time.perf_counter() - began
    names = f"{first.__name__} {place} and {second.__name__} {other}"
    assert all(is_told(health, one) for one in expected), f"{names}: {told(health)}"
    strange = [f for f in health.findings if f.root and not any(is_it(f, one) for one in expected)]
    assert not strange, f"{names}: {told(health)}"
    assert health.verdict in (Verdict.BROKEN, Verdict.DEGRADED)
    assert took < SECONDS


@pytest.mark.parametrize("placed", list(every_fault()), ids=named)
def test_a_fault_alone_is_the_only_root(placed: Placed) -> None:
    scenery = Scenery()
    expected = placed[0](scenery, placed[1])
    health = judge(scenery.picture(), products(), scenery.tails)
    roots = [f for f in health.findings if f.root]
    assert len([root for root in roots if root.installation]) == 1, told(health)
    assert all(is_it(root, expected) for root in roots), told(health)
    assert not [f.says for f in health.findings if "  " in f.says or ": ." in f.says]


def test_the_recorded_installation_is_healthy() -> None:
    health = judge(Scenery().picture(), products())
    assert health.verdict is Verdict.HEALTHY, told(health)
    assert [i.key for i in health.installations] == [f"{NAMESPACE}/{RELEASE}"]
    assert not health.findings
