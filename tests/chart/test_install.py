"""A new user's way on a real node: install, wait, forward a port, open the printed address, see Home."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from image import archive
from sandbox.build import Programs
from sandbox.cluster import Sandbox
from sandbox.errors import NoRealNode, SandboxError
from sandbox.parts import NODE_PARTS
from sandbox.progress import silent
from sandbox.real import machine, runtime
from sandbox.real.plan import NAME, ROLE
from sandbox.waiting import until
from tests.chart.rendering import CHART

IN_CI = bool(os.environ.get("CI"))
SPACE, RELEASE = "console", "mission-control"
POD = f"{RELEASE}-0"
MINUTE = 60
OTHERS = 400  # seconds that another run may keep the machine's one real node


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


def is_free() -> bool:
    try:
        machine.check_no_other()
    except NoRealNode:
        return False
    return True


@pytest.fixture(scope="module")
def node(short_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A cluster with a real node, the console's image on it and a volume for its claim."""
    built = Programs().are_complete() and Programs(parts=NODE_PARTS).are_complete()
    if not built and not IN_CI:
        pytest.skip("the programs are not built: python -m sandbox build --real-node")
    packed = archive.make(silent)
    until(is_free, OTHERS, poll=1)
    made = Sandbox(short_folder / "node", silent)
    try:
        made.up(real_node=True)
    except NoRealNode as error:
        pytest.skip(str(error))
    try:
        runtime.load(made.home, [packed])
        made.run("kubectl", "create", "namespace", SPACE)
        made.run("kubectl", "label", "namespace", SPACE, "pod-security.kubernetes.io/enforce=restricted")
        add_volume(made, tmp_path_factory.mktemp("volume"))
        yield made
    finally:
        made.down()


def add_volume(node: Sandbox, folder: Path) -> None:
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [NAME]}]}
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "local": {"path": str(folder)},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
    }
    body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "one"}, "spec": spec}
    node.run("kubectl", "apply", "-f", "-", stdin=json.dumps(body))


def install(node: Sandbox, release: str, *more: str) -> str:
    """`helm install` as the documentation has it, with what this cluster needs; what helm says."""
    repository, _, tag = archive.name().rpartition(":")
    values = {
        "image": {"registry": repository.rpartition("/")[0], "tag": tag},
        "nodeSelector": {ROLE: "real"},
        "tolerations": [{"key": ROLE, "operator": "Exists"}],
        "persistence": {"storageClass": "-"},
    }
    words = ("install", release, str(CHART), "--namespace", SPACE, "--values", "-", *more)
    return node.run("helm", *words, stdin=json.dumps(values))


class Journey:
    """What happened on the way: the words of helm, the page at its end, and how long it took in seconds."""

    def __init__(self, node: Sandbox) -> None:
        began = time.monotonic()
        self.notes = install(node, RELEASE)
        node.run("kubectl", "-n", SPACE, "rollout", "status", f"statefulset/{RELEASE}", "--timeout=60s")
        printing = next(line for line in self.notes.splitlines() if line.strip().startswith("echo "))
        told = subprocess.run(
            ["bash", "-c", printing], env=node.env, capture_output=True, text=True, check=True
        )
        with forwarded(node) as port:
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            address = told.stdout.strip().replace("localhost:8090", f"localhost:{port}")
            with browser.open(address, timeout=20) as page:
                self.status, self.html = page.status, page.read().decode()
        self.seconds = time.monotonic() - began


@contextlib.contextmanager
def forwarded(node: Sandbox) -> Iterator[int]:
    """A free port of this machine that leads to the console."""
    command = [str(node.programs.path("kubectl")), "-n", SPACE, "port-forward", f"service/{RELEASE}", ":8090"]
    process = subprocess.Popen(command, env=node.env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def journey(node: Sandbox) -> Journey:
    return Journey(node)


def inside(node: Sandbox, *command: str) -> str:
    return node.run("kubectl", "-n", SPACE, "exec", POD, "--", *command)


def starts(node: Sandbox) -> int:
    """How many starts of the console its audit holds."""
    query = "select count(*) from audit where action = 'start'"
    file = "/var/lib/mission-control/state/state.sqlite3"
    script = f'import sqlite3; print(sqlite3.connect({file!r}).execute("{query}").fetchone()[0])'
    return int(inside(node, "python3", "-c", script))


def test_from_install_to_home_takes_less_than_a_minute(journey: Journey) -> None:
    assert journey.status == 200
    assert "<title>Home – Mission Control</title>" in journey.html
    assert f"only {SPACE}" in journey.html
    assert journey.seconds < MINUTE


@pytest.mark.usefixtures("journey")
def test_the_image_runs_the_console_for_nobody_else_and_with_a_closed_file_system(node: Sandbox) -> None:
    assert inside(node, "mission-control", "version") == "mission-control 0.1.0\n"
    assert inside(node, "id", "-u") == "10001\n"
    with pytest.raises(SandboxError, match="Read-only file system"):
        inside(node, "touch", "/opt/mission-control/console/more.py")


@pytest.mark.usefixtures("journey")
def test_the_chart_passes_its_own_test(node: Sandbox) -> None:
    assert re.search(r"Phase:\s+Succeeded", node.run("helm", "test", RELEASE, "--namespace", SPACE))


@pytest.mark.usefixtures("journey")
def test_the_consoles_account_reads_its_namespace_and_no_secret(node: Sandbox) -> None:
    account = f"--as=system:serviceaccount:{SPACE}:{RELEASE}"
    allowed = node.run("kubectl", "-n", SPACE, "auth", "can-i", "list", "pods", account)
    assert allowed == "yes\n"
    for words in (("list", "secrets"), ("get", "secrets"), ("delete", "pods"), ("create", "pods/exec")):
        with pytest.raises(SandboxError):
            node.run("kubectl", "-n", SPACE, "auth", "can-i", *words, account)
    with pytest.raises(SandboxError):
        node.run("kubectl", "-n", "kube-system", "auth", "can-i", "list", "pods", account)


@pytest.mark.usefixtures("journey")
def test_the_state_outlives_the_pod(node: Sandbox) -> None:
    before = starts(node)
    node.run("kubectl", "-n", SPACE, "delete", "pod", POD, "--wait=true")
    node.run("kubectl", "-n", SPACE, "rollout", "status", f"statefulset/{RELEASE}", "--timeout=60s")
    assert starts(node) == before + 1


def test_uninstalling_leaves_the_claim_that_it_names_and_nothing_else(node: Sandbox) -> None:
    told = install(node, "second")
    assert "delete persistentvolumeclaim state-second-mission-control-0" in told
    claim = f"/api/v1/namespaces/{SPACE}/persistentvolumeclaims/state-second-mission-control-0"
    assert until(lambda: node.api.find(claim) is not None, 30)
    node.run("helm", "uninstall", "second", "--namespace", SPACE, "--wait")
    kinds = "all,configmaps,secrets,serviceaccounts,roles,rolebindings,networkpolicies,persistentvolumeclaims"
    chosen = ("-l", "app.kubernetes.io/instance=second", "-o", "name")
    assert until(lambda: "pod/" not in node.run("kubectl", "-n", SPACE, "get", kinds, *chosen), 30)
    left = node.run("kubectl", "-n", SPACE, "get", kinds, *chosen).split()
    assert left == ["persistentvolumeclaim/state-second-mission-control-0"]
