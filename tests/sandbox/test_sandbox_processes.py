"""Processes: only what was started here is ended here."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from sandbox import processes

FOREVER = (sys.executable, "-c", "import signal; signal.pause()")


def test_a_started_process_is_alive_until_it_is_stopped(tmp_path: Path) -> None:
    process = processes.start("idle", FOREVER, tmp_path / "log")
    assert process.is_alive()
    processes.stop([process])
    assert not process.is_alive()


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(tmp_path: Path) -> None:
    process = processes.start("idle", FOREVER, tmp_path / "log")
    processes.stop([replace(process, birth="another life")])
    assert process.is_alive()
    processes.stop([process])


def test_a_process_that_ended_by_itself_is_dead(tmp_path: Path) -> None:
    process = processes.start("short", (sys.executable, "-c", ""), tmp_path / "log")
    processes.stop([process])
    assert not process.is_alive()


def test_what_a_process_says_is_in_its_log(tmp_path: Path) -> None:
    child = (sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr)")
    process = processes.start("loud", child, tmp_path / "log")
    while process.is_alive():
        pass
    assert sorted((tmp_path / "log").read_text().split()) == ["err", "out"]
