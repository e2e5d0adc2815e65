"""The verbs on a real control plane: what they print, what they end with, and that they end."""

from __future__ import annotations

import json
import os
import signal
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
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(url, timeout=PATIENCE) as answer:
        assert answer.status == 200
    root = url.partition("/enter")[0]
    with browser.open(f"{root}/home.json", timeout=PATIENCE) as answer:
        assert "verdict" in json.load(answer)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.build_opener().open(f"{root}/home.json", timeout=PATIENCE)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_in_order_when_told(
    served: tuple[subprocess.Popen[str], str], told: signal.Signals, tmp_path: Path
) -> None:
    console, url = served
    assert url.startswith("http://127.0.0.1:")
    console.send_signal(told)
    assert console.wait(PATIENCE) == 0
    assert (tmp_path / "state" / "state.sqlite3").is_file()


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
