"""Writes into the API what a kubelet would report about a container that does not run.

There is no kubelet in a sandbox; everything that others do: scheduling, binding, quotas, rollouts: is
never written here, because the real control plane does it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sandbox.api import Api, Obj

HOLD = "sandbox/hold"
SINCE = 180
"""Seconds a reported trouble has lasted already, so that it is past every grace."""


@dataclass(frozen=True)
class Trouble:
    """Why a container waits. `exit_code` is how it last ended, None for one that never started."""

    reason: str
    message: str
    restarts: int = 0
    exit_code: int | None = None
    ended: str = "Error"


def report(api: Api, pod: Obj, trouble: Trouble) -> None:
    """Gives the first container of a pod this trouble, and holds the pod so that it keeps it."""
    path = pod_path(pod)
    api.merge(path, {"metadata": {"annotations": {HOLD: "true"}}})
    spec, status = pod["spec"], pod.get("status", {})
    first, *others = spec["containers"]
    known = {s["name"]: s for s in status.get("containerStatuses", [])}
    statuses = [_troubled(first, trouble), *(known.get(c["name"]) or _troubled(c, trouble) for c in others)]
    body = {
        "phase": "Pending" if trouble.exit_code is None else "Running",
        "containerStatuses": statuses,
        "conditions": _conditions(status.get("conditions", []), first["name"]),
    }
    api.merge(f"{path}/status", {"status": body})


def event(api: Api, pod: Obj, reason: str, message: str, count: int) -> None:
    """An event of the kubelet about the first container of a pod."""
    meta, container = pod["metadata"], pod["spec"]["containers"][0]["name"]
    space = meta["namespace"]
    about = {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "namespace": space, "uid": meta["uid"]}
    body = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{meta['name']}.{secrets.token_hex(8)}", "namespace": space},
        "involvedObject": {**about, "fieldPath": f"spec.containers{{{container}}}"},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": count,
        "firstTimestamp": ago(SINCE),
        "lastTimestamp": ago(5),
        "source": {"component": "kubelet", "host": pod["spec"].get("nodeName", "")},
        "reportingComponent": "kubelet",
    }
    api.create(f"/api/v1/namespaces/{space}/events", body)


def crash_loop(api: Api, pod: Obj, restarts: int, exit_code: int = 1, ended: str = "Error") -> None:
    """A container that ends again and again, and the kubelet that waits ever longer."""
    meta, name = pod["metadata"], pod["spec"]["containers"][0]["name"]
    whose = f"{meta['name']}_{meta['namespace']}({meta['uid']})"
    message = f"back-off 5m0s restarting failed container={name} pod={whose}"
    report(api, pod, Trouble("CrashLoopBackOff", message, restarts, exit_code, ended))
    event(api, pod, "BackOff", f"Back-off restarting failed container {name} in pod {whose}", restarts * 4)


def pod_path(pod: Obj) -> str:
    """Where the API server keeps a pod."""
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def ago(seconds: float) -> str:
    """A moment in the past, as the API writes it."""
    return f"{dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _troubled(container: Obj, trouble: Trouble) -> Obj:
    waiting = {"reason": trouble.reason, "message": trouble.message}
    last: Obj = {}
    if trouble.exit_code is not None:
        span = {"startedAt": ago(55), "finishedAt": ago(40)}
        last = {"terminated": {"exitCode": trouble.exit_code, "reason": trouble.ended, **span}}
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": False,
        "started": False,
        "restartCount": trouble.restarts,
        "state": {"waiting": waiting, "running": None, "terminated": None},
        "lastState": last,
    }


def _conditions(known: list[Obj], container: str) -> list[Obj]:
    kept = [c for c in known if c["type"] not in ("Ready", "ContainersReady")]
    why = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{container}]"}
    unready = {"status": "False", "lastTransitionTime": ago(SINCE), **why}
    return [*kept, {"type": "Ready", **unready}, {"type": "ContainersReady", **unready}]
