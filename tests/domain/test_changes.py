"""What changed shortly before a fault began, told from time stamps of the cluster."""

from __future__ import annotations

from typing import Any

import msgspec

from mission_control.domain.health import judge
from mission_control.domain.readings import Readings
from mission_control.domain.release import Release
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Change, Finding
from tests.domain.casebook import FULLNAME, NAMESPACE, NOW, Tree, picture, shop

OWNER = {"kind": "Deployment", "name": f"{FULLNAME}-api", "uid": "Deployment-api", "controller": True}
CRASH = {"of": "api", "waiting": {"reason": "CrashLoopBackOff"}, "last": {"exitCode": 1}, "restarts": 9}


def replica_set(revision: int, born: str, image: str = "shop:1", **more: Any) -> Tree:
    notes = {"deployment.kubernetes.io/revision": str(revision), **more.get("annotations", {})}
    name = f"{FULLNAME}-api-{'5d8f7c9b6' if revision == 2 else f'aaaa{revision}'}"
    meta: Tree = {"name": name, "uid": "rs-api" if revision == 2 else name}
    meta |= {"creationTimestamp": born, "ownerReferences": [OWNER], "annotations": notes}
    template: Tree = {"metadata": more.get("template", {})}
    template["spec"] = {"containers": [{"name": "main", "image": image, **more.get("container", {})}]}
    return {"kind": "ReplicaSet", "metadata": meta, "spec": {"template": template}}


def event(about: str, reason: str, message: str, ago: str) -> Tree:
    return {"event": {"about": about, "reason": reason, "message": message, "first": ago, "last": ago}}


def root(*objects: Tree, releases: tuple[Release, ...] = ()) -> Finding:
    """The one root, a crash that began five minutes ago."""
    seen: Snapshot = picture({"objects": [{"pod": CRASH}, *objects]})
    seen = msgspec.structs.replace(seen, readings=Readings(releases=releases))
    found = [f for f in judge(seen, (shop(),)).findings if f.code == "crash-loop"]
    assert len(found) == 1
    return found[0]


def told(finding: Finding) -> list[str]:
    return [change.text for change in finding.changes]


def test_a_roll_out_is_told_with_the_images_and_its_cause() -> None:
    notes = {"kubernetes.io/change-cause": "deploy 77"}
    found = root(replica_set(1, "-2h"), replica_set(2, "-7m", "shop:2", annotations=notes))
    assert told(found) == [f"{FULLNAME}-api was rolled out to revision 2: image shop:1 became shop:2"]
    change: Change = found.changes[0]
    assert (change.by, change.subject.kind) == ("deploy 77", "Deployment")


def test_a_roll_out_without_a_new_image_says_what_differs() -> None:
    limits = {"resources": {"limits": {"memory": "1Gi"}}}
    found = root(replica_set(1, "-2h"), replica_set(2, "-7m", container=limits))
    assert told(found) == [f"{FULLNAME}-api was rolled out to revision 2: resources of main"]
    again = {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T11:53:00Z"}}
    found = root(replica_set(1, "-2h"), replica_set(2, "-7m", template=again))
    assert told(found) == [f"{FULLNAME}-api was rolled out to revision 2: restarted by hand"]


def test_what_is_older_than_ten_minutes_or_later_than_the_fault_is_not_told() -> None:
    assert told(root(replica_set(1, "-2h"), replica_set(2, "-16m", "shop:2"))) == []
    assert told(root(replica_set(1, "-2h"), replica_set(2, "-2h"), replica_set(3, "-1m", "shop:3"))) == []


def test_scaling_is_told_by_its_event_but_not_beside_the_roll_out_that_it_belongs_to() -> None:
    about = f"Deployment/{FULLNAME}-api"
    scaled = event(about, "ScalingReplicaSet", f"Scaled up replica set {FULLNAME}-api-aaaa1 to 3", "-6m")
    part = event(about, "ScalingReplicaSet", f"Scaled up replica set {FULLNAME}-api-5d8f7c9b6 to 1", "-7m")
    assert told(root(replica_set(1, "-2h"), scaled)) == [
        f"{FULLNAME}-api: Scaled up replica set {FULLNAME}-api-aaaa1 to 3"
    ]
    assert len(told(root(replica_set(1, "-2h"), replica_set(2, "-7m", "shop:2"), part))) == 1


def test_a_revision_of_helm_and_a_new_limit_are_told_newest_first() -> None:
    quota = {"kind": "ResourceQuota", "metadata": {"name": "tight", "creationTimestamp": "-8m"}}
    at = NOW.replace(hour=11, minute=50)
    release = Release(NAMESPACE, "prod", 4, "deployed", at, chart="shop", version="1.2.3")
    other = msgspec.structs.replace(release, name="other")
    assert told(root(quota, releases=(release, other))) == [
        "ResourceQuota tight was created",
        "Helm made revision 4 of prod (deployed, shop-1.2.3)",
    ]


def test_what_happened_to_the_node_of_a_hurt_pod_is_told() -> None:
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": "-6m"}
    full = {"type": "DiskPressure", "status": "True", "lastTransitionTime": "-8m"}
    meta = {"name": "node-1", "namespace": ""}
    node = {"kind": "Node", "metadata": meta, "status": {"conditions": [ready, full]}}
    pod = {"pod": {"of": "api", "ready": False, "spec": {"nodeName": "node-1"}}}
    findings = judge(picture({"objects": [pod, node]}), (shop(),)).findings
    found = {f.code: told(f) for f in findings if f.root}
    assert found["node-not-ready"] == [
        "Node node-1 stopped being ready",
        "Node node-1 came under DiskPressure",
    ]


def test_an_effect_tells_no_changes() -> None:
    store = {"of": "store", "waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
    seen = picture({"objects": [{"pod": CRASH}, {"pod": store}, replica_set(2, "-7m", "shop:2")]})
    effects = [f for f in judge(seen, (shop(),)).findings if not f.root]
    assert [f.code for f in effects] == ["crash-loop"]
    assert effects[0].changes == ()
