"""The demo from its start to Ctrl-C, in a state directory of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import record
from sandbox.build import Programs

pytestmark = pytest.mark.sandbox
PATIENCE = 60  # seconds


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    if not Programs().are_complete() and not os.environ.get("CI"):
        pytest.skip("the programs are not built: python -m sandbox build")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MC_")}
    return {**kept, "XDG_STATE_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}


def demo(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sandbox.demo", *arguments]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_interrupted_leaves_no_process(
    env: dict[str, str], tmp_path: Path, told: signal.Signals
) -> None:
    home = tmp_path / "mission-control" / "sandbox"
    command = demo("--", "--port", "0")
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stderr is not None
    with running.stdout, running.stderr:
        address = running.stdout.readline()
        assert any(line.startswith("the real sandbox: http://127.0.0.1:") for line in running.stderr)
        written = record.load(home)
        assert written is not None
        second = subprocess.run(
            demo(), env=env, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        running.send_signal(told)
        running.wait(PATIENCE)
    assert address.startswith("http://127.0.0.1:")
    assert (second.returncode, "another demo runs" in second.stderr) == (1, True)
    assert len(written.dead()) == len(written.processes) > 3
    assert not home.exists()
    assert [entry.name for entry in (tmp_path / "mission-control").iterdir()] == ["demo.lock"]


def test_a_fault_that_is_not_there_is_told_before_anything_starts(env: dict[str, str]) -> None:
    done = subprocess.run(demo("--fault", "plague"), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "there is no fault plague; there are healthy, storage-class" in done.stderr
