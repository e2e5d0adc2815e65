"""A sandbox's life on this machine: up, up again, mended, furnished, down. Everything here is real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import faults, processes
from sandbox.build import Programs
from sandbox.cli import main
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import silent
from sandbox.sample import Sample
from sandbox.waiting import until

pytestmark = pytest.mark.sandbox

CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: {name}}}
spec: {{accessModes: [ReadWriteOnce], storageClassName: {storage}, resources: {{requests: {{storage: 1Gi}}}}}}
"""
CORE = "/api/v1/namespaces/default"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    if not Programs().are_complete() and not os.environ.get("CI"):
        pytest.skip("the programs are not built: python -m sandbox build")
    made = Sandbox(tmp_path_factory.mktemp("sandbox") / "home", silent)
    made.up()
    yield made
    made.down()


def claim(cluster: Sandbox, name: str, storage: str) -> None:
    cluster.run("kubectl", "apply", "-f", "-", stdin=CLAIM.format(name=name, storage=storage))


def test_six_nodes_are_ready_when_up_returns(cluster: Sandbox) -> None:
    assert cluster.status()["nodes"] == {"total": 6, "unready": 0}


def test_a_second_up_says_that_it_runs_and_starts_nothing(cluster: Sandbox) -> None:
    before, told = cluster.existing().processes, list[str]()
    Sandbox(cluster.home, told.append).up()
    assert cluster.existing().processes == before
    assert told == [f"the sandbox is running already: export KUBECONFIG={cluster.kubeconfig}"]


def test_up_with_other_options_is_refused_while_it_runs(cluster: Sandbox) -> None:
    with pytest.raises(SandboxError, match="python -m sandbox down"):
        Sandbox(cluster.home, silent).up(bare=True)


def test_a_killed_process_is_started_again_by_up(cluster: Sandbox) -> None:
    kwok = next(p for p in cluster.existing().processes if p.name == "kwok")
    os.kill(kwok.pid, signal.SIGKILL)
    assert until(lambda: not kwok.is_alive(), 5)
    assert cluster.status()["state"] == "half-dead"
    cluster.up()
    assert cluster.status()["state"] == "running"


def test_status_as_json_names_every_process(cluster: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dir", str(cluster.home), "status", "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {p["name"] for p in told["processes"] if p["alive"]} >= {"etcd", "kube-apiserver", "kwok"}
    assert Path(told["kubeconfig"]).exists()


def test_a_claim_of_the_default_class_is_bound(cluster: Sandbox) -> None:
    claim(cluster, "fine", "standard")
    cluster.run("kubectl", "wait", "pvc/fine", "--for=jsonpath={.status.phase}=Bound", "--timeout=20s")


def test_a_volume_goes_with_its_claim(cluster: Sandbox) -> None:
    claim(cluster, "brief", "standard")
    cluster.run("kubectl", "wait", "pvc/brief", "--for=jsonpath={.status.phase}=Bound", "--timeout=20s")
    volume = cluster.api.get(f"{CORE}/persistentvolumeclaims/brief")["spec"]["volumeName"]
    cluster.run("kubectl", "delete", "pvc/brief")
    assert until(lambda: cluster.api.find(f"/api/v1/persistentvolumes/{volume}") is None, 20)


def test_a_claim_of_an_unknown_class_stays_pending_with_the_real_event(cluster: Sandbox) -> None:
    claim(cluster, "lost", "fast-ssd")
    events = f"{CORE}/events?fieldSelector=involvedObject.name%3Dlost"
    assert until(lambda: bool(cluster.api.items(events)), 20)
    assert cluster.api.items(events)[0]["message"] == 'storageclass.storage.k8s.io "fast-ssd" not found'
    assert cluster.api.get(f"{CORE}/persistentvolumeclaims/lost")["status"]["phase"] == "Pending"


def test_logs_come_through_the_api_server(cluster: Sandbox) -> None:
    assert (
        cluster.run("kubectl", "logs", "-n", "kube-system", "deployment/coredns").splitlines()[-1] == "ready"
    )


def test_top_shows_what_nodes_and_pods_use(cluster: Sandbox) -> None:
    metrics = "/apis/metrics.k8s.io/v1beta1"
    assert until(lambda: len(cluster.api.items(f"{metrics}/nodes")) == 6, 90, 0.5)
    assert until(lambda: len(cluster.api.items(f"{metrics}/namespaces/kube-system/pods")) == 2, 60, 0.5)
    lines = cluster.run("kubectl", "top", "pods", "-n", "kube-system", "--no-headers").splitlines()
    assert {line.split()[2] for line in lines} == {"18Mi"}


def test_a_fault_on_the_sample_is_real_and_can_be_cleared(cluster: Sandbox) -> None:
    sample = Sample(cluster)
    sample.install(settings=["config.logLevel=debug"])
    assert sample.unready() == []
    faults.put(sample, "storage-class")
    assert {"langsmith-postgres", "langsmith-backend"} <= set(sample.unready())
    told = cluster.run("kubectl", "logs", "-n", "langsmith", "deployment/langsmith-backend", "--previous")
    assert "port 5432 failed: Connection refused" in told
    faults.clear(sample)
    assert sample.unready() == []


def test_down_leaves_no_process_no_directory_and_no_route(cluster: Sandbox) -> None:
    record = cluster.existing()
    cluster.down()
    assert [p.name for p in record.processes if processes.birth(p.pid) == p.birth] == []
    assert not cluster.home.exists()
    cluster.down()


def test_a_bare_sandbox_has_no_nodes_and_no_storage_class(cluster: Sandbox, tmp_path: Path) -> None:
    bare = Sandbox(tmp_path / "bare", silent, cluster.programs)
    bare.up(bare=True)
    try:
        assert bare.api.items("/api/v1/nodes") == []
        assert bare.api.items("/apis/storage.k8s.io/v1/storageclasses") == []
    finally:
        bare.down()


def test_an_interrupted_up_leaves_nothing(cluster: Sandbox, tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "sandbox", "--dir", str(home), "up"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) as starting:
        seen: list[processes.Process] = []

        def has_started_two() -> bool:
            found = Sandbox(home, silent, cluster.programs).record
            seen[:] = found.processes if found else []
            return len(seen) > 1

        assert until(has_started_two, 20, 0.01)
        starting.send_signal(signal.SIGINT)
        told = starting.communicate()[1]
    assert (starting.returncode, told) == (130, "interrupted; what had been started is ended\n")
    assert not any(process.is_alive() for process in seen)
    assert not home.exists()
