"""What the simulated containers have written: files that kwok serves through the real log endpoint of the API server.

The sample chart brings plain lines, one file per container name; here they get times and the form in which a container
runtime keeps logs. Containers without a file of their own get a default.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from sandbox.api import Api, Obj
from sandbox.places import CHART

LINES = CHART / "logs"
FAULTS = LINES / "faults"
GROUP = "/apis/kwok.x-k8s.io/v1alpha1"
DEFAULT = ("starting", "configuration read", "ready")
LABEL = {"sandbox": "fault"}


def serve(api: Api, folder: Path) -> None:
    """Gives every container its log: by the container's name, else the default."""
    rules: list[Obj] = []
    for source in sorted(LINES.glob("*.log")):
        target = folder / source.name
        _write(target, source.read_text().splitlines(), spread=1800)
        rules.append({"containers": [source.stem], "logsFile": str(target), "follow": True})
    default = folder / "_default.log"
    _write(default, list(DEFAULT), spread=60)
    rules.append({"logsFile": str(default), "follow": True})
    body = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "sandbox"}}
    api.apply(f"{GROUP}/clusterlogs/sandbox", {**body, "spec": {"logs": rules}})


def tell(api: Api, folder: Path, pod: Obj, lines: list[str]) -> None:
    """Gives one pod a log of its own: what it wrote before it ended, now and in its previous life."""
    name, space = pod["metadata"]["name"], pod["metadata"]["namespace"]
    target = folder / "faults" / f"{space}.{name}.log"
    target.parent.mkdir(exist_ok=True)
    _write(target, lines, spread=len(lines), ended=40)
    rule = {"logsFile": str(target), "previousLogsFile": str(target)}
    meta = {"name": name, "namespace": space, "labels": LABEL}
    body = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "Logs", "metadata": meta, "spec": {"logs": [rule]}}
    api.apply(f"{GROUP}/namespaces/{space}/logs/{name}", body)


def forget(api: Api, space: str) -> None:
    """Takes away the logs that faults told."""
    api.delete(f"{GROUP}/namespaces/{space}/logs?labelSelector=sandbox%3Dfault")


def lines_of(fault: str, component: str, otherwise: tuple[str, ...]) -> list[str]:
    """The chart's lines for a component in a fault; `otherwise` where the chart has none."""
    source = FAULTS / fault / f"{component}.log"
    return source.read_text().splitlines() if source.is_file() else list(otherwise)


def _write(target: Path, lines: list[str], *, spread: float, ended: float = 2) -> None:
    """Writes the lines with times from `spread` + `ended` seconds ago until `ended` seconds ago."""
    end = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=ended)
    step = datetime.timedelta(seconds=spread / max(len(lines), 1))
    stamped = (
        f"{end - step * (len(lines) - 1 - i):%Y-%m-%dT%H:%M:%S.%f}000Z stdout F {line}\n"
        for i, line in enumerate(lines)
    )
    target.write_text("".join(stamped))
