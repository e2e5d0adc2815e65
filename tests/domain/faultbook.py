"""A catalogue of faults to put on a recorded installation, each with what must then be found.

Every fault leaves in the picture what a cluster would: states, conditions, counts and events. A fault notes
what it touched, so that two of them can be put on one picture without undoing each other.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from mission_control.domain.certificate import Certificate
from mission_control.domain.kinds import KINDS, kind_named
from mission_control.domain.logtail import LogTail
from mission_control.domain.readings import Readings
from mission_control.domain.release import Release, ReleaseObject
from mission_control.domain.snapshot import Sight, Snapshot, snapshot_of

Tree = dict[str, Any]
RELEASE = NAMESPACE = "langsmith"
LINES = (Path(__file__).parent / "sample.jsonl").read_text().splitlines()
RECORDED = datetime.fromisoformat(json.loads(LINES[0])["at"])
NOW = RECORDED + timedelta(hours=1)
COMPONENT = "app.kubernetes.io/component"
STORES = ("postgres", "redis", "clickhouse")
SERVERS = ("platform-backend", "frontend", "backend", "ingest-queue", "queue", "ace-backend", "playground")


@dataclass(frozen=True)
class Expected:
    """A root with one of these codes, at this component, or about this object."""

    codes: tuple[str, ...]
    component: str | None = None
    subject: str = ""


@dataclass
class Scenery:
    """The recorded installation, to be spoilt."""

    trees: list[Tree] = field(default_factory=lambda: [json.loads(line) for line in LINES[1:]])
    tails: list[LogTail] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def of(self, kind: str, name: str = "") -> list[Tree]:
        here = (t for t in self.trees if t["kind"] == kind)
        return [t for t in here if not name or t["metadata"]["name"] == name]

    def pods(self, component: str) -> list[Tree]:
        label = f"{RELEASE}-{component}"
        return [p for p in self.of("Pod") if p["metadata"].get("labels", {}).get(COMPONENT) == label]

    def workload(self, component: str) -> Tree:
        found = [
            *self.of("Deployment", f"{RELEASE}-{component}"),
            *self.of("StatefulSet", f"{RELEASE}-{component}"),
        ]
        self.touched.add(component)
        return found[0]

    def unready(self, component: str) -> list[Tree]:
        """All pods of a component, no longer ready since ten minutes, and counted so."""
        pods = self.pods(component)
        for pod in pods:
            pod["status"]["conditions"] = [
                {"type": "Ready", "status": "False", "lastTransitionTime": ago(10)},
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": ago(60)},
            ]
            for status in pod["status"]["containerStatuses"]:
                status["ready"] = False
        self.count(component, 0)
        return pods

    def count(self, component: str, ready: int) -> None:
        workload = self.workload(component)
        revisions = [
            r for r in self.of("ReplicaSet") if r["metadata"]["name"].startswith(f"{RELEASE}-{component}-")
        ]
        sets = [
            r
            for r in revisions
            if any(o["uid"] == workload["metadata"]["uid"] for o in r["metadata"]["ownerReferences"])
        ]
        for tree in (workload, *sets):
            tree["status"]["readyReplicas"] = tree["status"]["availableReplicas"] = ready

    def event(self, about: Tree, reason: str, message: str) -> None:
        meta = about["metadata"]
        place = {"kind": about["kind"], "namespace": meta.get("namespace", ""), "name": meta["name"]}
        self.trees.append(
            {
                "kind": "Event",
                "metadata": {"name": f"{meta['name']}.{reason}.{len(self.trees)}", "namespace": NAMESPACE},
                "involvedObject": place, "type": "Warning", "reason": reason, "message": message, "count": 7,
                "firstTimestamp": ago(10), "lastTimestamp": ago(1),
            }
        )  # fmt: skip

    def picture(self) -> Snapshot:
        objects = [msgspec.convert(tree, shape(tree), strict=False) for tree in self.trees]
        seen = snapshot_of(
            objects, NOW, [Sight(kind, "absent" if kind.optional else "live") for kind in KINDS]
        )
        readings = Readings(tuple(self.releases), tuple(self.certificates))
        return msgspec.structs.replace(seen, readings=readings)


def shape(tree: Tree) -> Any:
    kind = kind_named(tree["kind"])
    assert kind is not None
    return kind.shape


def ago(minutes: float) -> str:
    return (NOW - timedelta(minutes=minutes)).astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- containers ------------------------------------------------------------------------------------------
def waiting(scenery: Scenery, component: str, why: str, message: str = "", last: Tree | None = None) -> None:
    for pod in scenery.unready(component):
        for status in pod["status"]["containerStatuses"]:
            status["state"] = {"waiting": {"reason": why, "message": message}}
            if last:
                status["lastState"] = {"terminated": {"finishedAt": ago(2), **last}}
                status["restartCount"] = 9


def image(scenery: Scenery, component: str) -> Expected:
    waiting(scenery, component, "ImagePullBackOff", "Back-off pulling image: not found")
    for pod in scenery.pods(component):  # the same image in two components would be one cause
        pod["status"]["containerStatuses"][0]["image"] = f"registry.example/{component}:99"
    return Expected(("image-pull",), component)


def crash(scenery: Scenery, component: str) -> Expected:
    waiting(scenery, component, "CrashLoopBackOff", last={"exitCode": 1, "reason": "Error"})
    return Expected(("crash-loop",), component)


def memory(scenery: Scenery, component: str) -> Expected:
    waiting(scenery, component, "CrashLoopBackOff", last={"exitCode": 137, "reason": "OOMKilled"})
    return Expected(("out-of-memory",), component)


def key(scenery: Scenery, component: str) -> Expected:
    message = f"couldn't find key {component} in Secret {NAMESPACE}/{RELEASE}-secrets"
    waiting(scenery, component, "CreateContainerConfigError", message)
    return Expected(("config-missing",), component)


def command(scenery: Scenery, component: str) -> Expected:
    waiting(scenery, component, "RunContainerError", 'exec: "serve": executable file not found in $PATH')
    return Expected(("start-failed",), component)


def probe(scenery: Scenery, component: str) -> Expected:
    for pod in scenery.unready(component):
        scenery.event(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    return Expected(("readiness-failing",), component)


def password(scenery: Scenery, component: str) -> Expected:
    waiting(scenery, component, "CrashLoopBackOff", last={"exitCode": 1, "reason": "Error"})
    line = f'FATAL: password authentication failed for user "{RELEASE}" (SQLSTATE 28P01)'
    for pod in scenery.pods(component):
        name = pod["status"]["containerStatuses"][0]["name"]
        scenery.tails.append(LogTail(NAMESPACE, pod["metadata"]["name"], name, previous=True, lines=(line,)))
    return Expected(("dependency-auth",), component)


# --- scheduling, workloads, storage ----------------------------------------------------------------------
def unplaced(scenery: Scenery, component: str) -> Expected:
    message = "0/6 nodes are available: 6 Insufficient memory. preemption: 0/6 nodes are available."
    for pod in scenery.unready(component):
        del pod["spec"]["nodeName"]
        placed = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
        pod["status"] = {"phase": "Pending", "conditions": [{**placed, "lastTransitionTime": ago(10)}]}
        scenery.event(pod, "FailedScheduling", message)
    return Expected(("no-capacity",), component)


def off(scenery: Scenery, component: str) -> Expected:
    scenery.unready(component)
    names = {pod["metadata"]["name"] for pod in scenery.pods(component)}
    scenery.trees = [t for t in scenery.trees if t["kind"] != "Pod" or t["metadata"]["name"] not in names]
    workload = scenery.workload(component)
    workload["spec"]["replicas"] = 0
    workload["status"] = {"observedGeneration": 2}
    return Expected(("scaled-to-zero",), component)


def migration(scenery: Scenery, _: str) -> Expected:
    scenery.touched.add("Job")
    for job in scenery.of("Job", f"{RELEASE}-backend-migrations"):
        failed = {
            "type": "Failed",
            "status": "True",
            "reason": "BackoffLimitExceeded",
            "lastTransitionTime": ago(9),
        }
        job["status"] = {"failed": 7, "startTime": ago(20), "conditions": [failed]}
    return Expected(("migration-failed",), subject=f"{RELEASE}-backend-migrations")


def lost(scenery: Scenery, component: str) -> Expected:
    scenery.touched.add(component)
    for claim in scenery.of("PersistentVolumeClaim", f"data-{RELEASE}-{component}-0"):
        claim["status"]["phase"] = "Lost"
    return Expected(("volume-lost",), component)


# --- network, nodes, releases ----------------------------------------------------------------------------
def selector(scenery: Scenery, component: str) -> Expected:
    scenery.touched.add(component)
    for service in scenery.of("Service", f"{RELEASE}-{component}"):
        service["spec"]["selector"] = {COMPONENT: "nobody"}
    return Expected(("service-no-endpoints",), component)


def policy(scenery: Scenery, component: str) -> Expected:
    scenery.touched.add(component)
    closed = {
        "podSelector": {"matchLabels": {COMPONENT: f"{RELEASE}-{component}"}},
        "policyTypes": ["Ingress"],
    }
    meta = {"name": f"lock-{component}", "namespace": NAMESPACE, "creationTimestamp": ago(30)}
    scenery.trees.append({"kind": "NetworkPolicy", "metadata": meta, "spec": closed})
    return Expected(("network-policy-blocks",), subject=f"lock-{component}")


def certificate(scenery: Scenery, _: str) -> Expected:
    scenery.touched.add("Ingress")
    port = {"name": f"{RELEASE}-frontend", "port": {"number": 80}}
    rule = {"host": "a.example", "http": {"paths": [{"path": "/", "backend": {"service": port}}]}}
    spec = {"tls": [{"hosts": ["a.example"], "secretName": "web-tls"}], "rules": [rule]}
    meta = {"name": f"{RELEASE}-ingress", "namespace": NAMESPACE, "creationTimestamp": ago(50)}
    address = {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}}
    scenery.trees.append({"kind": "Ingress", "metadata": meta, "spec": spec, "status": address})
    days = (NOW - timedelta(days=93), NOW - timedelta(days=3))
    scenery.certificates.append(Certificate(NAMESPACE, "web-tls", *days, ("a.example",)))
    return Expected(("certificate-expired",), subject="web-tls")


def backend(scenery: Scenery, _: str) -> Expected:
    scenery.touched.add("Ingress")
    service = {"name": f"{RELEASE}-old-frontend", "port": {"number": 80}}
    spec = {
        "rules": [{"host": "a.example", "http": {"paths": [{"path": "/", "backend": {"service": service}}]}}]
    }
    meta = {"name": f"{RELEASE}-ingress", "namespace": NAMESPACE, "creationTimestamp": ago(2)}
    scenery.trees.append({"kind": "Ingress", "metadata": meta, "spec": spec})
    return Expected(("ingress-backend-missing",), subject=f"{RELEASE}-ingress")


def pending(scenery: Scenery, _: str) -> Expected:
    scenery.touched.add("Release")
    scenery.releases.append(Release(NAMESPACE, RELEASE, 2, "pending-upgrade", NOW - timedelta(hours=2)))
    return Expected(("release-pending",), subject=RELEASE)


def gone(scenery: Scenery, _: str) -> Expected:
    scenery.touched |= {"Release", "ConfigMap"}
    name = f"{RELEASE}-config"
    scenery.trees = [t for t in scenery.trees if t["kind"] != "ConfigMap" or t["metadata"]["name"] != name]
    made = ReleaseObject("v1", "ConfigMap", NAMESPACE, name)
    scenery.releases.append(
        Release(NAMESPACE, RELEASE, 1, "deployed", NOW - timedelta(hours=3), is_read=True, objects=(made,))
    )
    return Expected(("object-missing",), subject=name)


def node(scenery: Scenery, name: str) -> Expected:
    scenery.touched.add(name)
    for tree in scenery.of("Node", name):
        dead = {
            "type": "Ready",
            "status": "Unknown",
            "lastTransitionTime": ago(8),
            "reason": "NodeStatusUnknown",
        }
        tree["status"]["conditions"] = [dead]
    for pod in scenery.of("Pod"):
        if pod["spec"].get("nodeName") == name and pod["status"]["phase"] == "Running":
            component = pod["metadata"]["labels"].get(COMPONENT, "").removeprefix(f"{RELEASE}-")
            scenery.touched.add(component)
            pod["status"]["conditions"] = [{"type": "Ready", "status": "False", "lastTransitionTime": ago(8)}]
    for component in sorted(scenery.touched & {*STORES, *SERVERS}):
        scenery.count(component, sum(is_ready(pod) for pod in scenery.pods(component)))
    return Expected(("node-not-ready",), subject=name)


def is_ready(pod: Tree) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"]["conditions"])


Fault = Callable[[Scenery, str], Expected]
FAULTS: tuple[tuple[Fault, tuple[str, ...]], ...] = (
    *((fault, (*STORES, *SERVERS)) for fault in (image, crash, memory, key, command, probe, unplaced)),
    (selector, tuple(name for name in (*STORES, *SERVERS) if not name.endswith("queue"))),
    (password, ("platform-backend", "backend", "queue")),
    (off, ("platform-backend", "frontend", "backend")),
    *((fault, STORES) for fault in (lost, policy)),
    *((fault, ("",)) for fault in (migration, certificate, backend, pending, gone)),
    (node, ("node-1", "node-2", "node-4")),
)


def every_fault() -> Iterator[tuple[Fault, str]]:
    for fault, places in FAULTS:
        for place in places:
            yield fault, place


def touches(fault: Fault, place: str) -> set[str]:
    """What a fault touches, found by putting it on a picture of its own."""
    scenery = Scenery(copy.deepcopy(TREES))
    fault(scenery, place)
    return scenery.touched


TREES: list[Tree] = [json.loads(line) for line in LINES[1:]]
