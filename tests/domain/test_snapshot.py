"""Shelves that share what did not change, and answers that are kept until they may be wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from bench.replay.world import SMALL, World
from mission_control.domain.health import judge
from mission_control.domain.health.pods import has_settled
from mission_control.domain.health.scene import Scene
from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import ConfigMap, Object, Pod
from mission_control.domain.objects.pods import Container, ContainerStatus, Running, State
from mission_control.domain.snapshot import Shelf, Snapshot, snapshot_of
from mission_control.products.catalog import products

NOW = datetime.now(UTC)


def objects() -> Iterator[Object]:
    world = World(SMALL)
    for kind in KINDS:
        for tree in world.every(kind.plural):
            yield msgspec.convert(tree, kind.shape, strict=False)


def crashing(pod: Pod, restarts: int = 3, since: timedelta = timedelta(minutes=1)) -> Pod:
    """The pod with its containers started again so often, for the last time so long ago."""
    state = State(running=Running(NOW - since))
    statuses = tuple(
        msgspec.structs.replace(status, restart_count=restarts, state=state)
        for status in pod.status.container_statuses
    )
    return msgspec.structs.replace(
        pod, status=msgspec.structs.replace(pod.status, container_statuses=statuses)
    )


def unready(pod: Pod) -> Pod:
    status = msgspec.structs.replace(pod.status, conditions=())
    return msgspec.structs.replace(pod, status=status)


def with_pods(snapshot: Snapshot, changed: list[Object], gone: list[Pod]) -> Snapshot:
    shelf = snapshot.shelves[Pod].with_changes(changed, [(pod.namespace, pod.name) for pod in gone])
    return msgspec.structs.replace(snapshot, shelves=snapshot.shelves | {Pod: shelf})


def test_a_changed_shelf_is_indexed_like_a_new_one() -> None:
    chance = random.Random(7)  # noqa: S311 (no secret)
    shelf = Shelf({(item.namespace, item.name): item for item in objects() if isinstance(item, Pod)})
    for _ in range(30):
        pods = [item for item in shelf.items.values() if isinstance(item, Pod)]
        some = chance.sample(pods, 6)
        shelf = shelf.with_changes(
            [crashing(some[0]), unready(some[1]), crashing(some[2], 0)],
            [(pod.namespace, pod.name) for pod in some[4:5]],
        )
    fresh = Shelf(dict(shelf.items))
    keys = {"unwell", *(f"ns:{item.namespace}" for item in shelf.items.values())}
    keys |= {f"node:{item.spec.node_name}" for item in shelf.items.values() if isinstance(item, Pod)}
    for key in keys:
        assert {item.name for item in shelf.group(key)} == {item.name for item in fresh.group(key)}
    assert shelf.group("unwell")


def test_a_judgement_of_a_changed_picture_is_that_of_a_new_one() -> None:
    chance, packs = random.Random(11), products()  # noqa: S311 (no secret)
    snapshot = snapshot_of(objects(), NOW)
    for _ in range(5):
        pods = sorted(snapshot.all(Pod), key=lambda pod: (pod.namespace, pod.name))
        some = chance.sample(pods, 4)
        snapshot = with_pods(snapshot, [unready(some[0]), crashing(some[1])], some[2:3])
        if chance.random() < 0.5:
            maps = snapshot.shelves[ConfigMap]
            lost = chance.choice(sorted(maps.items))
            shelves = snapshot.shelves | {ConfigMap: maps.with_changes((), [lost])}
            snapshot = msgspec.structs.replace(snapshot, shelves=shelves)
        whole = [item for shelf in snapshot.shelves.values() for item in shelf.items.values()]
        fresh = msgspec.structs.replace(snapshot_of(whole, NOW), cluster=snapshot.cluster)
        assert judge(snapshot, packs) == judge(fresh, packs)
    assert judge(snapshot, packs).findings


def test_an_answer_is_worked_out_again_only_when_one_of_its_kinds_changes() -> None:
    snapshot = snapshot_of(objects(), NOW)
    asked: list[int] = []

    def answer(seen: Snapshot) -> int:
        asked.append(len(asked))
        return len(seen.all(Pod))

    def count(seen: Snapshot) -> int:
        return seen.once((Pod, ConfigMap), "count", lambda: answer(seen))

    first = count(snapshot)
    assert count(snapshot) == first
    assert len(asked) == 1
    pod = next(iter(snapshot.all(Pod)))
    assert count(with_pods(snapshot, [], [pod])) == first - 1
    assert count(snapshot) == first
    assert len(asked) == 2
    fewer = msgspec.structs.replace(snapshot, shelves=snapshot.shelves | {ConfigMap: Shelf()})
    assert count(fewer) == first
    assert len(asked) == 3


def test_a_ready_pod_that_was_restarted_long_ago_has_settled() -> None:
    pod = next(item for item in objects() if isinstance(item, Pod) and item.is_well)
    scene = Scene(snapshot_of([], NOW), ())
    assert has_settled(scene, crashing(pod, since=timedelta(hours=2)))
    assert not has_settled(scene, crashing(pod, since=timedelta(minutes=5)))
    assert not has_settled(scene, unready(crashing(pod, since=timedelta(hours=2))))


def test_a_pod_without_a_running_container_has_not_settled() -> None:
    pod = next(item for item in objects() if isinstance(item, Pod) and item.is_well)
    ended = ContainerStatus(name="app", ready=True, restart_count=1)
    status = msgspec.structs.replace(pod.status, container_statuses=(ended,))
    spec = msgspec.structs.replace(pod.spec, containers=(Container(name="app"),))
    lying = msgspec.structs.replace(pod, spec=spec, status=status)
    assert not has_settled(Scene(snapshot_of([], NOW), ()), lying)


def test_what_is_known_of_a_namespace_is_asked_again_only_when_it_changes() -> None:
    snapshot = snapshot_of(objects(), NOW)
    asked: list[int] = []

    def count(seen: Snapshot) -> dict[str, int]:
        return seen.by_namespace(Pod, "count", lambda pods: asked.append(0) or len(pods))  # type: ignore[func-returns-value]

    first = count(snapshot)
    assert len(asked) == len(first) == len(set(snapshot.namespaces_of(Pod)))
    pod = next(iter(snapshot.all(Pod)))
    fewer = count(with_pods(snapshot, [], [pod]))
    assert fewer == first | {pod.namespace: first[pod.namespace] - 1}
    assert len(asked) == len(first) + 1
