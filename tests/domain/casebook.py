"""Reads the cases of the health engine and builds the objects that their short forms stand for.

A case is a YAML file: objects in, findings out. Times are written as ages ("-5m"), a component's pods and
workload as `pod: {of: api, waiting: …}`; anything else is a Kubernetes object as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mission_control.domain.kinds import kinds_with
from mission_control.domain.logtail import LogTail
from mission_control.domain.objects import Object
from mission_control.domain.product import Product
from mission_control.domain.readings import Readings
from mission_control.domain.snapshot import Sight, Snapshot, snapshot_of
from mission_control.products.model import load

HERE = Path(__file__).parent
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMESPACE, FULLNAME = "shop", "prod-shop"
_AGE = re.compile(r"-(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
Tree = dict[str, Any]


@cache
def shop() -> Product:
    return load((HERE / "shop.yaml").read_text(), "shop.yaml")


def cases() -> Iterator[tuple[str, Tree]]:
    """Every case with its name: the folder is the code or the subject, the file says which side."""
    for path in sorted((HERE / "cases").rglob("*.yaml")):
        yield f"{path.parent.name}/{path.stem}", yaml.safe_load(path.read_text())


def picture(case: Tree) -> Snapshot:
    seen = snapshot_of(map(decoded, trees_of(case)), NOW, _sights(case.get("sights", {})))
    readings = msgspec.convert(_aged(case.get("readings", {})), Readings)
    return msgspec.structs.replace(seen, readings=readings)


def trees_of(case: Tree) -> list[Tree]:
    """The objects of a case as an API server would send them."""
    trees = [tree for entry in case.get("objects", []) for tree in _expand(entry)]
    trees += [tree for name in case.get("healthy", []) for tree in component(name)]
    return _with_workloads([_aged(tree) for tree in trees])


def tails(case: Tree) -> tuple[LogTail, ...]:
    return tuple(
        LogTail(
            NAMESPACE,
            pod_name(entry["of"], entry.get("n", 0)),
            entry.get("container", "main"),
            entry.get("previous", True),
            tuple(entry.get("text", "").splitlines()),
            entry.get("refused", ""),
        )
        for entry in case.get("logs", [])
    )


def decoded(tree: Tree) -> Object:
    """A Kubernetes object as the picture holds it, through the same bytes as from an API server."""
    kind = next(kind for kind in kinds_with((shop(),)) if kind.kind == tree["kind"])
    return msgspec.json.decode(msgspec.json.encode(tree), type=kind.shape)


def _sights(states: Tree) -> list[Sight]:
    return [Sight(kind, states.get(kind.kind, "live")) for kind in kinds_with((shop(),))]


def _aged(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _aged(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_aged(entry) for entry in value]
    if isinstance(value, str) and (match := _AGE.fullmatch(value)):
        moment = NOW - timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
        return moment.isoformat().replace("+00:00", "Z")
    return value


def _expand(entry: Tree) -> Iterator[Tree]:
    if "pod" in entry:
        yield pod(**entry["pod"])
    elif "workload" in entry:
        yield workload(**entry["workload"])
    elif "event" in entry:
        yield event(**entry["event"])
    else:
        meta = {"namespace": NAMESPACE, "uid": entry["metadata"]["name"], **entry["metadata"]}
        yield {**entry, "metadata": meta}


def labels(of: str) -> Tree:
    return {
        "app.kubernetes.io/name": "shop",
        "app.kubernetes.io/instance": "prod",
        "app.kubernetes.io/component": f"{FULLNAME}-{of}",
        "helm.sh/chart": "shop-1.2.3",
        "app.kubernetes.io/version": "9.1",
    }


def kind_of(of: str) -> str:
    return (
        "StatefulSet"
        if of in ("store", "cache")
        else "Job"
        if of in ("migrate", "greet", "chore")
        else "Deployment"
    )


def pod_name(of: str, n: int) -> str:
    return f"{FULLNAME}-{of}-{n}" if kind_of(of) == "StatefulSet" else f"{FULLNAME}-{of}-5d8f7c9b6-{n}"


def component(of: str, replicas: int = 1) -> list[Tree]:
    return [pod(of, n) for n in range(replicas)]


def pod(of: str, n: int = 0, **given: Any) -> Tree:
    """A pod of a component: ready for three hours unless told otherwise; `meta`, `spec`, `status` add."""
    name, kind = pod_name(of, n), kind_of(of)
    parent = {
        "kind": "ReplicaSet",
        "name": f"{FULLNAME}-{of}-5d8f7c9b6",
        "uid": f"rs-{of}",
        "controller": True,
    }
    direct = {"kind": kind, "name": f"{FULLNAME}-{of}", "uid": f"{kind}-{of}", "controller": True}
    meta = {
        "name": name,
        "namespace": NAMESPACE,
        "uid": name,
        "labels": labels(of),
        "creationTimestamp": "-3h",
        "ownerReferences": [parent if kind == "Deployment" else direct],
        **given.get("meta", {}),
    }
    main = {
        "name": "main",
        "image": f"registry.example/{of}:1",
        "ports": [{"name": "http", "containerPort": 8000}],
        "resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        "readinessProbe": {"periodSeconds": 10, "failureThreshold": 3},
    }
    spec: Tree = {"nodeName": "node-1", "containers": [main], **given.get("spec", {})}
    if "init" in given:
        spec["initContainers"] = [{"name": "wait", "image": "busybox"}]
    return {"kind": "Pod", "metadata": meta, "spec": spec, "status": _pod_status(of, given)}


def _pod_status(of: str, given: Tree) -> Tree:
    changed = {"waiting", "terminated", "last", "running", "init", "status"} & given.keys()
    ready = given.get("ready", not changed)
    since = given.get("since", "-5m" if not ready else "-3h")
    state = {key: given[key] for key in ("waiting", "terminated", "running") if key in given}
    main: Tree = {
        "name": "main",
        "image": f"registry.example/{of}:1",
        "ready": ready,
        "restartCount": given.get("restarts", 0),
        "state": state or {"running": {"startedAt": given.get("started", "-3h")}},
        "lastState": {"terminated": given["last"]} if "last" in given else {},
    }
    status: Tree = {
        "phase": given.get("phase", "Running"),
        "startTime": "-3h",
        "conditions": [{"type": "Ready", "status": str(ready), "lastTransitionTime": since}],
        "containerStatuses": [main],
    }
    if "init" in given:
        status["initContainerStatuses"] = [
            {"name": "wait", "ready": False, "image": "busybox", **given["init"]}
        ]
        main["state"], main["ready"] = {"waiting": {"reason": "PodInitializing"}}, False
    return {**status, **given.get("status", {})}


def workload(of: str, replicas: int = 1, ready: int | None = None, **given: Any) -> Tree:
    """A component's workload; `spec`, `status` and `meta` add to it. A Job has no replicas."""
    kind = kind_of(of)
    meta = {
        "name": f"{FULLNAME}-{of}",
        "namespace": NAMESPACE,
        "uid": f"{kind}-{of}",
        "labels": {key: value for key, value in labels(of).items() if not key.endswith("component")},
        "creationTimestamp": "-3h",
        **given.get("meta", {}),
    }
    template = {"metadata": {"labels": labels(of)}, "spec": given.get("template", {})}
    spec: Tree = {"template": template, **given.get("spec", {})}
    status: Tree = {**given.get("status", {})}
    if kind != "Job":
        count = replicas if ready is None else ready
        spec = {"replicas": replicas, **spec}
        status = {"replicas": replicas, "readyReplicas": count, "updatedReplicas": replicas, **status}
    return {"kind": kind, "metadata": meta, "spec": spec, "status": status}


