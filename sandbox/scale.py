"""Thousands of pods in minutes: for benches, and for looking at a page with a long list."""

from __future__ import annotations

import time

from sandbox import simulation
from sandbox.api import Obj
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import duration
from sandbox.waiting import until

NAMESPACE = "scale"
PER_NODE = 100
PER_DEPLOYMENT = 250
PATIENCE_PER_POD = 0.2
POLL = 1.0
TELL_EVERY = 5.0


def scale(sandbox: Sandbox, count: int) -> None:
    """Makes the namespace `scale` hold `count` ready pods, with the nodes they need; 0 removes it all."""
    began = time.monotonic()
    api, path = sandbox.api, f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
    sandbox.existing()
    if not count:
        _remove(sandbox)
        return
    nodes = -(-count // PER_NODE)
    simulation.add_nodes(api, [f"scale-node-{i:03}" for i in range(1, nodes + 1)])
    api.apply(
        f"/api/v1/namespaces/{NAMESPACE}",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
    )
    wanted = _shares(count)
    for name in {d["metadata"]["name"] for d in api.items(path)} - wanted.keys():
        api.delete(f"{path}/{name}")
    for name, replicas in wanted.items():
        api.apply(f"{path}/{name}", _deployment(name, replicas))
    _wait(sandbox, count, path)
    took = time.monotonic() - began
    sandbox.say(
        f"{count} pods on {nodes} more nodes are ready after {duration(took)} ({count / took:.0f} a second)"
    )


def _shares(count: int) -> dict[str, int]:
    number = -(-count // PER_DEPLOYMENT)
    return {f"load-{i:03}": count // number + (i <= count % number) for i in range(1, number + 1)}


def _deployment(name: str, replicas: int) -> Obj:
    labels = {"app.kubernetes.io/name": name}
    usage = {"kwok.x-k8s.io/usage-cpu": "35m", "kwok.x-k8s.io/usage-memory": "90Mi"}
    requests = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
    pod = {"containers": [{"name": "worker", "image": "worker:1.0.0", "resources": requests}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels, "annotations": usage}, "spec": pod},
        },
    }


def _wait(sandbox: Sandbox, count: int, path: str) -> None:
    told = [time.monotonic()]

    def all_are_ready() -> bool:
        found = [d.get("status", {}) for d in sandbox.api.items(path)]
        ready, there = (sum(s.get(field, 0) for s in found) for field in ("readyReplicas", "replicas"))
        if time.monotonic() - told[0] > TELL_EVERY:
            sandbox.say(f"{ready} of {count} pods are ready")
            told[0] = time.monotonic()
        return bool(ready == there == count)

    if not until(all_are_ready, 60 + count * PATIENCE_PER_POD, POLL):
        raise SandboxError(f"not all {count} pods are ready. See: kubectl get events -n {NAMESPACE}")


def _remove(sandbox: Sandbox) -> None:
    sandbox.api.delete(f"/api/v1/namespaces/{NAMESPACE}")
    if not until(lambda: sandbox.api.find(f"/api/v1/namespaces/{NAMESPACE}") is None, 300, POLL):
        advice = f"kubectl get namespace {NAMESPACE} -o yaml"
        raise SandboxError(f"the namespace {NAMESPACE} does not go away. See: {advice}")
    for node in sandbox.api.items("/api/v1/nodes"):
        if node["metadata"]["name"].startswith("scale-node-"):
            sandbox.api.delete(f"/api/v1/nodes/{node['metadata']['name']}")
    sandbox.say(f"the namespace {NAMESPACE} and its nodes are gone")
