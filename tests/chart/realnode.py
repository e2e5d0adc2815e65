"""A real node with the console's image on it, installing there, and a browser without a screen."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from image import archive
from sandbox.build import Programs
from sandbox.cluster import Sandbox
from sandbox.errors import NoRealNode
from sandbox.parts import NODE_PARTS
from sandbox.progress import silent
from sandbox.real import machine, runtime
from sandbox.real.plan import NAME, ROLE
from sandbox.waiting import until
from tests.chart.rendering import CHART

IN_CI = bool(os.environ.get("CI"))
SPACE, RELEASE = "console", "mission-control"
POD = f"{RELEASE}-0"
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
WHERE_POSSIBLE = (
    pytest.mark.xfail(bool(LACK), reason=LACK, run=False)
    if IN_CI
    else pytest.mark.skipif(bool(LACK), reason=LACK)
)


def is_free() -> bool:
    try:
        machine.check_no_other()
    except NoRealNode:
        return False
    return True


@contextlib.contextmanager
def real_node(home: Path, volumes: Path, images: list[Path]) -> Iterator[Sandbox]:
    """A cluster with a real node, these images on it, and two volumes for claims."""
    built = Programs().are_complete() and Programs(parts=NODE_PARTS).are_complete()
    if not built and not IN_CI:
        pytest.skip("the programs are not built: python -m sandbox build --real-node")
    until(is_free, OTHERS, poll=1)
    made = Sandbox(home, silent)
    try:
        made.up(real_node=True)
    except NoRealNode as error:
        pytest.skip(str(error))
    try:
        runtime.load(made.home, images)
        made.run("kubectl", "create", "namespace", SPACE)
        made.run("kubectl", "label", "namespace", SPACE, "pod-security.kubernetes.io/enforce=restricted")
        for name in ("one", "two"):
            (volumes / name).mkdir()
            add_volume(made, name, volumes / name)
        yield made
    finally:
        made.down()


def add_volume(node: Sandbox, name: str, folder: Path) -> None:
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [NAME]}]}
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "local": {"path": str(folder)},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
    }
    body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}
    node.run("kubectl", "apply", "-f", "-", stdin=json.dumps(body))


def put(node: Sandbox, verb: str, release: str, *more: str, chart: Path = CHART, image: str = "") -> str:
    """`helm install` or `upgrade` as the documentation has it, with what this cluster needs; helm's words."""
    repository, _, tag = (image or archive.name()).rpartition(":")
    values = {
        "image": {"registry": repository.rpartition("/")[0], "tag": tag},
        "nodeSelector": {ROLE: "real"},
        "tolerations": [{"key": ROLE, "operator": "Exists"}],
        "persistence": {"storageClass": "-"},
    }
    words = (verb, release, str(chart), "--namespace", SPACE, "--values", "-", *more)
    return node.run("helm", *words, stdin=json.dumps(values))


def rolled_out(node: Sandbox, release: str = RELEASE) -> None:
    node.run("kubectl", "-n", SPACE, "rollout", "status", f"statefulset/{release}", "--timeout=90s")


@contextlib.contextmanager
def forwarded(node: Sandbox, port: int = 0) -> Iterator[int]:
    """A port of this machine that leads to the console: this one, or a free one."""
    ports = f"{port or ''}:8090"
    command = [str(node.programs.path("kubectl")), "-n", SPACE, "port-forward", f"service/{RELEASE}", ports]
    process = subprocess.Popen(command, env=node.env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        process.terminate()
        process.communicate()


def inside(node: Sandbox, *command: str) -> str:
    return node.run("kubectl", "-n", SPACE, "exec", POD, "--", *command)


def password(node: Sandbox) -> str:
    """The administrator's password, as the notes say to read it."""
    path = "jsonpath={.data.password}"
    told = node.run("kubectl", "-n", SPACE, "get", "secret", f"{RELEASE}-admin", "-o", path)
    return base64.b64decode(told).decode()


class Browser:
    """A browser without a screen: it keeps cookies and sends forms as the pages' own."""

    def __init__(self, port: int) -> None:
        self.address = f"http://localhost:{port}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        """The status and the text of a page."""
        return self._send(urllib.request.Request(self.address + path))  # noqa: S310 -- ours

    def post(self, path: str, **form: str) -> tuple[int, str]:
        """The page that follows a form."""
        body = urllib.parse.urlencode(form).encode()
        headers = {"origin": self.address}
        asked = urllib.request.Request(self.address + path, data=body, headers=headers)  # noqa: S310 -- ours
        return self._send(asked)

    def sign_in(self, secret: str) -> tuple[int, str]:
        """Home, after signing in as the administrator."""
        return self.post("/sign-in", name="admin", password=secret, back="/")

    def seal(self) -> str:
        """What the forms of this session carry."""
        found = re.search(r'name="seal" value="([^"]+)"', self.get("/audit")[1])
        assert found is not None
        return found[1]

    def _send(self, request: urllib.request.Request) -> tuple[int, str]:
        with self._opener.open(request, timeout=20) as page:
            return page.status, page.read().decode()
