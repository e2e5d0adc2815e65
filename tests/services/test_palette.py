"""Search as a function: what is found, in which order, and that thirty thousand objects are no trouble."""

from __future__ import annotations

import time

import msgspec

from mission_control.domain.health import judge
from mission_control.domain.objects import Object
from mission_control.domain.snapshot import snapshot_of
from mission_control.products.catalog import products
from mission_control.services.palette import MOST, PageName, Search, search
from tests.web.stage import decoded, loading, picture
from tests.web.story import NOW, Tree
from tests.web.surroundings import whole

ALL = products()
PAGES = (PageName("Nodes", "/nodes", "server-2"), PageName("Network", "/network", "network"))


def shown(text: str, found: list[Tree] | None = None) -> Search:
    snapshot = picture(whole(broken=True) if found is None else found)
    return search(snapshot, judge(snapshot, ALL), PAGES, text)


def titles(page: Search, group: str) -> list[str]:
    return [hit.title for hit in page.hits if hit.group == group]


def named(kind: str, name: str, namespace: str = "x") -> Tree:
    return {"kind": kind, "metadata": {"name": name, "namespace": namespace}}


def test_a_finding_comes_before_the_objects_that_bear_its_words() -> None:
    page = shown("postgres")
    assert page.hits[0].finding is not None
    assert page.hits[0].finding.code == "volume-unbound"
    assert page.hits[0].note == "Root cause, langsmith/demo"
    assert "demo-langsmith-postgres-0" in titles(page, "object")


def test_every_word_must_be_found_in_name_kind_or_namespace() -> None:
    assert titles(shown("backend service langsmith"), "object") == [
        "demo-langsmith-backend",
        "demo-langsmith-ace-backend",
        "demo-langsmith-platform-backend",
    ]
    assert shown("postgres nonsense").total == 0


def test_short_names_of_kinds_are_understood() -> None:
    assert [hit.link.kind for hit in shown("pvc").hits if hit.link][:2] == ["PersistentVolumeClaim"] * 2
    assert titles(shown("sc archive"), "object") == ["archive"]


def test_the_better_a_name_fits_the_earlier_it_comes() -> None:
    found = [named("ConfigMap", name) for name in ("xweb", "a-web", "web-2", "web", "none")]
    assert titles(shown("web", found), "object") == ["web", "web-2", "a-web", "xweb"]


def test_among_equals_what_is_not_well_comes_first() -> None:
    page = shown("x2k0q pod")
    weights = [hit.verdict.weight for hit in page.hits if hit.group == "object" and hit.verdict]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[-1]


def test_installations_and_pages_are_found_by_name() -> None:
    assert titles(shown("langsmith demo"), "installation") == ["LangSmith"]
    assert titles(shown("netw"), "page") == ["Network"]


def test_without_words_it_shows_what_is_wrong_and_where_one_can_go() -> None:
    page = shown("")
    assert titles(page, "object") == []
    assert all(hit.finding.root for hit in page.hits if hit.finding)
    assert titles(page, "page") == ["Nodes", "Network"]


def test_at_most_twenty_are_shown_and_all_are_counted() -> None:
    page = shown("p", [named("ConfigMap", f"p-{place}") for place in range(50)])
    assert len(page.hits) == MOST
    assert page.total == 50
    assert page.objects == 50


def test_no_verdict_is_told_while_the_picture_is_loading() -> None:
    snapshot = picture(whole(broken=True), loading(14))
    page = search(snapshot, judge(snapshot, ALL), PAGES, "postgres")
    assert page.hits
    assert [hit for hit in page.hits if hit.verdict or hit.finding] == []


def test_thirty_thousand_objects_are_searched_while_one_types() -> None:
    one = decoded([named("ConfigMap", "some-name-of-usual-length")])[0]

    def copy(place: int) -> Object:
        meta = msgspec.structs.replace(one.metadata, name=f"web-{place:05}-7c9d8b6f5-x2k0q")
        return msgspec.structs.replace(one, metadata=meta)

    snapshot = snapshot_of([copy(place) for place in range(30_000)], NOW)
    health = judge(snapshot, ())
    began = time.process_time()
    page = search(snapshot, health, PAGES, "web x2k0q")
    assert page.total == 30_000
    assert time.process_time() - began < 0.25
