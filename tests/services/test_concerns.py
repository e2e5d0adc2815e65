"""What an object stands for, and the events that are left when only some are asked for."""

from __future__ import annotations

from datetime import timedelta

from mission_control.domain.objects import Event
from mission_control.domain.snapshot import Snapshot
from mission_control.services.concerns import narrowed, with_made
from mission_control.services.facts import Link
from tests.web.stage import picture
from tests.web.story import NAMESPACE, NOW, Tree, trees

POD = "demo-langsmith-backend-7c9d8b6f5-x2k0q"
WORKLOAD = Link("Deployment", NAMESPACE, "demo-langsmith-backend")


def event(name: str, pod: str, minutes: int | None) -> Tree:
    seen = {} if minutes is None else {"lastTimestamp": (NOW - timedelta(minutes=minutes)).isoformat()}
    about = {"kind": "Pod", "namespace": NAMESPACE, "name": pod}
    return {
        "kind": "Event",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "involvedObject": about,
        "reason": "BackOff",
        **seen,
    }


def seen(*events: Tree) -> Snapshot:
    return picture([*(tree for tree in trees(broken=True) if tree["kind"] != "Event"), *events])


def names(snapshot: Snapshot) -> list[str]:
    return sorted(event.name for event in snapshot.all(Event))


def test_a_workload_stands_for_what_it_made() -> None:
    kinds = {link.kind for link in with_made(seen(), WORKLOAD)}
    assert kinds == {"Deployment", "ReplicaSet", "Pod"}


def test_a_pod_stands_for_itself() -> None:
    link = Link("Pod", NAMESPACE, POD)
    assert with_made(seen(), link) == (link,)


def test_the_events_of_a_workload_are_those_of_its_pods() -> None:
    snapshot = seen(event("mine", POD, 1), event("other", "another", 1))
    assert names(narrowed(snapshot, WORKLOAD)) == ["mine"]


def test_an_object_that_is_gone_still_has_its_events() -> None:
    snapshot = seen(event("mine", "gone", 1), event("other", POD, 1))
    assert names(narrowed(snapshot, Link("Pod", NAMESPACE, "gone"))) == ["mine"]


def test_what_was_not_seen_lately_is_left_out() -> None:
    snapshot = seen(event("new", POD, 9), event("old", POD, 11), event("undated", POD, None))
    assert names(narrowed(snapshot, since=timedelta(minutes=10))) == ["new"]
    assert names(narrowed(snapshot)) == ["new", "old", "undated"]


def test_everything_else_stays_in_the_picture() -> None:
    snapshot = seen(event("new", POD, 9))
    left = narrowed(snapshot, WORKLOAD)
    others = {shape for shape in snapshot.shelves if shape is not Event}
    assert {shape: left.shelves[shape] for shape in others} == {
        shape: snapshot.shelves[shape] for shape in others
    }
