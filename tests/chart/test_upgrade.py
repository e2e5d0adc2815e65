"""From the first release to this version with data in it, and what a pod that is killed keeps.

The first release is made from its commit. It knew one person and kept its sessions in memory: what it kept is
its identity, its audit and what was accepted.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self

import pytest

from image import archive, released
from image.tools import ImageError
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import silent
from sandbox.real import runtime
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

OLD = "0.1.0"
KILLS = int(os.environ.get("MC_KILLS", "5"))
"""MC_KILLS=20 takes some minutes more."""
pytestmark = [pytest.mark.sandbox, WHERE_POSSIBLE]
CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "waits"},
    "spec": {
        "storageClassName": "none-such",
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Mi"}},
    },
}
USER: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "uses-it"},
    "spec": {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "a",
                "image": "none",
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            }
        ],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "waits"}}],
    },
}


class Upgraded:
    """What the old version had kept, and the node on which the new one runs now."""

    def __init__(self, node: Sandbox, old_image: str) -> None:
        self.node = node
        put(node, "install", RELEASE, chart=released.chart(OLD), image=old_image)
        rolled_out(node)
        for made in (CLAIM, USER):
            node.run("kubectl", "-n", SPACE, "apply", "-f", "-", stdin=json.dumps(made))
        self.accepted = self._accept()
        self.seals = self._seals()
        put(node, "upgrade", RELEASE)
        rolled_out(node)

    def _accept(self) -> str:
        """Accept a finding with the old version's command line; what it said."""
        words = (
            "volume-unbound",
            f"PersistentVolumeClaim/{SPACE}/waits",
            "--reason",
            "kept over the upgrade",
        )
        said: list[str] = []

        def try_once() -> bool:
            try:
                said.append(inside(self.node, "mission-control", "accept", *words))
            except SandboxError:
                return False  # it is not found yet
            return True

        assert until(try_once, 60, poll=2)
        return said[-1]

    def _seals(self) -> list[str]:
        """The seals of the old audit, which has no command to list it."""
        file = "/var/lib/mission-control/state/state.sqlite3"
        query = "select seal from audit order by number"
        script = f"import sqlite3; [print(r[0]) for r in sqlite3.connect({file!r}).execute({query!r})]"
        return inside(self.node, "python3", "-c", script).split()


@pytest.fixture(scope="module")
def upgraded(short_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    try:
        old_image, old = released.pack(OLD)
    except ImageError as error:
        pytest.skip(str(error))
    images = [old, archive.make(silent)]
    with real_node(short_folder / "node", tmp_path_factory.mktemp("volumes"), images) as made:
        yield Upgraded(made, old_image)


def exported(node: Sandbox) -> list[dict[str, Any]]:
    """Every entry of the audit, the oldest first."""
    return [json.loads(line) for line in inside(node, "mission-control", "audit", "export").splitlines()]


def test_what_was_accepted_is_still_in_force(upgraded: Upgraded) -> None:
    assert "Accepted volume-unbound" in upgraded.accepted
    assert "kept over the upgrade" in inside(upgraded.node, "mission-control", "accepted", "list")


def test_the_audit_goes_on_from_the_old_one_and_its_chain_is_whole(upgraded: Upgraded) -> None:
    entries = exported(upgraded.node)
    assert len(upgraded.seals) >= 2  # its start, and what was accepted
    assert [entry["seal"] for entry in entries][: len(upgraded.seals)] == upgraded.seals
    assert inside(upgraded.node, "mission-control", "audit", "verify").startswith("Whole: ")


def test_the_administrator_signs_in_and_a_further_upgrade_keeps_password_and_sessions(
    upgraded: Upgraded,
) -> None:
    node, secret = upgraded.node, password(upgraded.node)
    with forwarded(node) as port:
        browser = Browser(port)
        assert browser.sign_in(secret)[0] == 200
    put(node, "upgrade", RELEASE, "--set", "podAnnotations.again=yes")
    rolled_out(node)
    assert password(node) == secret
    with forwarded(node, port):
        assert "<title>Audit – Mission Control</title>" in browser.get("/audit")[1]


def test_the_state_was_copied_before_it_was_brought_forward(upgraded: Upgraded) -> None:
    assert "state.sqlite3.revision-0002" in inside(upgraded.node, "ls", "/var/lib/mission-control/state")


class Load:
    """Somebody who has the audit checked, again and again, and counts what was confirmed."""

    def __init__(self, node: Sandbox, secret: str) -> None:
        self.confirmed = 0
        self._node, self._secret = node, secret
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with forwarded(self._node) as port:
                    browser = Browser(port)
                    browser.sign_in(self._secret)
                    seal = browser.seal()
                    while not self._over.is_set():
                        self.confirmed += browser.post("/audit/verify", seal=seal, back="/audit")[0] == 200
            except (OSError, HTTPException, AssertionError):
                self._over.wait(0.2)  # the pod is gone for the moment


def uid(node: Sandbox) -> str:
    return node.run("kubectl", "-n", SPACE, "get", "pod", POD, "-o", "jsonpath={.metadata.uid}")


def kill(node: Sandbox) -> None:
    """SIGKILL to the console's process, then a new pod, so that the kubelet's back-off is not waited out."""
    path = "jsonpath={.status.containerStatuses[0].containerID}"
    container = node.run("kubectl", "-n", SPACE, "get", "pod", POD, "-o", path).rpartition("//")[2]
    before = uid(node)
    killing = runtime.command(node.home, "tasks", "kill", "--signal", "SIGKILL", container)
    subprocess.run(killing, check=True, capture_output=True)
    node.run("kubectl", "-n", SPACE, "delete", "pod", POD, "--grace-period=0", "--force", "--wait=false")

    def is_new() -> bool:
        try:
            return uid(node) != before
        except SandboxError:
            return False

    assert until(is_new, 60, poll=0.2)
    rolled_out(node)


def test_a_pod_that_is_killed_again_and_again_under_load_loses_nothing_that_it_confirmed(
    upgraded: Upgraded,
) -> None:
    node = upgraded.node

    def checks() -> int:
        return sum(entry["action"] == "audit.verify" for entry in exported(node))

    before = checks()
    with Load(node, password(node)) as load:
        for number in range(KILLS):
            assert until(lambda least=number: load.confirmed > least, 60, poll=0.1)  # type: ignore[misc]
            kill(node)
    assert checks() - before >= load.confirmed >= KILLS
    assert inside(node, "mission-control", "audit", "verify").startswith("Whole: ")
    inside(node, "mission-control", "backup", "create", "/var/lib/mission-control/backups/killed.db")
    told = inside(node, "mission-control", "backup", "verify", "/var/lib/mission-control/backups/killed.db")
    assert told.startswith("killed.db: ")
