"""Plants the canaries in a real cluster: a release made by helm, and what a kubelet would report."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from sandbox import kubelet, podlogs
from sandbox.cluster import Sandbox
from sandbox.sample import Sample
from sandbox.waiting import until
from tests.canaries.canaries import at

NAMESPACE, RELEASE = "canaries", "canary"
WORKLOAD = f"{RELEASE}-langsmith-backend"
PATIENCE = 60.0
LABELS = {
    "app.kubernetes.io/name": "langsmith",
    "app.kubernetes.io/instance": RELEASE,
    "app.kubernetes.io/component": WORKLOAD,
    "app.kubernetes.io/managed-by": "Helm",
    "helm.sh/chart": "langsmith-0.16.11",
}
Tree = dict[str, Any]


def _meta(name: str, **more: Any) -> Tree:
    return {"name": name, "namespace": NAMESPACE, "labels": LABELS, **more}


def _echoes() -> dict[str, str]:
    """What repeats the values of the Secret where only the value itself gives them away."""
    return {f"echo.example/n{n}": f"it is {canary.value} here" for n, canary in enumerate(at("secret"))}


def objects() -> list[Tree]:
    """The release: a Secret, a ConfigMap, a Deployment."""
    arguments = [part for canary in at("args") for part in canary.written.split("\n")]
    notes = {canary.name: canary.written for canary in at("annotation")} | _echoes()
    container = {
        "name": "backend",
        "image": "registry.example/backend:0.16.45",
        "args": arguments,
        "env": [{"name": canary.name, "value": canary.written} for canary in at("env")],
    }
    template = {"metadata": {"labels": LABELS, "annotations": notes}, "spec": {"containers": [container]}}
    deployment = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template}
    data = {canary.name: base64.b64encode(canary.written.encode()).decode() for canary in at("secret")}
    config = {canary.name: canary.written for canary in at("configmap")}
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": _meta(f"{RELEASE}-secrets"), "data": data},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _meta(f"{RELEASE}-config"), "data": config},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": _meta(WORKLOAD, annotations=notes),
            "spec": deployment,
        },
    ]


def plant(sandbox: Sandbox, folder: Path) -> None:
    """Install the release and let its pod fail; everything is in the namespace, which `uproot` removes."""
    chart = folder / "langsmith"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(
        "apiVersion: v2\nname: langsmith\nversion: 0.16.11\nappVersion: 0.16.45\n"
    )
    for n, tree in enumerate(objects()):
        (chart / "templates" / f"{n}.yaml").write_text(f'{{{{ .Files.Get "files/{n}.json" }}}}')
        (chart / "files").mkdir(exist_ok=True)
        (chart / "files" / f"{n}.json").write_text(json.dumps(tree))
    values = {"config": {canary.name: canary.written for canary in at("secret")}}
    (folder / "values.json").write_text(json.dumps(values))
    where = ("-n", NAMESPACE, "--create-namespace", "-f", str(folder / "values.json"))
    sandbox.run("helm", "upgrade", "--install", RELEASE, str(chart), *where)
    path = f"/api/v1/namespaces/{NAMESPACE}/pods"
    assert until(lambda: _is_running(sandbox.api.items(path)), PATIENCE, 0.2), "the pod does not run"
    _fail(sandbox, sandbox.api.items(path)[0])


def _is_running(pods: list[Tree]) -> bool:
    return bool(pods) and pods[0].get("status", {}).get("phase") == "Running"


def _fail(sandbox: Sandbox, pod: Tree) -> None:
    """Let the pod end again and again, with its words, its events and its log."""
    waiting, ended, condition = at("status")
    kubelet.crash_loop(sandbox.api, pod, 6)
    podlogs.tell(sandbox.api, Sample(sandbox).folder, pod, [canary.written for canary in at("log")])
    for canary in at("event"):
        kubelet.event(sandbox.api, pod, canary.name, canary.written, 3)
    status = sandbox.api.get(kubelet.pod_path(pod))["status"]
    state = status["containerStatuses"][0]
    state["state"]["waiting"]["message"] = waiting.written
    state["lastState"]["terminated"]["message"] = ended.written
    for entry in status["conditions"]:
        if entry["type"] == "Ready":
            entry["message"] = condition.written
    body = {"containerStatuses": [state], "conditions": status["conditions"]}
    sandbox.api.merge(f"{kubelet.pod_path(pod)}/status", {"status": body})


def uproot(sandbox: Sandbox) -> None:
    """Remove everything that was planted."""
    sandbox.run("kubectl", "delete", "namespace", NAMESPACE, "--timeout=60s")
    podlogs.forget(sandbox.api, NAMESPACE)
