"""The sample installation: the sandbox's own chart, installed with the real helm."""

from __future__ import annotations

import shutil
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sandbox import podlogs
from sandbox.api import Api, Obj
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.places import CHART
from sandbox.waiting import until

RELEASE = NAMESPACE = "langsmith"
VALUES = CHART / "ci" / "values.yaml"
PATIENCE = 90.0
POLL = 0.2


class Sample:
    """The release `langsmith` in the namespace `langsmith` of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.folder = sandbox.home / "podlogs"

    @property
    def api(self) -> Api:
        """The sandbox's API server."""
        return self.sandbox.api

    def install(self, version: str = "", settings: Sequence[str] = ()) -> None:
        """Installs or upgrades to a version of the chart (empty: the newest) and waits until all is ready."""
        if self.sandbox.existing().bare:
            raise SandboxError("this sandbox is bare: no nodes, no storage class. Start one without --bare.")
        began = time.monotonic()
        with chart(version) as place:
            sets = [part for setting in settings for part in ("--set", setting)]
            self.helm(place, "-f", str(VALUES), *sets)
        self.wait_ready()
        podlogs.serve(self.api, self.folder, RELEASE, self.pods())
        self.sandbox.say(f"{RELEASE} is installed and ready after {time.monotonic() - began:.0f} s")

    def helm(self, place: Path, *more: str) -> None:
        """`helm upgrade --install` of a chart's folder; undoes what somebody has patched by hand."""
        where = ("-n", NAMESPACE, "--create-namespace", "--timeout", "2m")
        self.sandbox.run(
            "helm", "upgrade", "--install", RELEASE, str(place), *where, "--force-conflicts", *more
        )

    def version(self) -> str:
        """The version of the chart that is installed, as its labels tell."""
        label: str = self.workloads()[0]["metadata"]["labels"]["helm.sh/chart"]
        return label.rpartition("-")[2]

    def must_exist(self) -> None:
        """Raises when there is no sample to put a fault on."""
        self.sandbox.existing()
        if not self.workloads():
            raise SandboxError(
                "there is no sample installation. Install it first: python -m sandbox install-sample"
            )

    def workloads(self) -> list[Obj]:
        """Its Deployments and StatefulSets."""
        kinds = ("deployments", "statefulsets")
        return [o for k in kinds for o in self.api.items(f"/apis/apps/v1/namespaces/{NAMESPACE}/{k}")]

    def pods(self, component: str = "") -> list[Obj]:
        """The pods of one component, or of all."""
        label = f"?labelSelector=app.kubernetes.io/component%3D{RELEASE}-{component}" if component else ""
        return self.api.items(f"/api/v1/namespaces/{NAMESPACE}/pods{label}")

    def wait_ready(self) -> None:
        """Waits until every workload has all its pods ready, and says which have not when time is out."""
        self.wait(lambda: not self.unready(), lambda: f"not ready: {', '.join(self.unready())}")

    def unready(self) -> list[str]:
        """The names of workloads that are not as their specification says."""
        return [w["metadata"]["name"] for w in self.workloads() if not _is_settled(w)]

    def wait(self, holds: Callable[[], bool], told: Callable[[], str], patience: float = PATIENCE) -> None:
        """Waits until a condition holds; when time is out, `told` says what is there instead."""
        if not until(holds, patience, POLL):
            advice = f"Look with: kubectl get pods,events -n {NAMESPACE}"
            raise SandboxError(f"after {patience:.0f} s {told()}. {advice}")


def _is_settled(workload: Obj) -> bool:
    wanted, status = workload["spec"].get("replicas", 1), workload.get("status", {})
    counts = [status.get(field, 0) for field in ("replicas", "readyReplicas", "updatedReplicas")]
    return counts == [wanted] * 3 and status.get("observedGeneration") == workload["metadata"]["generation"]


def versions() -> list[str]:
    """The chart's older versions; each is a list of edits beside the chart."""
    return sorted(path.stem for path in (CHART / "versions").glob("*.toml"))


@contextmanager
def chart(version: str = "") -> Iterator[Path]:
    """The folder of a version of the chart; an older one is made from the newest, in a temporary folder."""
    current = next(
        line.split()[1]
        for line in (CHART / "Chart.yaml").read_text().splitlines()
        if line.startswith("version:")
    )
    if version in ("", current):
        yield CHART
        return
    edits = CHART / "versions" / f"{version}.toml"
    if not edits.is_file():
        raise SandboxError(f"the sample has no version {version}; it has {', '.join([*versions(), current])}")
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        place = Path(folder) / CHART.name
        shutil.copytree(CHART, place)
        for edit in tomllib.loads(edits.read_text())["edits"]:
            _edit(place / edit["file"], edit["replace"], edit["with"])
        yield place


def _edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    if text.count(before) != 1:
        raise SandboxError(
            f"{file.name}: {before!r} occurs {text.count(before)} times; an edit needs it exactly once"
        )
    file.write_text(text.replace(before, after))
