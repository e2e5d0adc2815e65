from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mission_control import __version__
from mission_control.cli import FAILED, main

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: one, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {token: made-up}}]
contexts: [{name: here, context: {cluster: one, user: me}}]
"""


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "KUBECONFIG",
        "KUBERNETES_SERVICE_HOST",
        "MC_KUBECONFIG",
        "MC_LOG_LEVEL",
        "MC_PORT",
        "MC_HOST",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MC_DATA_DIR", str(tmp_path / "state"))


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    return str(file)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on standard error; nothing may stand on standard output."""
    seen = capsys.readouterr()
    assert seen.out == ""
    assert "Traceback" not in seen.err
    return " ".join(seen.err.split())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"mission-control {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["health", "--help"], ["serve", "-h"]])
def test_help_is_no_failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["health", "--nope"], "--nope"),
        (["fly"], "fly"),
        (["health", "--wait", "soon"], "'soon' is no duration"),
        (["health", "-o", "xml"], "xml"),
        (["serve", "--port", "70000"], "65535"),
    ],
)
def test_a_flag_that_cannot_be_is_named_with_status_3(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == FAILED
    message = told(capsys)
    assert named in message
    assert "--help" in message


def test_a_setting_that_cannot_be_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MC_PORT", "many")
    assert main(["health"]) == FAILED
    assert "MC_PORT is 'many'" in told(capsys)


def test_a_kubeconfig_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--kubeconfig", "/nowhere/config"]) == FAILED
    assert "/nowhere/config" in told(capsys)


def test_a_context_that_is_not_there_is_named_before_and_after_the_verb(
    kubeconfig: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--kubeconfig", kubeconfig, "--context", "gone", "health"]) == FAILED
    before = told(capsys)
    assert main(["health", "--kubeconfig", kubeconfig, "--context", "gone"]) == FAILED
    assert "gone" in before
    assert before == told(capsys)


def test_a_cluster_that_does_not_answer_is_named(kubeconfig: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--kubeconfig", kubeconfig, "-o", "json"]) == FAILED
    assert "127.0.0.1:1" in told(capsys)


def test_serving_other_machines_must_be_asked_for(
    kubeconfig: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--kubeconfig", kubeconfig, "--host", "0.0.0.0"]) == FAILED  # noqa: S104
    assert "--allow-remote" in told(capsys)


def test_an_unforeseen_failure_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("token=hunter2")

    monkeypatch.setattr("mission_control.settings.read", fail)
    assert main(["health"]) == FAILED
    message = told(capsys)
    assert "RuntimeError" in message
    assert "hunter2" not in message


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after this code."""
    script = (
        f"{code}\nimport sys; sys.stderr.write(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_the_version_loads_neither_cluster_client_nor_web_framework() -> None:
    loaded = modules_after("from mission_control.cli import main; main(['version'])")
    assert not loaded & {"litestar", "httpx2", "sqlalchemy", "pydantic", "rich", "yaml"}


def test_health_does_not_load_the_web_framework() -> None:
    loaded = modules_after("import mission_control.app")
    assert "httpx2" in loaded
    assert not loaded & {"litestar", "uvicorn", "sqlalchemy", "jinja2"}
