"""What stands around the workloads of the story: nodes, services and the way to them, volumes, events.

`broken` adds to the story's fault a node under pressure and an Ingress that names a Service nobody made.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.filling import VolumeUse
from mission_control.domain.readings import Readings
from mission_control.domain.release import Release
from mission_control.domain.snapshot import Sight, Snapshot
from tests.web.stage import picture
from tests.web.story import FULL, NAMESPACE, NOW, PARTS, Tree, ago, labels, meta, trees

NEVER_READY = frozenset({"postgres", "platform-backend", "backend", "queue"})
HOST = "smith.example.com"
GIB = 2.0**30


def whole(*, broken: bool) -> list[Tree]:
    """The story with all that stands around it."""
    return [*trees(broken=broken), *surroundings(broken=broken)]


def seen(*, broken: bool, sights: tuple[Sight, ...] | None = None) -> Snapshot:
    """The whole story as the console sees it, with what it reads by name."""
    snapshot = picture(whole(broken=broken), sights)
    fills = VolumeUse(NAMESPACE, "data-clickhouse", "node-1", NOW, 50 * GIB, 19 * GIB, 0.1, GIB / 86400)
    readings = Readings(releases=releases(broken=broken), volumes=(fills,))
    return msgspec.structs.replace(snapshot, readings=readings)


def releases(*, broken: bool) -> tuple[Release, ...]:
    """Two revisions of the installation, the newer one stuck, and a release of nobody's concern."""

    def revision(name: str, number: int, status: str, minutes: int, chart: str) -> Release:
        at = NOW - timedelta(minutes=minutes)
        return Release(
            NAMESPACE if name == FULL else "batch",
            name,
            number,
            status,
            at,
            is_read=True,
            chart=chart,
            version="0.16.11",
            description="Preparing upgrade" if status.startswith("pending") else "Upgrade complete",
        )

    now = "pending-upgrade" if broken else "deployed"
    return (
        revision(FULL, 14, "superseded", 41_000, "langsmith"),
        revision(FULL, 15, now, 18, "langsmith"),
        revision("scaler", 3, "deployed", 59_000, "keda"),
    )


def surroundings(*, broken: bool) -> list[Tree]:
    """All of it."""
    return [
        *nodes(broken=broken),
        *(tree for part in PARTS for tree in service_trees(part[1], part[2], broken=broken)),
        *ingress_trees(broken=broken),
        *policy_trees(),
        *volume_trees(),
        *(event_trees() if broken else []),
    ]


def nodes(*, broken: bool) -> list[Tree]:
    """Two nodes beside those of the story: one that plans, one under pressure or drained."""
    return [
        node("control-1", {"node-role.kubernetes.io/control-plane": ""}, taint="NoSchedule"),
        node("node-4", {"topology.kubernetes.io/zone": "eu-1b"}, pressure=broken, cordoned=True),
    ]


def node(
    name: str, marked: dict[str, str], *, taint: str = "", pressure: bool = False, cordoned: bool = False
) -> Tree:
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": ago(days=41)}]
    if pressure:
        conditions.append({"type": "DiskPressure", "status": "True", "lastTransitionTime": ago(minutes=9)})
    key = "node-role.kubernetes.io/control-plane"
    return {
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": f"uid-{name}",
            "creationTimestamp": ago(days=41),
            "labels": {"node.kubernetes.io/instance-type": "m8", **marked},
        },
        "spec": {"unschedulable": cordoned, "taints": [{"key": key, "effect": taint}] if taint else []},
        "status": {
            "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"},
            "conditions": conditions,
            "nodeInfo": {"kubeletVersion": "v1.33.1", "osImage": "Debian 12", "architecture": "amd64"},
        },
    }


