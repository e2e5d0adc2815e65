"""A real node on this machine: what runs on it, what it cannot reach, and that nothing of it stays behind."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sandbox import processes
from sandbox.build import Programs
from sandbox.cli import main
from sandbox.cluster import Sandbox
from sandbox.errors import NoRealNode, SandboxError
from sandbox.parts import NODE_PARTS
from sandbox.progress import silent
from sandbox.real import kernel, machine, oci, runtime, traces
from sandbox.real.plan import NAME, ROLE, Plan
from sandbox.recordings import cases
from sandbox.recordings.recorder import Recorder
from sandbox.waiting import until

IN_CI = bool(os.environ.get("CI"))
SPACE = "real"
CORE = f"/api/v1/namespaces/{SPACE}"
OUTSIDE = "198.51.100.7"  # an address of documentation: nobody has it


def refusal() -> str:
    """Why this machine cannot carry a real node; empty when it can."""
    try:
        machine.check()
    except NoRealNode as error:
        return str(error)
    return ""


# Where the machine can, continuous integration takes no skip; where it cannot, there is nothing to prove.
LACK = refusal()
where_possible = (
    pytest.mark.xfail(bool(LACK), reason=LACK, run=False)
    if IN_CI
    else pytest.mark.skipif(bool(LACK), reason=LACK)
)
pytestmark = [pytest.mark.sandbox, where_possible]


@pytest.fixture(scope="module")
def node(short_folder: Path) -> Iterator[Sandbox]:
    built = Programs().are_complete() and Programs(parts=NODE_PARTS).are_complete()
    if not built and not IN_CI:
        pytest.skip("the programs are not built: python -m sandbox build --real-node")
    made = Sandbox(short_folder / "real", silent)
    try:
        made.up(real_node=True)
    except NoRealNode as error:
        pytest.skip(str(error))
    try:
        tolerated = json.dumps([{"key": ROLE, "operator": "Exists"}])
        made.run("kubectl", "create", "namespace", SPACE)
        made.run("kubectl", "annotate", "namespace", SPACE, *notes(tolerated))
        yield made
    finally:
        made.down()


def notes(tolerated: str) -> tuple[str, str]:
    prefix = "scheduler.alpha.kubernetes.io"
    return f"{prefix}/node-selector={ROLE}=real", f"{prefix}/defaultTolerations={tolerated}"


def pod(node: Sandbox, name: str, command: str, image: str = "localhost/tools:1") -> None:
    """A pod that is ready when this returns."""
    container = {"name": "main", "image": image, "command": ["sh", "-c", command]}
    spec = {"terminationGracePeriodSeconds": 1, "containers": [container]}
    meta = {"name": name, "labels": {"app": name}}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    node.run("kubectl", "apply", "-n", SPACE, "-f", "-", stdin=json.dumps(body))
    node.run("kubectl", "wait", "-n", SPACE, f"pod/{name}", "--for=condition=Ready", "--timeout=30s")


def inside(node: Sandbox, name: str, script: str) -> str:
    return node.run("kubectl", "exec", "-n", SPACE, name, "--", "python3", "-c", script)


def dial(address: str, port: int) -> str:
    return f"""
import socket
try:
    socket.create_connection(({address!r}, {port}), 5)
    print("connected")
except OSError as error:
    print(error.strerror or error)
"""


def test_one_real_node_is_ready_beside_six_simulated_ones(node: Sandbox) -> None:
    assert node.status()["nodes"] == {"total": 7, "unready": 0}
    info = node.api.get(f"/api/v1/nodes/{NAME}")["status"]["nodeInfo"]
    assert info["containerRuntimeVersion"].startswith("containerd://")


def test_pods_that_do_not_ask_for_it_stay_on_the_simulated_nodes(node: Sandbox) -> None:
    where = {p["spec"]["nodeName"] for p in node.api.items("/api/v1/namespaces/kube-system/pods")}
    assert where
    assert NAME not in where


def test_a_container_runs_logs_and_answers_commands(node: Sandbox) -> None:
    pod(node, "talks", "echo hello from $(hostname); exec sleep infinity")
    assert until(lambda: node.run("kubectl", "logs", "-n", SPACE, "talks") == "hello from talks\n", 10)
    assert inside(node, "talks", "print(6 * 7)") == "42\n"


def test_a_service_reaches_a_real_pod(node: Sandbox) -> None:
    pod(node, "serves", "echo found > /tmp/page; cd /tmp; exec python3 -m http.server 8000")
    node.run("kubectl", "expose", "-n", SPACE, "pod/serves", "--port=80", "--target-port=8000")
    address = node.api.get(f"{CORE}/services/serves")["spec"]["clusterIP"]
    assert until(lambda: serves(node, address), 15, 0.2)
    assert until(lambda: serves(node, f"serves.{SPACE}.svc"), 15, 0.2)


def serves(node: Sandbox, host: str) -> bool:
    """Whether the page comes; the server and kube-proxy need a moment after the pod is ready."""
    try:
        ask = f"import urllib.request as r; print(r.urlopen('http://{host}/page', timeout=2).read())"
        return inside(node, "serves", ask) == "b'found\\n'\n"
    except SandboxError:
        return False


def test_a_name_that_is_no_service_does_not_exist_and_is_told_at_once(node: Sandbox) -> None:
    pod(node, "asks", "exec sleep infinity")
    script = """
