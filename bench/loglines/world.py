"""Pods on simulated nodes, each with a log file of its own that kwok serves through the real API server."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandbox import simulation
from sandbox.api import Obj
from sandbox.cluster import Sandbox
from sandbox.waiting import until

NAMESPACE = "bench-logs"
PER_NODE = 100
_LOGS = f"/apis/kwok.x-k8s.io/v1alpha1/namespaces/{NAMESPACE}/logs"


def name_of(place: int) -> str:
    """The pod of a place."""
    return f"writer-{place:03}"


def furnish(sandbox: Sandbox, count: int) -> Path:
    """Make the pods ready and their logs empty; the folder of the logs."""
    api = sandbox.api
    folder = sandbox.home / "podlogs" / NAMESPACE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    api.apply(f"/api/v1/namespaces/{NAMESPACE}", space)
    nodes = [f"bench-node-{number}" for number in range(-(-count // PER_NODE))]
    simulation.add_nodes(api, nodes)
    for place in range(count):
        (folder / f"{place:03}.log").touch()
        name = name_of(place)
        api.apply(f"/api/v1/namespaces/{NAMESPACE}/pods/{name}", _pod(name, nodes[place // PER_NODE]))
        api.apply(f"{_LOGS}/{name}", _log(name, folder / f"{place:03}.log"))
    if not until(lambda: _ready(sandbox) == count, 120):
        raise SystemExit(f"not all of {count} pods became ready")
    return folder


def clear(sandbox: Sandbox) -> None:
    """Take all of it away."""
    sandbox.api.delete(_LOGS)
    sandbox.api.delete(f"/api/v1/namespaces/{NAMESPACE}")


def _ready(sandbox: Sandbox) -> int:
    pods = sandbox.api.items(f"/api/v1/namespaces/{NAMESPACE}/pods")
    return sum(pod.get("status", {}).get("phase") == "Running" for pod in pods)


def _pod(name: str, node: str) -> Obj:
    spec = {
        "nodeName": node,
        "containers": [{"name": "app", "image": "writer:1"}],
        "terminationGracePeriodSeconds": 0,
    }
    meta = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def _log(name: str, file: Path) -> Obj:
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Logs",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"logs": [{"logsFile": str(file), "follow": True}]},
    }
