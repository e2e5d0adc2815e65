"""The Events page as a function: one line for one happening, counted, in its newest words."""

from __future__ import annotations

import pytest

from mission_control.domain.health import judge
from mission_control.products.catalog import products
from mission_control.services.happenings import EventQuery, Happenings, happenings
from tests.web.stage import picture, refusing
from tests.web.story import Tree
from tests.web.surroundings import event, whole

ALL = products()
QUEUE = "demo-langsmith-queue-7c9d8b6f5-x2k0q"
POD: Tree = {"kind": "Pod", "namespace": "x", "name": "p"}


def shown(query: EventQuery | None = None, found: list[Tree] | None = None) -> Happenings:
    snapshot = picture(whole(broken=True) if found is None else found)
    return happenings(snapshot, judge(snapshot, ALL), query or EventQuery())


def reasons(page: Happenings) -> list[str]:
    return [row.reason for row in page.rows]


def test_messages_that_differ_in_numbers_and_ids_only_are_one_line_in_the_newest_words() -> None:
    row = next(row for row in shown().rows if row.reason == "BackOff")
    assert (row.times, row.events) == (9, 2)
    assert row.message == "Back-off 40s restarting failed container in pod uid 99c"


def test_other_words_reasons_and_objects_stay_apart() -> None:
    found = [
        event("a", POD, "Failed", "image not found", 1, 5),
        event("b", POD, "Failed", "image is broken", 1, 5),
        event("c", POD, "Killing", "image not found", 1, 5),
        event("d", POD | {"name": "q"}, "Failed", "image not found", 1, 5),
    ]
    assert len(shown(found=found).rows) == 4


def test_the_newest_come_first_and_the_most_frequent_when_asked() -> None:
    assert reasons(shown())[-1] == "Pulled"
    assert reasons(shown(EventQuery(sort="times"))) == ["ProvisioningFailed", "BackOff", "Pulled"]
    assert reasons(shown(EventQuery(sort="-times"))) == ["Pulled", "BackOff", "ProvisioningFailed"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (EventQuery(type="Normal"), ["Pulled"]),
        (EventQuery(kind="PersistentVolumeClaim"), ["ProvisioningFailed"]),
        (EventQuery(about=f"Pod/langsmith/{QUEUE}"), ["BackOff", "Pulled"]),
        (EventQuery(about="Pod/langsmith/other"), []),
        (EventQuery(namespace="batch"), []),
        (EventQuery(text="FAST-SSD not"), ["ProvisioningFailed"]),
        (EventQuery(text="queue pulled"), ["Pulled"]),
        (EventQuery(within="5m", type="Normal"), ["Pulled"]),
        (EventQuery(within="nonsense", type="Normal"), ["Pulled"]),
    ],
)
def test_a_query_shows_what_fits_it(query: EventQuery, wanted: list[str]) -> None:
    assert reasons(shown(query)) == wanted


def test_what_was_seen_before_the_span_is_left_out() -> None:
    found = [event("old", POD, "Failed", "x", 1, 400), event("new", POD, "Pulled", "y", 1, 20)]
    assert reasons(shown(EventQuery(within="5m"), found)) == ["Pulled"]


def test_the_page_says_how_many_events_its_lines_tell() -> None:
    page = shown()
    assert (page.total, page.told, page.all, page.warnings) == (3, 4, 4, 2)
    assert shown(EventQuery(type="Normal")).told == 1


def test_an_object_that_is_gone_has_no_page() -> None:
    assert [row.has_page for row in shown(found=[event("a", POD, "Failed", "x", 1, 5)]).rows] == [False]


def test_refused_events_come_with_the_role_that_grants_them() -> None:
    snapshot = picture([], refusing("Event"))
    page = happenings(snapshot, judge(snapshot, ALL), EventQuery())
    assert page.grant is not None
    assert "resources: [events]" in page.grant.role


def test_a_page_holds_a_hundred_lines() -> None:
    found = [event(f"e{place}", POD | {"name": f"p{place}"}, "Failed", "x", 1, 5) for place in range(130)]
    page = shown(EventQuery(page=2), found)
    assert (len(page.rows), page.pages, page.total) == (30, 2, 130)
