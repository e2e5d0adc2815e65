"""Sixty secrets in a real cluster, and every way out of the console read back: none of them is anywhere.

And each mask is where its secret was: a page that shows nothing would prove nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mission_control.domain.redact.masks import Masks
from sandbox.cluster import Sandbox
from tests.canaries.canaries import CANARIES, Canary, at
from tests.canaries.dresses import found_in
from tests.canaries.exits import VERBS, Object, reads, writes
from tests.canaries.planting import NAMESPACE, WORKLOAD, plant, uproot

pytestmark = pytest.mark.sandbox

COMMAND = [sys.executable, "-m", "mission_control"]
PATIENCE = 60.0
FORMS = {
    "page": {"accept": "text/html"},
    "inside": {"accept": "text/html", "hx-request": "true"},
    "json": {"accept": "application/json"},
}
SHOWN = ("secret", "env", "args", "annotation", "event", "status", "log")
"""Places whose text the console shows, so that the masks must be there."""


class Console:
    """A console that serves the cluster with the canaries, and somebody who is in."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._log = log.open("wb")
        self._process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=env | {"MC_LOG_LEVEL": "debug"},
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self._process.stdout is not None
        self.way_in = self._process.stdout.readline().strip()
        self.root = self.way_in.partition("/enter")[0]
        self.client = httpx2.Client(base_url=self.root, timeout=PATIENCE, headers={"origin": self.root})
        self.client.get(self.way_in, follow_redirects=True).raise_for_status()
        self.seal = ""

    def wait(self) -> None:
        """Until the pod's log has been read, and the records of the release."""
        page = f"/health/{NAMESPACE}/canary"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            text = self.get(page, "page")
            if "log" in text and "MASKED." in text and "echo" in self.get(self.pod("yaml"), "page"):
                self.seal = text.partition('name="seal" value="')[2].partition('"')[0]
                known = self.client.get("/settings/redaction.json").json()["known"]
                if known > len(at("secret")):
                    return
        pytest.fail("the console has not come to know the canaries")

    def pod(self, tab: str) -> str:
        return f"/objects/Deployment/{NAMESPACE}/{WORKLOAD}?tab={tab}"

    def get(self, address: str, form: str) -> str:
        answer = self.client.get(address, headers=FORMS[form])
        return f"{answer.status_code} {dict(answer.headers)}\n{answer.text}"

    def send(self, address: str, form: dict[str, str], **headers: str) -> str:
        answer = self.client.post(address, data={"seal": self.seal, **form}, headers=headers)
        return f"{answer.status_code} {dict(answer.headers)}\n{answer.text}"

    def stream(self) -> str:
        """What the live stream says first."""
        with self.client.stream("GET", "/live") as answer:
            return next(chunk for chunk in answer.iter_text() if chunk.strip())

    def stop(self) -> None:
        self.client.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canaries")


@pytest.fixture(scope="module")
def env(sandbox_cluster: Sandbox, folder: Path) -> Iterator[dict[str, str]]:
    plant(sandbox_cluster, folder)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MC_")}
    yield {**kept, "KUBECONFIG": str(sandbox_cluster.kubeconfig), "MC_DATA_DIR": str(folder / "state")}
    uproot(sandbox_cluster)


@pytest.fixture(scope="module")
def objects(sandbox_cluster: Sandbox, env: dict[str, str]) -> list[Object]:  # noqa: ARG001  planted before
    kinds = "pods,deployments,replicasets,configmaps,serviceaccounts,events"
    listed = sandbox_cluster.run(
        "kubectl", "get", kinds, "-n", NAMESPACE, "-o",
        r'jsonpath={range .items[*]}{.kind}{" "}{.metadata.name}{"\n"}{end}',
    )  # fmt: skip
    return [
        Object(kind, NAMESPACE, name)
        for kind, _, name in (line.partition(" ") for line in listed.splitlines())
    ]


