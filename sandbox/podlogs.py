"""What the simulated containers have written: files that kwok serves for the API server.

The sample chart brings plain lines, one file for each component; here they get times and the form in which
a container runtime keeps logs. Containers of other pods get a default.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from sandbox.api import Api, Obj
from sandbox.places import CHART

LINES = CHART / "logs"
GROUP = "/apis/kwok.x-k8s.io/v1alpha1"
DEFAULT = ["starting", "configuration read", "ready"]
LABEL = {"sandbox": "fault"}
COMPONENT = "app.kubernetes.io/component"
SPREAD = 1800
"""Seconds that a component's lines cover."""


def serve(api: Api, folder: Path, release: str = "", pods: Sequence[Obj] = ()) -> None:
    """Gives containers their component's log, other containers the default.

    A rule tells containers apart by name only. Most are called as their component; `pods` teaches the others.
    """
    containers = {source.stem: {source.stem} for source in sorted(LINES.glob("*.log"))}
    for pod in pods:
        component = pod["metadata"].get("labels", {}).get(COMPONENT, "").removeprefix(f"{release}-")
        if component in containers:
            containers[component].add(pod["spec"]["containers"][0]["name"])
    rules: list[Obj] = []
    for component, names in containers.items():
        target = folder / f"{component}.log"
        if not target.exists():
            _write(target, lines(component), spread=SPREAD)
        rules.append({"containers": sorted(names), "logsFile": str(target), "follow": True})
    default = folder / "_default.log"
    _write(default, DEFAULT, spread=60)
    rules.append({"logsFile": str(default), "follow": True})
    body = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "sandbox"}}
    api.apply(f"{GROUP}/clusterlogs/sandbox", {**body, "spec": {"logs": rules}})


def tell(api: Api, folder: Path, pod: Obj, written: list[str]) -> None:
    """Gives one pod a log of its own: what it wrote before it ended, now and in its previous life."""
    name, space = pod["metadata"]["name"], pod["metadata"]["namespace"]
    target = folder / "faults" / f"{space}.{name}.log"
    target.parent.mkdir(exist_ok=True)
    _write(target, written, spread=len(written), ended=40)
    rule = {"logsFile": str(target), "previousLogsFile": str(target)}
    meta = {"name": name, "namespace": space, "labels": LABEL}
    body = {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Logs",
        "metadata": meta,
        "spec": {"logs": [rule]},
    }
    api.apply(f"{GROUP}/namespaces/{space}/logs/{name}", body)


def forget(api: Api, space: str) -> None:
    """Takes away the logs that faults told."""
    api.delete(f"{GROUP}/namespaces/{space}/logs?labelSelector=sandbox%3Dfault")


def lines(name: str) -> list[str]:
    """The lines of a component (`queue`) or of a fault (`faults/postgres-refused`)."""
    return (LINES / f"{name}.log").read_text().splitlines()


def _write(target: Path, written: list[str], *, spread: float, ended: float = 2) -> None:
    """Writes the lines with times from `spread` + `ended` seconds ago until `ended` seconds ago."""
    end = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=ended)
    step = dt.timedelta(seconds=spread / max(len(written), 1))
    stamped = (
        f"{end - step * (len(written) - 1 - i):%Y-%m-%dT%H:%M:%S.%f}000Z stdout F {line}\n"
        for i, line in enumerate(written)
    )
    target.write_text("".join(stamped))