import socket
try:
    print(socket.gethostbyname("example.com"))
except OSError as error:
    print(error.errno == socket.EAI_NONAME)
"""
    assert inside(node, "asks", script) == "True\n"


def test_the_api_server_answers_a_pod_by_the_token_of_its_account(node: Sandbox) -> None:
    pod(node, "asks", "exec sleep infinity")
    script = """
import os, ssl, urllib.request, urllib.error
folder = "/var/run/secrets/kubernetes.io/serviceaccount"
url = f"https://{os.environ['KUBERNETES_SERVICE_HOST']}/api/v1/secrets"
head = {"Authorization": "Bearer " + open(f"{folder}/token").read()}
trust = ssl.create_default_context(cafile=f"{folder}/ca.crt")
try:
    urllib.request.urlopen(urllib.request.Request(url, headers=head), context=trust, timeout=5)
except urllib.error.HTTPError as error:
    print(error.code, "system:serviceaccount:real:default" in error.read().decode())
"""
    assert inside(node, "asks", script) == "403 True\n"


@pytest.mark.parametrize("address", [OUTSIDE, "192.0.2.1"])
def test_a_pod_has_no_way_out_of_the_machine(node: Sandbox, address: str) -> None:
    pod(node, "locked-in", "exec sleep infinity")
    assert inside(node, "locked-in", dial(address, 53)) == "Network is unreachable\n"


def test_a_service_with_an_endpoint_outside_is_no_way_out_either(node: Sandbox) -> None:
    pod(node, "locked-in", "exec sleep infinity")
    service = {"ports": [{"port": 80, "targetPort": 80}]}
    made = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "outside"}, "spec": service}
    node.run("kubectl", "apply", "-n", SPACE, "-f", "-", stdin=json.dumps(made))
    away = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "outside", "labels": {"kubernetes.io/service-name": "outside"}},
        "addressType": "IPv4",
        "ports": [{"port": 80, "protocol": "TCP"}],
        "endpoints": [{"addresses": [OUTSIDE], "conditions": {"ready": True}}],
    }
    node.run("kubectl", "apply", "-n", SPACE, "-f", "-", stdin=json.dumps(away))
    address = node.api.get(f"{CORE}/services/outside")["spec"]["clusterIP"]
    assert until(lambda: rule_for(address), 10)
    assert inside(node, "locked-in", dial(address, 80)) == "Network is unreachable\n"


def rule_for(address: str) -> bool:
    """Whether kube-proxy sends this address to an endpoint."""
    return any(f"-d {address}/32" in line and "KUBE-SVC" in line for line in packet_rules())


def test_a_packed_directory_runs_as_an_image(node: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "layer" / "opt").mkdir(parents=True)
    (tmp_path / "layer" / "opt" / "word").write_text("packed\n")
    archive = str(tmp_path / "image.tar")
    at = ["--dir", str(node.home)]
    packing = ["image", "pack", str(tmp_path / "layer"), "localhost/packed:1", "--on", "tools"]
    assert main([*packing, "--into", archive]) == 0
    assert oci.image_name(Path(archive)) == "localhost/packed:1"
    assert main(["image", "load", *at, archive]) == 0
    pod(node, "packed", "cat /opt/word; exec sleep infinity", "localhost/packed:1")
    assert until(lambda: node.run("kubectl", "logs", "-n", SPACE, "packed") == "packed\n", 10)


def test_a_failure_can_be_recorded_again(node: Sandbox, tmp_path: Path) -> None:
    wanted = cases.find(["config-missing-volume-secret", "none-completed"])
    assert Recorder(node, "127.0.0.1:9", tmp_path).record(wanted) == []
    told = yaml.safe_load((tmp_path / "config-missing-volume-secret.yaml").read_text())
    assert "FailedMount" in {item.get("reason") for item in told["objects"]}


def test_a_second_real_node_is_refused_with_a_status_of_its_own(
    node: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dir", str(tmp_path / "second"), "up", "--real-node"]) == NoRealNode.exit_status
    assert "a machine carries one" in capsys.readouterr().err
    assert node.status()["state"] == "running"


@pytest.mark.parametrize("name", ["kubelet", "containerd"])
def test_what_was_killed_is_mended_by_up_and_pods_live_on(node: Sandbox, name: str) -> None:
    pod(node, "lasting", "exec sleep infinity")
    before = node.api.get(f"{CORE}/pods/lasting")["status"]["containerStatuses"][0]["containerID"]
    killed = next(p for p in node.existing().processes if p.name == name)
    os.kill(killed.pid, signal.SIGKILL)
    assert until(lambda: not killed.is_alive(), 5)
    node.up(real_node=True)
    assert node.status()["nodes"] == {"total": 7, "unready": 0}
    assert until(lambda: obeys(node, "lasting"), 20, 0.2)
    status = node.api.get(f"{CORE}/pods/lasting")["status"]["containerStatuses"][0]
    assert (status["containerID"], status["restartCount"]) == (before, 0)


def obeys(node: Sandbox, name: str) -> bool:
    """Whether a pod answers commands; a kubelet that has just come back does not know its pods at once."""
    try:
        return inside(node, name, "print(1)") == "1\n"
    except SandboxError:
        return False


# --- the end ----------------------------------------------------------------------------------------------
def packet_rules() -> list[str]:
    return [line for family in ("iptables", "ip6tables") for line in kernel.packet_rules(family)]


def leftovers(plan: Plan, home: Path) -> list[str]:
    """Everything of a real node that is still there."""
    found = [f"mount {point}" for point in kernel.mounts_under(home)]
    found += [f"cgroup {path}" for path in kernel.CGROUPS.glob(f"*/{plan.cgroup}")]
    found += [f"link {path}" for path in machine.LINKS.glob(plan.bridge)]
    found += [f"packet rule {line}" for line in packet_rules() if "KUBE-" in line]
    found += [f"routing rule {line}" for line in kernel.routing_rules() if plan.bridge in line]
    found += [f"process {pid}" for pid, words in machine.running(runtime.SHIM) if str(home) in str(words)]
    found += [f"folder {name}" for name in traces.strangers() if name not in plan.strangers]
    now = kernel.sysctls()
    found += [
        f"{name} {now[name]}, was {value}" for name, value in plan.sysctls.items() if now[name] != value
    ]
    return [*found, *([f"folder {home}"] if home.exists() else [])]


def test_down_gives_the_machine_back_as_it_was(node: Sandbox) -> None:
    pod(node, "last", "exec sleep infinity")
    record = node.existing()
    assert record.real
    assert len(leftovers(record.real, node.home)) > 10
    node.down()
    assert leftovers(record.real, node.home) == []
    assert [p.name for p in record.processes if processes.birth(p.pid) == p.birth] == []


def test_down_cleans_up_after_everything_was_killed_with_pods_running(
    node: Sandbox, short_folder: Path
) -> None:
    crashed = Sandbox(short_folder / "crashed", silent, node.programs)
    crashed.up(real_node=True, bare=True)
    try:
        toleration = {"key": ROLE, "operator": "Exists"}
        overrides = json.dumps({"spec": {"nodeName": NAME, "tolerations": [toleration]}})
        image = ("--image=localhost/tools:1", f"--overrides={overrides}")
        crashed.run("kubectl", "run", "orphan", *image, "--command", "--", "sleep", "infinity")
        crashed.run("kubectl", "wait", "pod/orphan", "--for=condition=Ready", "--timeout=30s")
        record = crashed.existing()
        for process in record.processes:
            os.kill(process.pid, signal.SIGKILL)
        assert until(lambda: not any(p.is_alive() for p in record.processes), 5)
    finally:
        crashed.down()
    assert record.real
    assert leftovers(record.real, crashed.home) == []
