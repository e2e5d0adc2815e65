"""What objects tell of their own past, by the cluster's own time stamps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mission_control.domain.objects import ConfigMap
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.story import everything
from tests.domain.casebook import FULLNAME, NAMESPACE, NOW, Tree, picture

OWNER = {"kind": "Deployment", "name": f"{FULLNAME}-api", "uid": "Deployment-api", "controller": True}
WEB: Tree = {"pod": {"of": "api"}}


def replica_set(revision: int, born: str, image: str = "shop:1") -> Tree:
    meta: Tree = {
        "name": f"{FULLNAME}-api-aaaaaa{revision}",
        "uid": f"rs-{revision}",
        "creationTimestamp": born,
        "ownerReferences": [OWNER],
        "annotations": {"deployment.kubernetes.io/revision": str(revision)},
    }
    containers = {"containers": [{"name": "main", "image": image}]}
    return {"kind": "ReplicaSet", "metadata": meta, "spec": {"template": {"spec": containers}}}


def story(*objects: Tree, **case: Any) -> list[Entry]:
    found = everything(picture({"objects": list(objects), **case}), NOW - timedelta(hours=2))
    return sorted(found, key=lambda entry: entry.at)


def texts(entries: list[Entry], what: str) -> list[str]:
    return [entry.text for entry in entries if entry.what == what]


def test_what_was_made_long_ago_is_not_told_as_new() -> None:
    old = {"kind": "ConfigMap", "metadata": {"name": "old", "creationTimestamp": "-9d"}}
    new = {"kind": "ConfigMap", "metadata": {"name": "new", "creationTimestamp": "-3m"}}
    assert texts(story(old, new), "object") == ["ConfigMap new was created"]


def test_an_object_that_is_listed_again_has_the_same_identity() -> None:
    new = {"kind": "ConfigMap", "metadata": {"name": "new", "creationTimestamp": "-3m"}}
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": "-6m"}
    node = {"kind": "Node", "metadata": {"name": "n", "namespace": ""}, "status": {"conditions": [ready]}}
    objects = (new, node, WEB, replica_set(1, "-1h"), replica_set(2, "-7m", "shop:2"))
    assert story(*objects) == story(*objects)
    assert len({entry.identity for entry in story(*objects)}) == len(story(*objects)) == 4


def test_going_back_to_an_old_revision_is_told_when_it_was_scaled_and_not_when_it_was_made() -> None:
    name = f"{FULLNAME}-api-aaaaaa3"
    scaled = {
        "event": {
            "about": f"Deployment/{FULLNAME}-api",
            "reason": "ScalingReplicaSet",
            "message": f"Scaled up replica set {name} from 0 to 1",
            "type": "Normal",
            "first": "-4m",
            "last": "-4m",
        }
    }
    revisions = (replica_set(3, "-90m"), replica_set(2, "-60m", "shop:2"))
    told = [entry for entry in story(WEB, *revisions, scaled) if entry.what == "rollout"]
    assert [entry.text for entry in told if entry.identity == "rollout:rs-3:3"] == [
        f"{FULLNAME}-api was rolled back to an earlier template as revision 3: image shop:2 became shop:1"
    ]
    assert {entry.at for entry in told if entry.identity == "rollout:rs-3:3"} == {NOW - timedelta(minutes=4)}
    without = [entry.identity for entry in story(WEB, *revisions)]
    assert "rollout:rs-3:3" not in without


def test_a_crash_loop_is_one_entry_with_its_count() -> None:
    last = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "-2m"}
    crash = {"of": "api", "waiting": {"reason": "CrashLoopBackOff"}, "last": last, "restarts": 9}
    (told,) = [entry for entry in story({"pod": crash}) if entry.what == "restart"]
    assert told.text.endswith("ended with exit code 137 (OOMKilled) and was started again")
    assert (told.times, told.is_bad, told.at) == (9, True, NOW - timedelta(minutes=2))
    assert told.command.startswith("kubectl logs ")


def test_an_event_is_told_once_with_its_count_and_newest_words() -> None:
    event = {
        "event": {"about": "Pod/web-0", "reason": "BackOff", "message": "Back-off\n restarting", "times": 7}
    }
    (told,) = story(event)
    assert (told.what, told.text, told.times) == ("event", "BackOff: Back-off restarting", 7)
    assert (told.first, told.at) == (NOW - timedelta(minutes=5), NOW - timedelta(seconds=20))


def test_scaling_by_somebody_differs_from_the_steps_of_a_roll_out() -> None:
    def scaled(number: int, words: str) -> Tree:
        message = f"Scaled down replica set {FULLNAME}-api-aaaaaa{number} {words}"
        about = f"Deployment/{FULLNAME}-api"
        return {"event": {"about": about, "reason": "ScalingReplicaSet", "message": message, "last": "-5m"}}

    revisions = (replica_set(1, "-90m"), replica_set(2, "-60m", "shop:2"))
    told = story(WEB, *revisions, scaled(2, "from 2 to 0"), scaled(1, "from 1 to 0 "))
    kinds = {entry.text.split()[5]: entry.what for entry in told if entry.reason == "ScalingReplicaSet"}
    assert kinds == {f"{FULLNAME}-api-aaaaaa2": "scaling", f"{FULLNAME}-api-aaaaaa1": "rollout"}


def test_who_wrote_an_object_last_is_told_and_neither_its_status_nor_a_controller() -> None:
    fields = [
        {"manager": "kubectl-edit", "operation": "Update", "time": "-6m"},
        {"manager": "helm", "operation": "Update", "time": "-80m"},
        {"manager": "kube-controller-manager", "operation": "Update", "time": "-1m"},
        {"manager": "somebody", "operation": "Update", "time": "-1m", "subresource": "status"},
    ]
    meta = {"name": "web", "creationTimestamp": "-9d", "managedFields": fields}
    (told,) = story({"kind": "Service", "metadata": meta})
    assert (told.what, told.by, told.at) == ("config", "kubectl-edit", NOW - timedelta(minutes=6))
    assert (told.text, told.clock) == ("Service web was changed", "cluster")


def test_the_values_of_a_config_map_are_digests_from_the_start() -> None:
    tree = {
        "kind": "ConfigMap",
        "metadata": {"name": "c"},
        "data": {"a": "hunter2", "b": "hunter2", "c": "x"},
    }
    (found,) = picture({"objects": [tree]}).within(ConfigMap, NAMESPACE)
    assert "hunter2" not in repr(found)
    assert found.digests["a"] == found.digests["b"] != found.digests["c"]
