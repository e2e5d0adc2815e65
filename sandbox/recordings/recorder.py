"""Lets cases happen on the real node, a dozen at a time, and writes each down when its state has come."""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox import processes
from sandbox.api import Obj
from sandbox.cluster import Sandbox
from sandbox.errors import ApiError, SandboxError
from sandbox.progress import duration
from sandbox.real.plan import KIND, NAME, ROLE
from sandbox.recordings import telling, writing
from sandbox.recordings.cases import Case
from sandbox.recordings.telling import Picture
from sandbox.waiting import until

AT_ONCE = 12
PATIENCE = 300.0
POLL = 0.4
LEFTOVER = 120.0
NODE = f"/api/v1/nodes?fieldSelector=metadata.name%3D{NAME}"
KINDS = (
    "apis/apps/v1/{}/deployments",
    "apis/apps/v1/{}/replicasets",
    "apis/batch/v1/{}/jobs",
    "api/v1/{}/configmaps",
    "api/v1/{}/serviceaccounts",
)
"""What is recorded of a namespace besides its pods and events."""


@dataclass
class Running:
    """One case that is happening."""

    case: Case
    space: str
    began: float
    has_acted: bool = False


class Recorder:
    """Runs cases on a sandbox with a real node and writes what came of them into a folder."""

    def __init__(self, sandbox: Sandbox, registry: str, into: Path) -> None:
        self.sandbox, self.api, self.registry, self.into = sandbox, sandbox.api, registry, into
        self.versions = self._versions()

    def record(self, cases: list[Case]) -> list[str]:
        """Records all cases; the names of those whose state never came."""
        waiting, running, failed = list(cases), list[Running](), list[str]()
        while waiting or running:
            while waiting and len(running) < (1 if waiting[0].stops else AT_ONCE):
                running.append(self._begin(waiting.pop(0)))
            for each in list(running):
                late = time.monotonic() - each.began > PATIENCE
                if late or self._is_written(each):
                    running.remove(each)
                    if each.case.stops:
                        self.sandbox.up(bare=self.sandbox.existing().bare, real_node=True)
                    self._leave(each.space)
                    if late:
                        failed.append(each.case.name)
                        self.sandbox.say(f"{each.case.name}: {' and '.join(each.case.until)} did not come")
            time.sleep(POLL)
        return failed

    def _begin(self, case: Case) -> Running:
        space = case.name
        path = f"/api/v1/namespaces/{space}"
        if not until(lambda: self.api.find(path) is None, LEFTOVER, POLL):
            raise SandboxError(f"the namespace {space} of an earlier recording does not go away")
        tolerated = json.dumps([{"key": ROLE, "operator": "Exists"}])
        notes = {
            "scheduler.alpha.kubernetes.io/node-selector": f"{ROLE}={KIND}",
            "scheduler.alpha.kubernetes.io/defaultTolerations": tolerated,
        }
        meta = {"name": space, "annotations": notes}
        body: Obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
        self.api.apply(path, body)
        manifest = case.manifest.replace("REGISTRY", self.registry)
        manifest = manifest.replace("KEPT", str(self.sandbox.home / "node" / "kept" / space))
        self.sandbox.run("kubectl", "apply", "--server-side", "-n", space, "-f", "-", stdin=manifest)
        return Running(case, space, time.monotonic())

    def _is_written(self, each: Running) -> bool:
        core, batch = f"/api/v1/namespaces/{each.space}", f"/apis/batch/v1/namespaces/{each.space}"
        paths = (f"{core}/pods", f"{batch}/jobs", f"{core}/events", NODE)
        seen = Picture(*(self.api.items(path) for path in paths))
        if (each.case.deletes or each.case.stops) and not each.has_acted:
            if telling.holds("ready", seen):
                self._act(each.case, seen)
                each.has_acted = True
            return False
        if not all(telling.holds(state, seen) for state in each.case.until):
            return False
        self._write(each, seen)
        return True

    def _act(self, case: Case, seen: Picture) -> None:
        processes.stop([p for p in self.sandbox.existing().processes if p.name == case.stops])
        for pod in seen.pods if case.deletes else ():
            meta = pod["metadata"]
            self.api.delete(f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}")

    def _write(self, each: Running, seen: Picture) -> None:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        case = each.case
        others = [self._kind(path.format(f"namespaces/{each.space}"), each.space) for path in KINDS]
        found = [
            self._one("/api/v1/nodes/" + NAME, "v1", "Node"),
            self._one(f"/api/v1/namespaces/{each.space}", "v1", "Namespace"),
            *(item for items in others for item in items),
            *({"apiVersion": "v1", "kind": "Pod", **pod} for pod in seen.pods),
            *({"apiVersion": "v1", "kind": "Event", **event} for event in seen.events),
        ]
        head = (case.says, f"Recorded by: python -m sandbox.recordings {case.name}", self.versions)
        told = {
            "code": case.code,
            "finds": case.finds,
            "taken_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "judged_at": f"{now + dt.timedelta(seconds=case.judged):%Y-%m-%dT%H:%M:%SZ}",
            "objects": [writing.plain(item) for item in found],
        }
        self.into.mkdir(parents=True, exist_ok=True)
        target = self.into / f"{case.name}.yaml"
        target.write_text(writing.document(head, told, self.sandbox.home))
        self.sandbox.say(f"{case.name}: recorded after {duration(time.monotonic() - each.began)}")

    def _kind(self, path: str, space: str) -> list[Obj]:
        told = self.api.get(f"/{path}")
        about = {"apiVersion": told["apiVersion"], "kind": told["kind"].removesuffix("List")}
        return [{**about, **item} for item in told["items"] if item["metadata"].get("namespace") == space]

    def _one(self, path: str, version: str, kind: str) -> Obj:
        return {"apiVersion": version, "kind": kind, **self.api.get(path)}

    def _leave(self, space: str) -> None:
        """Lets the namespace go; a finalizer of ours must not hold it."""
        core = f"/api/v1/namespaces/{space}"
        for pod in self.api.items(f"{core}/pods"):
            path = f"{core}/pods/{pod['metadata']['name']}"
            try:
                if pod["metadata"].get("finalizers"):
                    self.api.merge(path, {"metadata": {"finalizers": None}})
                self.api.delete(path, {"gracePeriodSeconds": 1})
            except ApiError:  # it went by itself
                continue
        self.api.delete(core)

    def _versions(self) -> str:
        node = self.api.find(f"/api/v1/nodes/{NAME}")
        if node is None:
            raise SandboxError(
                "this sandbox has no real node; start it with: python -m sandbox up --real-node"
            )
        info = node["status"]["nodeInfo"]
        runtime = info["containerRuntimeVersion"].replace("://", " ")
        return f"kubelet {info['kubeletVersion']}, {runtime}, {info['osImage']}"
