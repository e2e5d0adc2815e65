"""The Workloads page as a function: what a query shows, in which order, and what it says of itself."""

from __future__ import annotations

from mission_control.domain.health import judge
from mission_control.domain.usage import UsageIndex
from mission_control.products.catalog import products
from mission_control.services.listing import PAGE, descends
from mission_control.services.workloads import Query, Workloads, workloads
from mission_control.web.addresses import rows_address, sort_address, sort_state
from tests.web.stage import picture, refusing, usage_of
from tests.web.story import Tree, meta, trees

ALL = products()


def shown(query: Query, *, broken: bool = True, found: list[Tree] | None = None) -> Workloads:
    snapshot = picture(found if found is not None else trees(broken=broken))
    return workloads(snapshot, judge(snapshot, ALL), UsageIndex(usage_of(snapshot)), query, ALL)


def names(page: Workloads) -> list[str]:
    return [row.name.removeprefix("demo-langsmith-") for row in page.rows]


def bare(count: int) -> list[Tree]:
    return [
        {"kind": "Pod", "metadata": {"name": f"p-{place:04}", "namespace": "x"}} for place in range(count)
    ]


def test_the_worst_come_first_and_then_by_namespace_and_name() -> None:
    page = shown(Query())
    weights = [row.verdict.weight for row in page.rows]
    assert weights == sorted(weights, reverse=True)
    assert names(page)[:2] == ["nightly-report-0", "backend-7c9d8b6f5-x2k0q"]


def test_a_minus_turns_the_order_round() -> None:
    assert names(shown(Query(sort="name"))) == names(shown(Query(sort="-name")))[::-1]


def test_figures_begin_with_the_largest() -> None:
    assert names(shown(Query(sort="memory")))[0] == "clickhouse-0"
    assert names(shown(Query(sort="-memory")))[0] == "postgres-0"


def test_a_sort_that_there_is_not_is_the_plain_one() -> None:
    assert names(shown(Query(sort="nonsense"))) == names(shown(Query()))


def test_every_word_of_the_filter_must_be_found() -> None:
    assert names(shown(Query(text="BACKEND crashloop"))) == [
        "backend-7c9d8b6f5-x2k0q",
        "backend-7c9d8b6f5-x2k1q",
        "platform-backend-7c9d8b6f5-x2k0q",
        "platform-backend-7c9d8b6f5-x2k1q",
        "platform-backend-7c9d8b6f5-x2k2q",
    ]


def test_a_namespace_shows_only_its_own() -> None:
    page = shown(Query(namespace="batch"))
    assert names(page) == ["nightly-report-0"]
    assert (page.total, page.all) == (1, 13)
    assert page.namespaces == ("batch", "langsmith")


def test_only_what_is_wrong_leaves_out_what_is_well() -> None:
    page = shown(Query(wrong=True))
    assert page.total == 8
    assert shown(Query(wrong=True), broken=False).total == 0


def test_a_page_holds_a_hundred_and_the_last_what_is_left() -> None:
    found = bare(230)
    pages = [shown(Query(sort="name", page=place), found=found) for place in (1, 3, 99)]
    assert [len(page.rows) for page in pages] == [PAGE, 30, 30]
    assert [page.query.page for page in pages] == [1, 3, 3]
    assert pages[0].pages == 3


def test_a_deployment_sums_up_its_pods() -> None:
    row = next(row for row in shown(Query(kind="deployments")).rows if row.name.endswith("platform-backend"))
    assert (row.ready, row.wanted, row.restarts) == (0, 3, 21)
    assert row.cpu.requested == 1.5
    assert row.cpu.limit == 6
    assert row.component == "platform-backend"


def test_an_unknown_kind_is_the_pods() -> None:
    assert shown(Query(kind="secrets")).kind == "Pod"


def test_a_refused_kind_is_said() -> None:
    snapshot = picture([], refusing("Pod"))
    page = workloads(snapshot, judge(snapshot, ALL), UsageIndex(usage_of(snapshot)), Query())
    assert [entry.kind for entry in page.refused] == ["Pod"]
    assert page.kinds[0].count is None


def test_the_address_says_only_what_differs() -> None:
    query = Query(kind="jobs", text="a b", page=3)
    assert rows_address(Query()) == "/workloads"
    assert rows_address(query) == "/workloads?kind=jobs&q=a+b"
    assert rows_address(query, page=4) == "/workloads?kind=jobs&q=a+b&page=4"
    assert rows_address(query, kind="pods", text="") == "/workloads"


def test_the_same_column_again_turns_round() -> None:
    assert sort_address(Query(), "memory") == "/workloads?sort=memory"
    assert sort_address(Query(sort="memory"), "memory") == "/workloads?sort=-memory"
    assert [sort_state(Query(sort=sort), "memory") for sort in ("memory", "-memory", "name")] == [
        "descending",
        "ascending",
        "none",
    ]
    assert descends("verdict", Query.largest_first)
    assert not descends("name", Query.largest_first)


def test_what_belongs_to_no_installation_is_a_choice_with_its_findings() -> None:
    page = shown(Query(installation="none"))
    assert names(page) == ["nightly-report-0"]
    assert [finding.subject.name for finding in page.findings] == ["nightly-report-0"]
    assert page.installations == (("langsmith/demo", "LangSmith"),)


def test_an_installation_shows_its_own_pods_jobs_and_findings() -> None:
    page = shown(Query(installation="langsmith/demo"))
    assert page.total == 12
    assert {finding.installation for finding in page.findings} == {"langsmith/demo"}
    job: Tree = {"kind": "Job", "metadata": meta("demo-langsmith-backend-migrations", "backend")}
    found = [*trees(broken=False), job]
    assert names(shown(Query(kind="jobs", installation="langsmith/demo"), found=found)) == [
        "backend-migrations"
    ]
    assert names(shown(Query(kind="jobs", installation="none"), found=found)) == []


def test_without_a_choice_no_finding_stands_above_the_list() -> None:
    assert shown(Query()).findings == ()
