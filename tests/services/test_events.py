"""What the cluster reported: told once, counted, newest words; filtered by object, type and age."""

from __future__ import annotations

from datetime import timedelta

from mission_control.domain.snapshot import Snapshot
from mission_control.services.events import EventQuery, Happening, happenings
from mission_control.services.facts import Link
from tests.web.stage import picture
from tests.web.story import NAMESPACE, NOW, Tree, trees

POD = "demo-langsmith-backend-7c9d8b6f5-x2k0q"


def event(name: str, **fields: object) -> Tree:
    about = {"kind": "Pod", "namespace": NAMESPACE, "name": POD}
    plain: Tree = {
        "kind": "Event",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "involvedObject": about,
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off restarting",
        "count": 2,
        "firstTimestamp": (NOW - timedelta(hours=2)).isoformat(),
        "lastTimestamp": NOW.isoformat(),
        "source": {"component": "kubelet"},
    }
    return {**plain, **fields}


def ago(minutes: int) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat()


def seen(*events: Tree) -> Snapshot:
    others = [tree for tree in trees(broken=True) if tree["kind"] != "Event"]
    return picture([*others, *events])


def told(snapshot: Snapshot, **query: object) -> list[Happening]:
    return list(happenings(snapshot, EventQuery(**query)))  # type: ignore[arg-type]


def test_the_same_thing_is_told_once_with_its_newest_words() -> None:
    snapshot = seen(
        event("a", message="old words", lastTimestamp=ago(9), count=3),
        event("b", message="new words", firstTimestamp=ago(30)),
    )
    (line,) = told(snapshot)
    assert (line.times, line.message, line.reporter) == (5, "new words", "kubelet")
    assert (line.first, line.last) == (NOW - timedelta(hours=2), NOW)


def test_another_reason_or_object_is_another_line() -> None:
    other = {"kind": "Pod", "namespace": NAMESPACE, "name": "another"}
    assert len(told(seen(event("a"), event("b", reason="Failed"), event("c", involvedObject=other)))) == 3


def test_the_newest_stands_first_and_the_order_can_be_turned() -> None:
    snapshot = seen(event("a"), event("b", reason="Failed", lastTimestamp=ago(5), count=40))
    assert [line.reason for line in told(snapshot)] == ["BackOff", "Failed"]
    assert [line.reason for line in told(snapshot, sort="-last")] == ["Failed", "BackOff"]
    assert [line.reason for line in told(snapshot, sort="times")] == ["Failed", "BackOff"]


def test_a_type_is_chosen_in_any_case() -> None:
    snapshot = seen(event("a"), event("b", reason="Pulled", type="Normal"))
    assert [line.reason for line in told(snapshot, type="normal")] == ["Pulled"]


def test_what_was_not_seen_lately_is_left_out() -> None:
    snapshot = seen(event("a"), event("b", reason="Failed", lastTimestamp=ago(11)))
    assert [line.reason for line in told(snapshot, since=600)] == ["BackOff"]


def test_an_object_stands_for_what_it_made() -> None:
    snapshot = seen(event("a"))
    workload = Link("Deployment", NAMESPACE, "demo-langsmith-backend")
    assert [line.name for line in told(snapshot, about=workload)] == [POD]
    assert told(snapshot, about=Link("Deployment", NAMESPACE, "demo-langsmith-frontend")) == []
    assert [line.name for line in told(snapshot, about=Link("Pod", NAMESPACE, POD))] == [POD]


def test_an_object_that_is_gone_still_has_its_events() -> None:
    gone = {"kind": "Pod", "namespace": NAMESPACE, "name": "gone"}
    snapshot = seen(event("a", involvedObject=gone))
    assert [line.name for line in told(snapshot, about=Link("Pod", NAMESPACE, "gone"))] == ["gone"]


def test_words_and_namespace_narrow_the_list() -> None:
    elsewhere = {"kind": "Pod", "namespace": "batch", "name": "nightly"}
    snapshot = seen(
        event("a"), event("b", metadata={"name": "b", "namespace": "batch"}, involvedObject=elsewhere)
    )
    assert [line.name for line in told(snapshot, namespace="batch")] == ["nightly"]
    assert [line.name for line in told(snapshot, text="BACKEND back-off")] == [POD]


def test_an_event_without_times_comes_last() -> None:
    bare = event("b", reason="Odd")
    for field in ("firstTimestamp", "lastTimestamp", "count"):
        bare.pop(field)
    snapshot = seen(event("a"), bare)
    line = told(snapshot)[-1]
    assert (line.reason, line.times, line.last) == ("Odd", 1, None)
