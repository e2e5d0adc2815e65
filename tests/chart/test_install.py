"""A new user's way on a real node: install, wait, forward a port, sign in with the password, see Home."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from image import archive, layout
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import silent
from sandbox.waiting import until
from tests.chart.realnode import (
    POD,
    RELEASE,
    SPACE,
    WHERE_POSSIBLE,
    Browser,
    forwarded,
    inside,
    password,
    put,
    real_node,
    rolled_out,
)

MINUTE = 60
pytestmark = [pytest.mark.sandbox, WHERE_POSSIBLE]


@pytest.fixture(scope="module")
def node(short_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    packed = archive.make(silent)
    with real_node(short_folder / "node", tmp_path_factory.mktemp("volumes"), [packed]) as made:
        yield made


class Journey:
    """What happened on the way: the words of helm, the page at its end, and how long it took in seconds."""

    def __init__(self, node: Sandbox) -> None:
        began = time.monotonic()
        self.notes = put(node, "install", RELEASE)
        rolled_out(node)
        with forwarded(node) as port:
            browser = Browser(port)
            self.status, self.html = browser.sign_in(password(node))
        self.seconds = time.monotonic() - began


@pytest.fixture(scope="module")
def journey(node: Sandbox) -> Journey:
    return Journey(node)


def starts(node: Sandbox) -> int:
    """How many starts of the console its audit holds."""
    told = json.loads(inside(node, "mission-control", "audit", "list", "--action", "start", "-o", "json"))
    return int(told["total"])


def test_from_install_to_home_takes_less_than_a_minute(journey: Journey) -> None:
    assert journey.status == 200
    assert "<title>Home – Mission Control</title>" in journey.html
    assert f"only {SPACE}" in journey.html
    assert journey.seconds < MINUTE


@pytest.mark.usefixtures("journey")
def test_the_image_runs_the_console_for_nobody_else_and_with_a_closed_file_system(node: Sandbox) -> None:
    assert inside(node, "mission-control", "version") == f"mission-control {layout.version()}\n"
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
def test_the_log_has_the_audit_line_by_line_and_no_password(node: Sandbox) -> None:
    lines = node.run("kubectl", "-n", SPACE, "logs", POD).splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    actions = [line["action"] for line in told if line.get("log") == "audit"]
    assert {"start", "sign-in"} <= set(actions)
    assert password(node) not in "\n".join(lines)


@pytest.mark.usefixtures("journey")
def test_the_state_outlives_the_pod_and_its_chain_is_whole(node: Sandbox) -> None:
    before = starts(node)
    node.run("kubectl", "-n", SPACE, "delete", "pod", POD, "--wait=true")
    rolled_out(node)
    assert starts(node) == before + 1
    assert inside(node, "mission-control", "audit", "verify").startswith("Whole: ")


def test_uninstalling_leaves_the_claim_that_it_names_and_nothing_else(node: Sandbox) -> None:
    told = put(node, "install", "second")
    assert "delete persistentvolumeclaim state-second-mission-control-0" in told
    claim = f"/api/v1/namespaces/{SPACE}/persistentvolumeclaims/state-second-mission-control-0"
    assert until(lambda: node.api.find(claim) is not None, 30)
    node.run("helm", "uninstall", "second", "--namespace", SPACE, "--wait")
    kinds = "all,configmaps,secrets,serviceaccounts,roles,rolebindings,networkpolicies,persistentvolumeclaims"
    chosen = ("-l", "app.kubernetes.io/instance=second", "-o", "name")
    assert until(lambda: "pod/" not in node.run("kubectl", "-n", SPACE, "get", kinds, *chosen), 45)
    left = node.run("kubectl", "-n", SPACE, "get", kinds, *chosen).split()
    assert left == ["persistentvolumeclaim/state-second-mission-control-0"]