def event(about: str, reason: str, message: str, **given: Any) -> Tree:
    """An event about "Kind/name"; repeated five times in the last five minutes unless told otherwise."""
    kind, _, name = about.partition("/")
    involved = {"kind": kind, "name": name, "namespace": given.get("namespace", NAMESPACE)}
    return {
        "kind": "Event",
        "metadata": {"name": f"{name}.{reason}.{len(message)}", "namespace": NAMESPACE},
        "involvedObject": involved,
        "type": given.get("type", "Warning"),
        "reason": reason,
        "message": message,
        "count": given.get("times", 5),
        "firstTimestamp": given.get("first", "-5m"),
        "lastTimestamp": given.get("last", "-20s"),
    }


def _with_workloads(trees: list[Tree]) -> list[Tree]:
    """The objects with the workloads and ReplicaSets that their pods come from, counted by those pods."""
    known = {(tree["kind"], tree["metadata"]["name"]) for tree in trees}
    made: dict[tuple[str, str], Tree] = {}
    for of in sorted({_component(tree) for tree in trees if tree["kind"] in ("Pod", "Deployment")} - {""}):
        pods = [tree for tree in trees if tree["kind"] == "Pod" and _component(tree) == of]
        ready = sum(entry["status"]["conditions"][0]["status"] == "True" for entry in pods)
        wanted = workload(of, len(pods), ready)
        if kind_of(of) == "Deployment":
            owner = {
                "kind": "Deployment",
                "name": f"{FULLNAME}-{of}",
                "uid": f"Deployment-{of}",
                "controller": True,
            }
            meta = {"name": f"{FULLNAME}-{of}-5d8f7c9b6", "namespace": NAMESPACE, "uid": f"rs-{of}"}
            sets = {
                "kind": "ReplicaSet",
                "metadata": {**meta, "ownerReferences": [owner]},
                "spec": {"replicas": len(pods)},
            }
            sets["status"] = {"replicas": len(pods), "readyReplicas": ready}
            made["ReplicaSet", meta["name"]] = sets
        made[wanted["kind"], wanted["metadata"]["name"]] = wanted
    return [*trees, *(_aged(tree) for key, tree in made.items() if key not in known)]


def _component(tree: Tree) -> str:
    label = tree["metadata"].get("labels", {}).get("app.kubernetes.io/component", "")
    if tree["kind"] == "Deployment":
        template = tree.get("spec", {}).get("template", {}).get("metadata", {})
        label = template.get("labels", {}).get("app.kubernetes.io/component", "")
    return str(label).removeprefix(FULLNAME + "-") if label.startswith(FULLNAME) else ""
