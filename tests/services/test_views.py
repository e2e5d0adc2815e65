"""What a view shows: a picture and a judgement of its own, whose pace tells nothing of what is elsewhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from mission_control.domain.objects import Node, Pod
from mission_control.domain.rights import RoleAt
from mission_control.domain.view import ALL, EVERYTHING, View, narrowed, view_of
from mission_control.services.views import Views
from tests.web.stage import Judgements, Measured, picture, usage_of
from tests.web.story import NOW, Tree
from tests.web.two import PLANTED, A, B, both

ONLY_A = view_of([RoleAt(A, "viewer")])


def without(found: list[Tree], namespace: str) -> list[Tree]:
    """The same cluster with one pod less in a namespace."""
    pods = [t for t in found if t["kind"] == "Pod" and t["metadata"]["namespace"] == namespace]
    return [tree for tree in found if tree is not pods[0]]


def test_who_has_a_role_everywhere_sees_everything_and_pays_nothing() -> None:
    judgements, usage = Judgements(picture([])), Measured(usage_of(picture([])))
    assert view_of([RoleAt("*", "viewer"), RoleAt(A, "operator")]) == ALL
    assert Views(judgements, usage).of(ALL) == (judgements, usage)


def test_a_view_holds_its_namespace_and_nothing_that_is_in_none() -> None:
    whole = picture(both())
    part = narrowed(whole, ONLY_A)
    assert {pod.namespace for pod in part.all(Pod)} == {A}
    assert not part.all(Node)
    assert part.cluster.namespaces == (A,)
    assert PLANTED not in repr(list(part.all(Pod)))


def test_what_is_hidden_is_known_as_little_as_what_does_not_exist() -> None:
    part = narrowed(picture(both()), ONLY_A)
    assert part.sees(Pod, B) == part.sees(Pod, "nowhere")
    assert part.sights_in(B) == part.sights_in("nowhere")


def test_unchanged_parts_stay_the_same_shelves() -> None:
    before, after = picture(both()), picture(both())
    part = narrowed(before, ONLY_A)
    again = narrowed(after, ONLY_A, (before, part))
    assert set(again.shelves) == set(part.shelves)
    same = narrowed(before, ONLY_A, (before, part))
    assert all(same.shelves[shape] is part.shelves[shape] for shape in part.shelves)


async def test_a_change_elsewhere_makes_no_new_version() -> None:
    found = both()
    judgements = Judgements(picture(found))
    seen, _ = Views(judgements, Measured(usage_of(picture(found)))).of(ONLY_A)
    first = seen.latest.version
    keep = judgements.latest.snapshot
    gone = picture(without(found, B), taken_at=NOW)
    shelves = {k: (keep.shelves[k] if k is not Pod else gone.shelves[k]) for k in gone.shelves}
    pods = shelves[Pod].with_changes(keep.within(Pod, A), [])
    await judgements.tell(type(gone)(gone.cluster, gone.taken_at, shelves | {Pod: pods}, gone.sights))
    assert judgements.latest.version == 2
    assert seen.latest.version == first


async def test_a_change_within_is_told() -> None:
    found = both()
    judgements = Judgements(picture(found))
    seen, _ = Views(judgements, Measured(usage_of(picture(found)))).of(ONLY_A)
    waiting = asyncio.ensure_future(seen.wait(seen.latest.version))
    await judgements.tell(picture(without(found, A), taken_at=NOW + timedelta(seconds=1)))
    assert await waiting == 2


def test_the_usage_of_a_view_is_that_of_its_pods() -> None:
    whole = picture(both())
    _, usage = Views(Judgements(whole), Measured(usage_of(whole))).of(ONLY_A)
    assert {entry.namespace for entry in usage.latest.pods} == {A}
    assert usage.latest.nodes == ()


def test_a_view_by_the_clusters_own_rules_shows_single_kinds() -> None:
    view = View(frozenset({"nodes"}), ((A, frozenset({"pods"})), (B, EVERYTHING)), by_role=False)
    part = narrowed(picture(both()), view)
    assert part.all(Node)
    assert {pod.namespace for pod in part.all(Pod)} == {A, B}
    deployments = [sight for sight in part.sights if sight.kind.kind == "Deployment"]
    assert {(sight.namespace, sight.state) for sight in deployments} == {(A, "refused"), (B, "live")}
    assert deployments[0].needs == "list, watch deployments.apps"
