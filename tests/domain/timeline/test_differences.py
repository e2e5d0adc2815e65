"""What changed between two looks: what both see, nothing else, and never a value of a ConfigMap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from mission_control.domain.readings import Readings
from mission_control.domain.release import Release
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.differences import between
from mission_control.domain.timeline.entry import Entry
from tests.domain.casebook import NAMESPACE, NOW, Tree, picture


def seen(*objects: Tree, **case: Any) -> Snapshot:
    return picture({"objects": list(objects), **case})


def config(version: str = "1", write: str = "", **data: str) -> Tree:
    meta: Tree = {"name": "settings", "creationTimestamp": "-9d", "resourceVersion": version}
    if write:
        meta["managedFields"] = [{"manager": "kubectl-edit", "time": write}]
    return {"kind": "ConfigMap", "metadata": meta, "data": data}


def plain(kind: str, name: str, spec: Tree, **meta: Any) -> Tree:
    more = {"name": name, "creationTimestamp": "-9d", **meta}
    return {"kind": kind, "metadata": more, "spec": spec}


def told(before: Snapshot, after: Snapshot) -> list[Entry]:
    return list(between(before, after))


def test_which_keys_of_a_config_map_changed_is_told_and_no_value() -> None:
    before = seen(config(kept="same", level="info", old="hunter2"))
    (entry,) = told(before, seen(config("2", "-5s", kept="same", level="debug", new="hunter3")))
    assert entry.text == "ConfigMap settings: level was changed, new was added, old was removed"
    assert entry.keys == ("level", "new", "old")
    assert (entry.what, entry.by, entry.clock) == ("config", "kubectl-edit", "cluster")
    assert entry.at == NOW - timedelta(seconds=5)
    assert not any(word in msgspec.json.encode(entry).decode() for word in ("hunter", "debug", "info"))


def test_a_change_without_a_writer_has_the_time_of_the_look() -> None:
    (entry,) = told(seen(config(level="info")), seen(config("2", level="debug")))
    assert (entry.clock, entry.at) == ("console", NOW)


def test_a_config_map_that_is_only_written_again_is_no_change() -> None:
    assert told(seen(config(level="info")), seen(config("2", "-5s", level="info"))) == []


def test_what_is_no_longer_seen_is_not_deleted_and_what_is_seen_again_is_not_created() -> None:
    hidden = seen(sights={"ConfigMap": "refused"})
    assert told(seen(config(level="info")), hidden) == []
    (again,) = told(hidden, seen(config(level="info")))
    assert (again.text, again.at) == ("ConfigMap settings was created", NOW - timedelta(days=9))


def test_a_deletion_is_told_once() -> None:
    before, after = seen(config(level="info")), seen()
    (entry,) = told(before, after)
    assert (entry.text, entry.what, entry.clock) == ("ConfigMap settings was deleted", "object", "console")
    assert told(after, after) == []


def test_fields_are_told_with_their_values_where_these_may_be_shown() -> None:
    web = plain("Service", "web", {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8000}]})
    now = plain("Service", "web", {"selector": {"app": "wbe"}, "ports": [{"port": 80, "targetPort": 8000}]})
    assert [entry.text for entry in told(seen(web), seen(now))] == [
        "Service web: selector app=web became app=wbe"
    ]
    store = plain("StatefulSet", "store", {"replicas": 1})
    (scaled,) = told(seen(store), seen(plain("StatefulSet", "store", {"replicas": 0})))
    assert (scaled.text, scaled.what) == ("StatefulSet store: replicas 1 became 0", "scaling")


def test_a_field_that_the_picture_does_not_keep_is_told_as_a_change() -> None:
    wrote = {"managedFields": [{"manager": "kubectl-edit", "time": "-4s"}]}
    before = seen(plain("StatefulSet", "store", {"replicas": 1}, generation=1))
    after = seen(plain("StatefulSet", "store", {"replicas": 1}, generation=2, **wrote))
    (entry,) = told(before, after)
    assert (entry.text, entry.by, entry.what) == ("StatefulSet store was changed", "kubectl-edit", "rollout")


def test_a_cordoned_node_is_told_as_a_change_of_the_node() -> None:
    def node(*, cordoned: bool) -> Tree:
        return plain("Node", "n1", {"unschedulable": cordoned}, namespace="")

    (entry,) = told(seen(node(cordoned=False)), seen(node(cordoned=True)))
    assert (entry.what, entry.text) == ("node", "Node n1: scheduling open became cordoned")


def test_a_new_revision_of_helm_is_told_and_an_old_one_is_not_told_again() -> None:
    def helm(*numbers: int) -> Snapshot:
        made = tuple(Release(NAMESPACE, "prod", n, "deployed", NOW, chart="shop") for n in numbers)
        return msgspec.structs.replace(seen(), readings=Readings(releases=made))

    assert [entry.identity for entry in told(helm(1), helm(1, 2))] == [f"release:{NAMESPACE}/prod:2"]


def test_only_what_differs_is_looked_at() -> None:
    before = seen(*(plain("Service", f"s{n}", {}, namespace=f"n{n}") for n in range(50)))
    for kept in before.shelves.values():
        assert list(kept.differences(kept)) == []
        one = next(iter(kept.items.values()))
        later = kept.with_changes([msgspec.structs.replace(one)], [])
        assert [new for _, new in later.differences(kept)] == [one]