def service_trees(part: str, replicas: int, *, broken: bool) -> list[Tree]:
    """A Service with its endpoints."""
    name = f"{FULL}-langsmith-{part}"
    is_ready = not (broken and part in NEVER_READY)
    endpoints = [
        {
            "conditions": {"ready": is_ready},
            "targetRef": {"kind": "Pod", "namespace": NAMESPACE, "name": f"{name}-{place}"},
        }
        for place in range(0 if broken and part == "postgres" else replicas)
    ]
    return [
        {
            "kind": "Service",
            "metadata": meta(name, part),
            "spec": {
                "selector": {"app.kubernetes.io/component": f"{FULL}-langsmith-{part}"},
                "ports": [{"name": "http", "port": 80, "targetPort": 8080}],
                "clusterIP": "10.43.0.10",
            },
        },
        {
            "kind": "EndpointSlice",
            "metadata": meta(f"{name}-x7k2p") | {"labels": {"kubernetes.io/service-name": name}},
            "endpoints": endpoints,
            "ports": [{"name": "http", "port": 8080}],
        },
    ]


def ingress_trees(*, broken: bool) -> list[Tree]:
    paths = [
        path("/", f"{FULL}-langsmith-frontend"),
        path("/api", f"{FULL}-langsmith-backend"),
        *([path("/docs", "no-such-service")] if broken else []),
    ]
    return [
        {"kind": "IngressClass", "metadata": {"name": "nginx"}},
        {
            "kind": "Ingress",
            "metadata": meta(f"{FULL}-langsmith", "frontend"),
            "spec": {
                "ingressClassName": "nginx",
                "rules": [{"host": HOST, "http": {"paths": paths}}],
                "tls": [{"hosts": [HOST], "secretName": "smith-tls"}],
            },
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}},
        },
    ]


def path(prefix: str, service: str) -> Tree:
    return {"path": prefix, "backend": {"service": {"name": service, "port": {"number": 80}}}}


def policy_trees() -> list[Tree]:
    wears = {
        "matchLabels": {"app.kubernetes.io/component": labels("frontend")["app.kubernetes.io/component"]}
    }
    return [
        {
            "kind": "NetworkPolicy",
            "metadata": meta("frontend-from-ingress"),
            "spec": {
                "podSelector": wears,
                "policyTypes": ["Ingress"],
                "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": 8080}]}],
            },
        }
    ]


def volume_trees() -> list[Tree]:
    """A volume in use, one whose claim is gone, and a class that nobody uses."""
    return [
        volume("pv-clickhouse", "Bound", "data-clickhouse"),
        volume("pv-left", "Released", "data-old"),
        {
            "kind": "PersistentVolumeClaim",
            "metadata": meta("data-clickhouse", "clickhouse"),
            "spec": {
                "storageClassName": "standard",
                "volumeName": "pv-clickhouse",
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "50Gi"}},
            },
            "status": {"phase": "Bound", "capacity": {"storage": "50Gi"}},
        },
        {
            "kind": "StorageClass",
            "metadata": {"name": "archive"},
            "provisioner": "example.com/disk",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
            "reclaimPolicy": "Retain",
        },
    ]


def volume(name: str, phase: str, claim: str) -> Tree:
    return {
        "kind": "PersistentVolume",
        "metadata": {"name": name, "uid": f"uid-{name}", "creationTimestamp": ago(days=30)},
        "spec": {
            "capacity": {"storage": "50Gi"},
            "storageClassName": "standard",
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"kind": "PersistentVolumeClaim", "namespace": NAMESPACE, "name": claim},
        },
        "status": {"phase": phase},
    }


def event_trees() -> list[Tree]:
    """The same trouble told by two events with other numbers in them, and some good news."""
    about = {"kind": "Pod", "namespace": NAMESPACE, "name": f"{FULL}-langsmith-queue-7c9d8b6f5-x2k0q"}
    return [
        event("q1", about, "BackOff", "Back-off 10s restarting failed container in pod uid 17a", 4, 30),
        event("q2", about, "BackOff", "Back-off 40s restarting failed container in pod uid 99c", 5, 12),
        event("q3", about, "Pulled", "Container image is already present", 1, 200, "Normal"),
    ]


def event(
    name: str, about: Tree, reason: str, message: str, count: int, seconds: int, kind: str = "Warning"
) -> Tree:
    return {
        "kind": "Event",
        "metadata": meta(name),
        "involvedObject": about,
        "type": kind,
        "reason": reason,
        "message": message,
        "count": count,
        "firstTimestamp": ago(minutes=17),
        "lastTimestamp": ago(seconds=seconds),
        "source": {"component": "kubelet"},
    }
