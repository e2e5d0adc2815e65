from __future__ import annotations

import pytest

from mission_control.domain.health import judge
from mission_control.domain.usage import Usage, UsageIndex
from mission_control.products.catalog import products
from mission_control.services.top import Order, Top, What, top
from tests.web.stage import picture, refusing, usage_of
from tests.web.story import trees

SEEN = picture(trees(broken=True))
HEALTH = judge(SEEN, products())
MEASURED = UsageIndex(usage_of(SEEN))


def told(what: What, order: Order = "cpu", most: int | None = None, usage: UsageIndex = MEASURED) -> Top:
    return top(SEEN, HEALTH, usage, what, order, most)


def test_the_largest_use_comes_first_and_the_unmeasured_last() -> None:
    used = [row.memory.used for row in told("pods", "memory").rows]
    known = [value for value in used if value is not None]
    assert known == sorted(known, reverse=True)
    assert used == known + [None] * (len(used) - len(known))


def test_a_share_is_a_part_of_the_limit() -> None:
    shares = [row.cpu.share for row in told("pods", "cpu-share").rows if row.cpu.share is not None]
    assert len(shares) > 3
    assert shares == sorted(shares, reverse=True)


def test_a_component_is_the_sum_of_its_pods() -> None:
    row = next(row for row in told("components").rows if row.name == "backend")
    pods = [line for line in told("pods").rows if "langsmith-backend-" in line.name]
    assert row.pods == len(pods)
    assert row.memory.requested == sum(pod.memory.requested or 0 for pod in pods)
    assert row.restarts == sum(pod.restarts or 0 for pod in pods)


def test_a_node_is_measured_against_what_it_can_give() -> None:
    row = told("nodes").rows[0]
    assert row.cpu.limit is not None
    assert row.pods is not None


def test_names_stand_in_their_order() -> None:
    names = [(row.namespace, row.name) for row in told("pods", "name").rows]
    assert names == sorted(names)


def test_a_limit_cuts_the_list_and_keeps_the_count() -> None:
    found = told("pods", most=2)
    assert (len(found.rows), found.total) == (2, told("pods").total)


def test_without_metrics_the_requests_decide_and_the_reason_is_told() -> None:
    found = told("pods", usage=UsageIndex(Usage(refused="the metrics API is not served")))
    asked = [row.cpu.requested or 0 for row in found.rows]
    assert asked == sorted(asked, reverse=True)
    assert found.not_measured == "the metrics API is not served"
    assert {row.cpu.used for row in found.rows} == {None}


@pytest.mark.parametrize(("what", "kind"), [("pods", "Pod"), ("nodes", "Node"), ("components", "Pod")])
def test_a_list_with_holes_says_so(what: What, kind: str) -> None:
    narrow = picture(trees(broken=True), refusing(kind))
    assert top(narrow, HEALTH, MEASURED, what, "cpu").sees is False
    assert told(what).sees is True
