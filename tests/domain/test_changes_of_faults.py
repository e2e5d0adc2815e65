"""Every fault of the catalogue that a change brings about tells that change, with the picture of before."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mission_control.domain.health import judge
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.differences import between
from mission_control.domain.verdict import Finding
from mission_control.products.catalog import products
from tests.domain import faultbook
from tests.domain.faultbook import NAMESPACE, RELEASE, TREES, Scenery, Tree, ago

Change = Callable[[Scenery], faultbook.Expected]


def bad_image(scenery: Scenery) -> faultbook.Expected:
    """A new revision with an image that is not there."""
    expected = faultbook.image(scenery, "backend")
    workload = scenery.workload("backend")
    (old,) = owned(scenery, workload)
    new = copy.deepcopy(old)
    new["metadata"] |= {"name": f"{old['metadata']['name']}9", "uid": "new", "creationTimestamp": ago(11)}
    new["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "9"}
    new["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/backend:99"
    scenery.trees.append(new)
    return expected


def owned(scenery: Scenery, workload: Tree) -> list[Tree]:
    uid = workload["metadata"]["uid"]
    sets = scenery.of("ReplicaSet")
    return [
        tree for tree in sets if any(o["uid"] == uid for o in tree["metadata"].get("ownerReferences", ()))
    ]


def less_memory(scenery: Scenery) -> faultbook.Expected:
    """A StatefulSet with a smaller limit, edited by hand."""
    expected = faultbook.memory(scenery, "postgres")
    workload = scenery.workload("postgres")
    wrote(workload, 11)
    container = workload["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"limits": {"memory": "32Mi"}}
    return expected


def missing_key(scenery: Scenery) -> faultbook.Expected:
    """A key that was taken out of a ConfigMap that the component reads."""
    expected = faultbook.crash(scenery, "backend")
    config = scenery.of("ConfigMap", f"{RELEASE}-config")[0]
    wrote(config, 12)
    config["data"] = {}
    return expected


def wrote(tree: Tree, minutes: float) -> None:
    meta = tree["metadata"]
    meta["managedFields"] = [{"manager": "kubectl-edit", "operation": "Update", "time": ago(minutes)}]
    meta["generation"] = meta.get("generation", 1) + 1
    meta["resourceVersion"] = "999999"


def of_book(fault: faultbook.Fault, place: str) -> Change:
    return lambda scenery: fault(scenery, place)


CHANGES: dict[str, tuple[Change, str]] = {
    "a selector": (of_book(faultbook.selector, "backend"), "selector changed"),
    "replicas": (of_book(faultbook.off, "backend"), "replicas 2 became 0"),
    "a policy": (of_book(faultbook.policy, "redis"), "NetworkPolicy lock-redis was created"),
    "a deleted ConfigMap": (of_book(faultbook.gone, ""), f"ConfigMap {RELEASE}-config was deleted"),
    "an Ingress": (of_book(faultbook.backend, ""), f"Ingress {RELEASE}-ingress was created"),
    "a stuck release": (of_book(faultbook.pending, ""), "Helm made revision 2"),
    "a node": (of_book(faultbook.node, "node-1"), "Node node-1 stopped being ready"),
    "an image": (bad_image, "became registry.example/backend:99"),
    "a limit": (less_memory, "resources of"),
    "a key": (missing_key, "LOG_LEVEL was removed"),
}


def before() -> Scenery:
    scenery = Scenery(copy.deepcopy(TREES))
    config = scenery.of("ConfigMap", f"{RELEASE}-config")
    if not config:
        meta = {
            "name": f"{RELEASE}-config",
            "namespace": NAMESPACE,
            "uid": "c",
            "creationTimestamp": ago(9000),
        }
        scenery.trees.append({"kind": "ConfigMap", "metadata": meta})
        config = scenery.trees[-1:]
    config[0]["data"] = {"LOG_LEVEL": "hunter2"}
    for tree in (*scenery.of("Deployment"), *scenery.of("StatefulSet")):
        spec: dict[str, Any] = tree["spec"]["template"]["spec"]
        source = {"configMapKeyRef": {"name": f"{RELEASE}-config", "key": "LOG_LEVEL"}}
        spec["containers"][0].setdefault("env", []).append({"name": "LEVEL", "valueFrom": source})
    return scenery


def spoilt(change: Change) -> tuple[Snapshot, Finding]:
    """The picture after a change that a console has watched, and the root that it brings about."""
    earlier = before()
    then = msgspec.structs.replace(earlier.picture(), taken_at=faultbook.NOW - timedelta(minutes=11))
    scenery = before()
    expected = change(scenery)
    after = scenery.picture()
    moment = msgspec.structs.replace(after, taken_at=faultbook.NOW - timedelta(minutes=11))
    seen = tuple(between(then, moment))
    after = msgspec.structs.replace(after, readings=msgspec.structs.replace(after.readings, seen=seen))
    health = judge(after, products(), tuple(scenery.tails))
    roots = [found for found in health.findings if found.root and found.code in expected.codes]
    assert roots, [found.key for found in health.findings]
    return after, roots[0]


@pytest.mark.parametrize("name", CHANGES)
def test_the_decisive_change_is_told_before_the_fault(name: str) -> None:
    change, words = CHANGES[name]
    _, root = spoilt(change)
    told = [found.text for found in root.changes]
    assert any(words in text for text in told), told
    assert "hunter2" not in str(root)


def test_who_made_the_change_is_told() -> None:
    _, root = spoilt(less_memory)
    assert "kubectl-edit" in {found.by for found in root.changes}
