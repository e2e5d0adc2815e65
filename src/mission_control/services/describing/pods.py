"""Pods and what makes them, in the order in which `kubectl describe` tells it."""

from __future__ import annotations

from mission_control.domain.objects import Pod, ReplicaSet
from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.containers import containers, placing, volumes
from mission_control.services.describing.head import annotated, controlled, labels, owned_pods
from mission_control.services.describing.lines import (
    NONE,
    Line,
    Lines,
    Tree,
    at,
    block,
    listed,
    many,
    moment,
    one,
    selector,
    some,
    under,
)


def pod(tree: Tree, _: Snapshot) -> Lines:
    """A pod."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    node, host = spec.get("nodeName"), status.get("hostIP")
    yield one("Priority", spec.get("priority", 0))
    yield from some("Priority Class Name", spec.get("priorityClassName"))
    yield from some("Runtime Class Name", spec.get("runtimeClassName"))
    yield one("Service Account", spec.get("serviceAccountName"))
    yield one("Node", f"{node}/{host or ''}" if node else None)
    yield from some("Start Time", status.get("startTime") and moment(status["startTime"]))
    yield from labels(tree)
    yield from annotated(tree)
    yield from _life(tree, status)
    yield Line("IP", str(status.get("podIP", "")))
    ips = [one("IP", entry.get("ip")) for entry in listed(status, "podIPs")]
    yield from block("IPs", ips)
    yield from controlled(tree)
    inits = {str(s.get("name")): s for s in listed(status, "initContainerStatuses")}
    own = {str(s.get("name")): s for s in listed(status, "containerStatuses")}
    yield from containers("Init Containers", listed(spec, "initContainers"), inits)
    yield from containers("Containers", listed(spec, "containers"), own)
    yield from _conditions(tree)
    yield from volumes(listed(spec, "volumes"))
    yield one("QoS Class", status.get("qosClass"))
    yield from placing(spec)


def _life(tree: Tree, status: Tree) -> Lines:
    deleted = at(tree, "metadata", "deletionTimestamp")
    if deleted:
        yield one("Status", f"Terminating (since {moment(deleted)})")
        grace = at(tree, "metadata", "deletionGracePeriodSeconds")
        yield one("Termination Grace Period", f"{grace}s" if grace is not None else None)
    else:
        yield one("Status", status.get("phase"))
    yield from some("Reason", status.get("reason"))
    yield from some("Message", status.get("message"))


def _conditions(tree: Tree) -> Lines:
    found = listed(tree, "status", "conditions")
    if not found:
        return
    yield Line("Conditions")
    for entry in found:
        words = [str(entry.get(key)) for key in ("status", "reason", "message") if entry.get(key)]
        yield Line(str(entry.get("type")), "  ".join(words), 1)


def template(tree: Tree, *path: str) -> Lines:
    """A pod template under its heading."""
    found = at(tree, *path, default={})
    spec = at(found, "spec", default={})
    yield Line("Pod Template")
    yield from under(_template(found, spec))


def _template(found: Tree, spec: Tree) -> Lines:
    yield from labels(found)
    if at(found, "metadata", "annotations"):
        yield from annotated(found)
    yield from some("Service Account", spec.get("serviceAccountName"))
    yield from containers("Init Containers", listed(spec, "initContainers"), None)
    yield from containers("Containers", listed(spec, "containers"), None)
    yield from volumes(listed(spec, "volumes"))
    yield from some("Priority Class Name", spec.get("priorityClassName"))
    yield from placing(spec)


def deployment(tree: Tree, snapshot: Snapshot) -> Lines:
    """A Deployment, with its ReplicaSets."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield one("CreationTimestamp", moment(at(tree, "metadata", "creationTimestamp")))
    yield from labels(tree)
    yield from annotated(tree)
    yield one("Selector", selector(spec, "selector"))
    counts = [
        f"{spec.get('replicas', 1)} desired",
        *(f"{status.get(key, 0)} {word}" for key, word in _COUNTS),
    ]
    yield one("Replicas", " | ".join(counts))
    yield one("StrategyType", at(spec, "strategy", "type"))
    yield one("MinReadySeconds", spec.get("minReadySeconds", 0))
    rolling = at(spec, "strategy", "rollingUpdate")
    if rolling:
        told = f"{rolling.get('maxUnavailable')} max unavailable, {rolling.get('maxSurge')} max surge"
        yield one("RollingUpdateStrategy", told)
    yield from template(tree, "spec", "template")
    yield from _conditions(tree)
    uid = str(at(tree, "metadata", "uid", default=""))
    sets = sorted(snapshot.owned_by(ReplicaSet, uid), key=_revision, reverse=True)
    yield from many("OldReplicaSets", (_set(entry) for entry in sets[1:] if entry.spec.replicas))
    yield one("NewReplicaSet", _set(sets[0]) if sets else None)


