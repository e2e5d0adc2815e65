"""The Nodes page as a function: capacity, pressure, taints, versions, and whose pods run where."""

from __future__ import annotations

from mission_control.domain.health import judge
from mission_control.domain.usage import Usage, UsageIndex
from mission_control.domain.verdict import Verdict
from mission_control.products.catalog import products
from mission_control.services.nodes import NodeQuery, NodeRow, Nodes, nodes
from tests.web.stage import picture, refusing, usage_of
from tests.web.story import Tree, node_tree, trees
from tests.web.surroundings import whole

ALL = products()


def shown(query: NodeQuery | None = None, *, broken: bool = True, found: list[Tree] | None = None) -> Nodes:
    snapshot = picture(found or whole(broken=broken))
    usage = UsageIndex(usage_of(snapshot))
    return nodes(snapshot, judge(snapshot, ALL), usage, query or NodeQuery())


def row(page: Nodes, name: str) -> NodeRow:
    return next(entry for entry in page.rows if entry.name == name)


def test_a_node_says_what_it_gives_what_is_asked_of_it_and_what_is_used() -> None:
    found = row(shown(), "node-3")
    assert (found.cpu.used, found.cpu.requested, found.cpu.limit) == (1.4, 8.05, 8)
    assert (found.pods.used, found.pods.limit) == (12, 110)


def test_a_node_names_the_installations_whose_pods_it_runs_and_counts_the_rest() -> None:
    found = row(shown(broken=False), "node-3")
    assert [(tenant.title, tenant.pods) for tenant in found.tenants] == [("LangSmith", 12), ("", 1)]


def test_taints_roles_zone_and_machine_are_said() -> None:
    found = row(shown(), "control-1")
    assert found.taints == ("node-role.kubernetes.io/control-plane:NoSchedule",)
    assert (found.roles, found.machine) == (("control-plane",), "m8")
    assert row(shown(), "node-4").zone == "eu-1b"


def test_a_condition_that_a_node_should_not_have_is_said() -> None:
    found = row(shown(), "node-4")
    assert (found.troubles, found.verdict) == (("DiskPressure",), Verdict.DEGRADED)
    assert shown().rows[0] == found


def test_a_cordoned_node_needs_a_look_and_a_well_one_does_not() -> None:
    page = shown(NodeQuery(wrong=True), broken=False)
    assert [entry.name for entry in page.rows] == ["node-4"]
    assert page.rows[0].is_cordoned


def test_a_node_that_is_not_ready_is_never_shown_as_well() -> None:
    dead = node_tree("node-9")
    dead["status"]["conditions"][0]["status"] = "Unknown"
    page = shown(found=[dead])
    assert page.rows[0].state == "Silent"
    assert page.rows[0].verdict is Verdict.UNKNOWN
    assert page.ready == 0


def test_versions_are_counted() -> None:
    assert [(entry.version, entry.nodes) for entry in shown().versions] == [("v1.34.4", 3), ("v1.33.1", 2)]


def test_the_fullest_come_first_when_sorted_by_a_figure() -> None:
    assert shown(NodeQuery(sort="pods")).rows[0].name == "node-3"
    assert shown(NodeQuery(sort="-pods")).rows[-1].name == "node-3"
    assert shown(NodeQuery(sort="memory")).rows[0].name == "control-1"


def test_a_sort_that_there_is_not_is_the_plain_one() -> None:
    assert shown(NodeQuery(sort="nonsense")).query.sort == "verdict"


def test_every_word_of_the_filter_must_be_found() -> None:
    assert [entry.name for entry in shown(NodeQuery(text="M8 control")).rows] == ["control-1"]


def test_use_that_nobody_measured_stays_unknown() -> None:
    snapshot = picture(trees(broken=False))
    page = nodes(snapshot, judge(snapshot, ALL), UsageIndex(Usage()), NodeQuery(sort="cpu"))
    assert page.rows[0].cpu.used is None


def test_refused_nodes_come_with_the_role_that_grants_them() -> None:
    snapshot = picture([], refusing("Node"))
    page = nodes(snapshot, judge(snapshot, ALL), UsageIndex(Usage()), NodeQuery(), "somebody")
    assert page.grant is not None
    assert "resources: [nodes]" in page.grant.role


def test_a_hundred_nodes_fill_a_page() -> None:
    page = shown(NodeQuery(page=2), found=[node_tree(f"n-{place:03}") for place in range(130)])
    assert (len(page.rows), page.pages, page.total) == (30, 2, 130)
