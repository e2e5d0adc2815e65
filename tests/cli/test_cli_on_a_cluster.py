"""The verbs on a real control plane: what they print, what they end with, and that they end."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from mission_control.access.permissions import Permission, role_for
from sandbox.cluster import Sandbox

pytestmark = pytest.mark.sandbox

COMMAND = [sys.executable, "-m", "mission_control"]
PATIENCE = 60  # seconds
ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: viewer, namespace: langsmith}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewer, namespace: langsmith}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: mission-control-view-health}
subjects: [{kind: ServiceAccount, name: viewer, namespace: langsmith}]
---
"""


def environment(cluster: Sandbox, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MC_")}
    return {**kept, "KUBECONFIG": str(cluster.kubeconfig), "MC_DATA_DIR": str(folder / "state")}


@pytest.fixture
def env(sandbox_cluster: Sandbox, tmp_path: Path) -> dict[str, str]:
    return environment(sandbox_cluster, tmp_path)


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def browser() -> urllib.request.OpenerDirector:
    """A browser that keeps cookies, and has none yet."""
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def audited(folder: Path) -> list[tuple[str, str, str]]:
    """Who did what with which result, as the state of these verbs keeps it."""
    with contextlib.closing(sqlite3.connect(folder / "state" / "state.sqlite3")) as connection:
        return list(connection.execute("SELECT who, action, result FROM audit ORDER BY number"))


@pytest.fixture
def served(env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A console that serves, and the address it printed."""
    console = subprocess.Popen([*COMMAND, "serve", "--port", "0"], env=env, stdout=subprocess.PIPE, text=True)
    assert console.stdout is not None
    yield console, console.stdout.readline().strip()
    console.kill()
    console.wait()
    console.stdout.close()


def test_health_of_a_healthy_sample_is_status_0_and_alone_on_standard_output(env: dict[str, str]) -> None:
    done = run(env, "health", "-o", "json", "--wait", "60s")
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"], done.stderr) == (0, "healthy", "")
    assert [found["product"] for found in report["installations"]] == ["langsmith"]
    assert report["findings"] == []


def test_health_in_text_starts_with_the_verdict(env: dict[str, str]) -> None:
    done = run(env, "health")
    assert done.stdout.startswith("● healthy  cluster")
    assert done.returncode == 0


def test_a_namespace_without_installation_has_none(env: dict[str, str]) -> None:
    done = run(env, "health", "-n", "default", "-o", "json")
    assert json.loads(done.stdout)["installations"] == []
    assert done.returncode == 0


def test_a_namespace_that_is_not_there_is_no_good_news(env: dict[str, str]) -> None:
    done = run(env, "health", "-n", "langsmiht", "-o", "json")
    assert (done.returncode, done.stdout) == (3, "")
    assert "There is no namespace langsmiht" in done.stderr


def test_half_a_picture_is_unknown_and_says_how_much_is_missing(env: dict[str, str]) -> None:
    done = run(env, "health", "-o", "json", "--wait", "1ms")
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"], report["findings"]) == (2, "unknown", [])
    assert "kinds have answered" in done.stderr


def test_watching_tells_at_once_and_ends_when_told(env: dict[str, str]) -> None:
    command = [*COMMAND, "health", "--watch", "-o", "json"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        first = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        _, complaints = watching.communicate(timeout=PATIENCE)
    assert first["schema"] == "mission-control/health/1"
    assert (watching.returncode, complaints) == (130, "")


def test_the_address_that_is_printed_opens_the_page_once(served: tuple[subprocess.Popen[str], str]) -> None:
    _, url = served
    mine = browser()
    with mine.open(url, timeout=PATIENCE) as answer:
        assert answer.status == 200
    root = url.partition("/enter")[0]
    with mine.open(f"{root}/home.json", timeout=PATIENCE) as answer:
        assert "verdict" in json.load(answer)
    with pytest.raises(urllib.error.HTTPError):
        browser().open(f"{root}/home.json", timeout=PATIENCE)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_in_order_when_told(
    served: tuple[subprocess.Popen[str], str], told: signal.Signals, tmp_path: Path
) -> None:
    console, url = served
    assert url.startswith("http://127.0.0.1:")
    with browser().open(url.replace("/enter", "/healthz"), timeout=PATIENCE) as answer:
        assert answer.status == 200
    console.send_signal(told)
    assert console.wait(PATIENCE) == 0
    done = audited(tmp_path)
    assert [what for _, what, _ in done] == ["start", "stop"]


def test_who_is_told_to_stop_while_starting_ends_in_order_too(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    console, _ = served  # the address is there before the site is
    console.send_signal(signal.SIGTERM)
    assert console.wait(PATIENCE) == 0


def test_every_sign_in_is_in_the_audit(served: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    _, url = served
    browser().open(url, timeout=PATIENCE).close()
    with pytest.raises(urllib.error.HTTPError):
        browser().open(url, timeout=PATIENCE)
    signed = [(who, result) for who, what, result in audited(tmp_path) if what == "sign-in"]
    assert signed == [(getpass.getuser(), "done"), ("nobody known", "refused")]


def test_an_accepted_finding_is_folded_until_it_is_taken_back(
    sandbox_cluster: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    sandbox_cluster.run("kubectl", "scale", "deploy/langsmith-frontend", "-n", "langsmith", "--replicas=0")
    subject = "Deployment/langsmith/langsmith-frontend"
    try:
        accept = ["accept", "scaled-to-zero", subject, "--reason", "it is night"]
        refused = run(env, *accept, "--for", "0s")
        accepted = run(env, *accept, "--for", "8h")
        folded = run(env, "health", "-o", "json")
        told = run(env, "accepted", "-o", "json")
        revoked = run(env, "accepted", "revoke", "1")
        back = run(env, "health", "-o", "json")
    finally:
        sandbox_cluster.run(
            "kubectl", "scale", "deploy/langsmith-frontend", "-n", "langsmith", "--replicas=1"
        )
        sandbox_cluster.run(
            "kubectl", "rollout", "status", "deploy/langsmith-frontend", "-n", "langsmith", "--timeout=60s"
        )
    assert (refused.returncode, accepted.returncode, revoked.returncode) == (3, 0, 0)
    assert json.loads(folded.stdout)["accepted"][0]["reason"] == "it is night"
    assert "scaled-to-zero" not in {found["code"] for found in json.loads(folded.stdout)["findings"]}
    assert "scaled-to-zero" in {found["code"] for found in json.loads(back.stdout)["findings"]}
    assert json.loads(told.stdout)["accepted"][0]["number"] == 1
    actions = [what for _, what, _ in audited(tmp_path)]
    assert actions == ["finding.accept", "finding.revoke"]


@pytest.mark.parametrize("what", ["pods", "nodes", "components"])
def test_top_lists_what_there_is(env: dict[str, str], what: str) -> None:
    done = run(env, "top", what, "-o", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["what"]) == (0, what)
    assert len(found["rows"]) > 3
    assert found["rows"][0]["cpu"]["requested"] is not None


def test_events_are_narrowed_to_an_object_and_what_it_made(env: dict[str, str]) -> None:
    done = run(env, "events", "--for", "deploy/langsmith-frontend", "--type", "normal", "-o", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert {"Deployment", "ReplicaSet", "Pod"} >= {event["kind"] for event in found["events"]}
    assert {event["reason"] for event in found["events"]} >= {"ScalingReplicaSet", "SuccessfulCreate"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["get", "secret/x"], "never reads Secrets"),
        (["get", "pod/nothing-like-it"], "There is no Pod nothing-like-it"),
        (["get", "deploymnets"], "does not read objects of a kind"),
        (["events", "--for", "langsmith"], "names no object"),
        (["accept", "crash-loop", "here", "--reason", "x"], "names no object"),
        (["accepted", "revoke", "9"], "No acceptance with number 9"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_status_3(
    env: dict[str, str], arguments: list[str], said: str
) -> None:
    done = run(env, *arguments)
    assert (done.returncode, done.stdout) == (3, "")
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_an_account_with_one_namespace_says_what_it_cannot_see(
    sandbox_cluster: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    role = ACCOUNT + role_for(Permission.VIEW_HEALTH, ["langsmith"])
    sandbox_cluster.run("kubectl", "apply", "-f", "-", stdin=role)
    try:
        token = sandbox_cluster.run("kubectl", "create", "token", "viewer", "-n", "langsmith").strip()
        config = json.loads(sandbox_cluster.run("kubectl", "config", "view", "--raw", "-o", "json"))
        config["users"] = [{"name": user["name"], "user": {"token": token}} for user in config["users"]]
        narrow = tmp_path / "narrow.kubeconfig"
        narrow.write_text(json.dumps(config))
        done = run(env, "health", "-n", "langsmith", "-o", "json", "--kubeconfig", str(narrow))
    finally:
        sandbox_cluster.run("kubectl", "delete", "-f", "-", stdin=role)
    report = json.loads(done.stdout)
    assert [found["verdict"] for found in report["installations"]] == ["healthy"]
    assert "Node" in {gap["kind"] for gap in report["blind"]}