_COUNTS = (
    ("updatedReplicas", "updated"),
    ("replicas", "total"),
    ("availableReplicas", "available"),
    ("unavailableReplicas", "unavailable"),
)


def _revision(found: ReplicaSet) -> int:
    text = found.metadata.annotations.revision
    return int(text) if text.isdigit() else 0


def _set(found: ReplicaSet) -> str:
    return f"{found.name} ({found.status.replicas}/{found.spec.replicas} replicas created)"


def stateful_set(tree: Tree, snapshot: Snapshot) -> Lines:
    """A StatefulSet, with the claims that it makes."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield one("CreationTimestamp", moment(at(tree, "metadata", "creationTimestamp")))
    yield one("Selector", selector(spec, "selector"))
    yield from labels(tree)
    yield from annotated(tree)
    yield one("Replicas", f"{spec.get('replicas', 1)} desired | {status.get('replicas', 0)} total")
    yield one("Update Strategy", at(spec, "updateStrategy", "type"))
    partition = at(spec, "updateStrategy", "rollingUpdate", "partition")
    if partition is not None:
        yield one("Partition", partition, 1)
    yield one("Pods Status", _pods_status(tree, snapshot))
    yield from template(tree, "spec", "template")
    claims = listed(spec, "volumeClaimTemplates")
    yield Line("Volume Claims", "" if claims else NONE)
    for claim in claims:
        yield from under(_claim(claim))


def _claim(claim: Tree) -> Lines:
    yield one("Name", at(claim, "metadata", "name"))
    yield Line("StorageClass", str(at(claim, "spec", "storageClassName", default="")))
    yield from labels(claim)
    yield from annotated(claim)
    yield one("Capacity", at(claim, "spec", "resources", "requests", "storage"))
    yield one("Access Modes", listed(claim, "spec", "accessModes"))


def replica_set(tree: Tree, snapshot: Snapshot) -> Lines:
    """A ReplicaSet."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield one("Selector", selector(spec, "selector"))
    yield from labels(tree)
    yield from annotated(tree)
    yield from controlled(tree)
    yield one("Replicas", f"{status.get('replicas', 0)} current / {spec.get('replicas', 1)} desired")
    yield one("Pods Status", _pods_status(tree, snapshot))
    yield from template(tree, "spec", "template")
    yield from _conditions(tree)


def daemon_set(tree: Tree, snapshot: Snapshot) -> Lines:
    """A DaemonSet."""
    status = at(tree, "status", default={})
    yield one("Selector", selector(tree, "spec", "selector"))
    yield from many("Node-Selector", _node_selector(tree))
    yield from labels(tree)
    yield from annotated(tree)
    for label, key in (
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ):
        yield one(label, status.get(key, 0))
    yield one("Pods Status", _pods_status(tree, snapshot))
    yield from template(tree, "spec", "template")


def _node_selector(tree: Tree) -> list[str]:
    found = at(tree, "spec", "template", "spec", "nodeSelector", default={})
    return [f"{key}={value}" for key, value in sorted(found.items())]


def _pods_status(tree: Tree, snapshot: Snapshot) -> str:
    """How many of its pods are in each phase, as far as pods are seen."""
    if not snapshot.sees(Pod, str(at(tree, "metadata", "namespace", default=""))):
        return "not seen"
    phases = [entry.status.phase for entry in owned_pods(tree, snapshot)]
    words = (("Running", "Running"), ("Pending", "Waiting"), ("Succeeded", "Succeeded"), ("Failed", "Failed"))
    return " / ".join(f"{phases.count(phase)} {word}" for phase, word in words)