@pytest.fixture(scope="module")
def captured(env: dict[str, str], objects: list[Object], folder: Path) -> dict[str, str]:
    """Everything that the console has said, by where it said it."""
    console = Console(env, folder / "console.log")
    try:
        console.wait()
        found = {"GET /live": console.stream()}
        for addresses in reads(objects).values():
            for address in addresses:
                found |= {f"GET {address} as {form}": console.get(address, form) for form in FORMS}
        for forms in writes().values():
            for n, (address, form) in enumerate(forms):
                for kind in ("page", "json"):
                    found[f"POST {address} {n} as {kind}"] = console.send(address, form, **FORMS[kind])
        found |= {f"GET {path} again": console.get(path, "page") for path in ("/", "/settings/redaction")}
        console.client.cookies.clear()
        for address in ("/", f"/x?token={at('typed')[1].value}"):
            found[f"GET {address} as nobody"] = console.get(address, "page")
    finally:
        console.stop()
    # what was asked for names a canary itself; only the answer is read
    answers = {f"{name.split('=')[0][:90]} ({n})": text for n, (name, text) in enumerate(found.items())}
    return answers | spoken(env, folder) | kept(folder)


def spoken(env: dict[str, str], folder: Path) -> dict[str, str]:
    """What every verb prints."""
    file = folder / "worker.log"
    file.write_text("".join(f"{canary.name}={canary.written}\n" for canary in at("log") + at("env")))
    found, bundle = {}, folder / "bundle.zip"
    for lines in VERBS.values():
        for n, line in enumerate(lines):
            words = [{"FILE": str(file), "BUNDLE": str(bundle)}.get(word, word) for word in line]
            done = subprocess.run(
                [*COMMAND, *words], env=env, capture_output=True, text=True, timeout=3 * PATIENCE, check=False
            )
            found[f"verb {line[0]} {n}"] = f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    with zipfile.ZipFile(bundle) as archive:
        found |= {
            f"bundle {name}": archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        }
    return found


def kept(folder: Path) -> dict[str, str]:
    """The console's own log, and what it has written into its own state: the audit above all."""
    with contextlib.closing(sqlite3.connect(folder / "state" / "state.sqlite3")) as state:
        told = {
            "table audit": str(list(state.execute("SELECT * FROM audit"))),
            "table accepted": str(list(state.execute("SELECT * FROM accepted"))),
        }
    return {"the own log": (folder / "console.log").read_text(), **told}


@pytest.fixture(scope="module")
def fingerprint(captured: dict[str, str], folder: Path) -> Masks:  # noqa: ARG001  the key is made by serving
    with contextlib.closing(sqlite3.connect(folder / "state" / "state.sqlite3")) as state:
        return Masks(state.execute("SELECT key FROM identity").fetchone()[0])


def test_no_canary_is_anywhere_in_any_dress(captured: dict[str, str]) -> None:
    assert len(captured) > 150
    leaks = found_in(captured, CANARIES)
    assert not leaks, "\n".join(leaks)


def test_the_own_log_is_not_empty(captured: dict[str, str]) -> None:
    assert captured["the own log"].count("\n") > 5


@pytest.mark.parametrize("place", SHOWN)
def test_each_mask_is_where_its_secret_was(captured: dict[str, str], fingerprint: Masks, place: str) -> None:
    pages = "\n".join(text for name, text in captured.items() if name.startswith("GET"))
    missing = [canary.name for canary in at(place) if not is_masked_in(pages, canary, fingerprint)]
    assert not missing, missing


def is_masked_in(text: str, canary: Canary, fingerprint: Masks) -> bool:
    return fingerprint.mask(canary.value.encode()).rpartition(b".")[2].decode() in text


def test_the_command_line_shows_the_masks_too(captured: dict[str, str], fingerprint: Masks) -> None:
    said = "\n".join(text for name, text in captured.items() if name.startswith("verb get"))
    assert [canary for canary in at("env") if is_masked_in(said, canary, fingerprint)]


def test_a_bundle_holds_the_masks_and_is_searched(captured: dict[str, str]) -> None:
    parts = "\n".join(text for name, text in captured.items() if name.startswith("bundle"))
    assert parts.count("MASKED.") > len(at("env"))
