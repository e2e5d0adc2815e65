"""A cluster in memory for the tests of the pages: one installation of a known product, one pod of nobody's.

The objects are what an API server would send. `broken` tells the story of the design: a claim asks for a
storage class that does not exist, and what needs the store fails with it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 21, 2, 58, 7, tzinfo=UTC)
FULL = "demo"
NAMESPACE = "langsmith"
Tree = dict[str, Any]

PARTS = (
    ("StatefulSet", "postgres", 1, "1", "2Gi"),
    ("StatefulSet", "redis", 1, "500m", "1Gi"),
    ("StatefulSet", "clickhouse", 1, "2", "8Gi"),
    ("Deployment", "platform-backend", 3, "500m", "1Gi"),
    ("Deployment", "frontend", 1, "250m", "512Mi"),
    ("Deployment", "backend", 2, "1", "2Gi"),
    ("Deployment", "queue", 1, "1", "2Gi"),
    ("Deployment", "ace-backend", 1, "200m", "1Gi"),
    ("Deployment", "playground", 1, "500m", "1Gi"),
)
NEED_POSTGRES = frozenset({"platform-backend", "backend", "queue"})


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat()


def labels(component: str) -> Tree:
    return {
        "helm.sh/chart": "langsmith-0.16.11",
        "app.kubernetes.io/name": "langsmith",
        "app.kubernetes.io/instance": FULL,
        "app.kubernetes.io/version": "0.16.45",
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/component": f"{FULL}-langsmith-{component}",
    }


def meta(name: str, component: str = "", owner: tuple[str, str] | None = None, **more: Any) -> Tree:
    found: Tree = {
        "name": name,
        "namespace": NAMESPACE,
        "uid": f"uid-{name}",
        "creationTimestamp": ago(hours=30),
        "labels": labels(component) if component else {},
        "annotations": {"meta.helm.sh/release-name": FULL, "meta.helm.sh/release-namespace": NAMESPACE},
    } | more
    if owner:
        kind, owner_name = owner
        found["ownerReferences"] = [
            {"kind": kind, "name": owner_name, "uid": f"uid-{owner_name}", "controller": True}
        ]
    return found


def container(name: str, cpu: str, memory: str) -> Tree:
    return {
        "name": name,
        "image": f"registry.example/{name}:0.16.45",
        "ports": [{"containerPort": 8080}],
        "resources": {
            "requests": {"cpu": cpu, "memory": memory},
            "limits": {"cpu": "2", "memory": "4Gi"},
        },
    }


def pod_tree(name: str, component: str, owner: tuple[str, str], cpu: str, memory: str) -> Tree:
    return {
        "kind": "Pod",
        "metadata": meta(name, component, owner),
        "spec": {
            "nodeName": "node-3",
            "serviceAccountName": f"{FULL}-langsmith-{component}",
            "containers": [container(component, cpu, memory)],
        },
        "status": {
            "phase": "Running",
            "podIP": "10.42.3.118",
            "qosClass": "Burstable",
            "startTime": ago(hours=30),
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": ago(hours=30)}
                for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
            ],
            "containerStatuses": [
                {
                    "name": component,
                    "ready": True,
                    "started": True,
                    "restartCount": 0,
                    "state": {"running": {"startedAt": ago(hours=30)}},
                }
            ],
        },
    }


def crashing(tree: Tree, message: str = "could not reach postgres after 5 tries, giving up") -> Tree:
    """The same pod in a crash loop for a quarter of an hour."""
    status = tree["status"]
    for entry in status["conditions"][2:]:
        entry |= {"status": "False", "reason": "ContainersNotReady", "lastTransitionTime": ago(minutes=16)}
    status["containerStatuses"][0] |= {
        "ready": False,
        "restartCount": 7,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting"}},
        "lastState": {
            "terminated": {
                "exitCode": 1,
                "reason": "Error",
                "message": message,
                "startedAt": ago(minutes=2, seconds=41),
                "finishedAt": ago(minutes=2),
            }
        },
    }
    return tree


def unplaced(tree: Tree, claim: str) -> Tree:
    """The same pod, waiting for a claim."""
    del tree["spec"]["nodeName"]
    tree["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]
    said = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
    tree["metadata"]["creationTimestamp"] = ago(minutes=17)
    tree["status"] = {"phase": "Pending", "conditions": [condition | {"lastTransitionTime": ago(minutes=17)}]}
    return tree


def workload_tree(kind: str, component: str, replicas: int, ready: int, template: Tree) -> Tree:
    return {
        "kind": kind,
        "metadata": meta(f"{FULL}-langsmith-{component}", component),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app.kubernetes.io/component": f"{FULL}-langsmith-{component}"}},
            "template": {
                "metadata": {"labels": labels(component)},
                "spec": {
                    "containers": [
                        {
                            **template,
                            "env": [
                                {"name": "LOG_LEVEL", "value": "info"},
                                {
                                    "name": "POSTGRES_DATABASE_URI",
                                    "valueFrom": {
                                        "secretKeyRef": {"name": "demo-postgres", "key": "connection_url"}
                                    },
                                },
                                {
                                    "name": "CLICKHOUSE_HOST",
                                    "valueFrom": {"configMapKeyRef": {"name": "demo-config", "key": "ch"}},
                                },
                            ],
                        }
                    ],
                },
            },
        },
        "status": {
            "observedGeneration": 0,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": replicas - ready,
        },
    }


def component_trees(kind: str, part: str, replicas: int, figures: tuple[str, str], state: str) -> list[Tree]:
    """A workload with its ReplicaSet and pods; `state` is well, crashing or unplaced."""
    name = f"{FULL}-langsmith-{part}"
    ready = replicas if state == "well" else 0
    template = container(part, *figures)
    found = [workload_tree(kind, part, replicas, ready, template)]
    owner = (kind, name)
    suffixes = [str(place) for place in range(replicas)]
    if kind == "Deployment":
        owner = ("ReplicaSet", f"{name}-7c9d8b6f5")
        inner = workload_tree("ReplicaSet", part, replicas, ready, template)
        found.append(inner | {"metadata": meta(owner[1], part, (kind, name))})
        suffixes = [f"7c9d8b6f5-x2k{place}q" for place in range(replicas)]
    for suffix in suffixes:
        pod = pod_tree(f"{name}-{suffix}", part, owner, *figures)
        if state == "crashing":
            pod = crashing(pod)
        elif state == "unplaced":
            pod = unplaced(pod, f"data-{name}-{suffix}")
        found.append(pod)
    return found


def node_tree(name: str) -> Tree:
    return {
        "kind": "Node",
        "metadata": {"name": name, "uid": f"uid-{name}", "creationTimestamp": ago(days=41)},
        "status": {
            "allocatable": {"cpu": "8", "memory": "32Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": ago(days=41)}],
            "nodeInfo": {"kubeletVersion": "v1.34.4", "osImage": "Debian 12", "architecture": "amd64"},
        },
    }


def claim_trees(*, bound: bool) -> list[Tree]:
    claim = f"data-{FULL}-langsmith-postgres-0"
    spec: Tree = {"storageClassName": "standard" if bound else "fast-ssd", "accessModes": ["ReadWriteOnce"]}
    spec |= {"resources": {"requests": {"storage": "8Gi"}}}
    status = {"phase": "Bound", "capacity": {"storage": "8Gi"}} if bound else {"phase": "Pending"}
    about = {"kind": "PersistentVolumeClaim", "namespace": NAMESPACE, "name": claim}
    event = {
        "kind": "Event",
        "metadata": meta(f"{claim}.17a"),
        "involvedObject": about,
        "type": "Warning",
        "reason": "ProvisioningFailed",
        "message": 'storageclass.storage.k8s.io "fast-ssd" not found',
        "count": 68,
        "firstTimestamp": ago(minutes=17),
        "lastTimestamp": ago(seconds=12),
        "source": {"component": "persistentvolume-controller"},
    }
    found: list[Tree] = [
        {
            "kind": "PersistentVolumeClaim",
            "metadata": meta(claim, "postgres"),
            "spec": spec,
            "status": status,
        },
        {
            "kind": "StorageClass",
            "metadata": {
                "name": "standard",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": "example.com/disk",
        },
    ]
    return found if bound else [*found, event]


def trees(*, broken: bool) -> list[Tree]:
    """All objects of the story."""
    found: list[Tree] = []
    for kind, part, replicas, cpu, memory in PARTS:
        state = "unplaced" if part == "postgres" else "crashing" if part in NEED_POSTGRES else "well"
        found += component_trees(kind, part, replicas, (cpu, memory), state if broken else "well")
    found += claim_trees(bound=not broken)
    found.append({"kind": "ConfigMap", "metadata": meta("demo-config")})
    found += [node_tree(f"node-{place}") for place in (1, 2, 3)]
    stray = pod_tree("nightly-report-0", "", ("StatefulSet", "nightly-report"), "100m", "64Mi")
    stray["metadata"] |= {"namespace": "batch", "labels": {"app": "nightly"}}
    stray["metadata"].pop("annotations")
    stray["metadata"].pop("ownerReferences")
    found.append(crashing(stray, "cannot open report.csv") if broken else stray)
    found += [{"kind": "Namespace", "metadata": {"name": name}} for name in (NAMESPACE, "batch")]
    return found
