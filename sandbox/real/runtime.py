"""Speaks to the sandbox's containerd through `ctr`: images in, containers out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from sandbox.errors import SandboxError, StartError
from sandbox.real import machine, settings

SPACE = "k8s.io"
SHIM = "containerd-shim-runc-v2"


def command(home: Path, *arguments: str) -> list[str]:
    """A command line of `ctr` for this sandbox."""
    return ["ctr", "--address", str(settings.socket(home)), "--namespace", SPACE, *arguments]


def answers(home: Path) -> bool:
    """Whether containerd is there."""
    return not subprocess.run(command(home, "version"), capture_output=True, check=False).returncode


def listed(home: Path, what: str) -> list[str]:
    """The names of all `images`, `containers` or `tasks`; empty when containerd does not answer."""
    told = subprocess.run(command(home, what, "ls", "-q"), capture_output=True, text=True, check=False)
    return told.stdout.split() if not told.returncode else []


def load(home: Path, archives: list[Path]) -> None:
    """Imports archives as images that pods can name."""
    for archive in archives:
        done = subprocess.run(
            command(home, "images", "import", str(archive)), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SandboxError(f"{archive} could not be imported as an image: {done.stderr.strip()[-400:]}")


class Loading:
    """The import of the last, largest archive while other things start; it takes two seconds of its own.

    The others are imported at once: two imports at a time would get in each other's way.
    """

    def __init__(self, home: Path, archives: list[Path]) -> None:
        load(home, archives[:-1])
        self._imports = [
            subprocess.Popen(
                command(home, "images", "import", str(archive)),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for archive in archives[-1:]
        ]

    def finish(self) -> None:
        """Waits for the end of all imports."""
        while self._imports:
            each = self._imports.pop()
            _, told = each.communicate()
            if each.returncode:
                raise StartError(f"an image could not be imported: {told.strip()[-400:]}")

    def abandon(self) -> None:
        """Ends the imports that still run: the start has failed."""
        for each in self._imports:
            if each.poll() is None:
                each.kill()
            each.communicate()


def remove_containers(home: Path) -> None:
    """Kills and removes every container that containerd still knows."""
    for task in listed(home, "tasks"):
        subprocess.run(command(home, "tasks", "rm", "--force", task), capture_output=True, check=False)
    for container in listed(home, "containers"):
        subprocess.run(command(home, "containers", "rm", container), capture_output=True, check=False)


def kill_shims(home: Path) -> None:
    """Kills the shims of this containerd, which outlive it when it crashed."""
    for pid, words in machine.running(SHIM):
        if str(settings.socket(home)) in words:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
