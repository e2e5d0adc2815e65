"""Starts processes that outlive the terminal, and ends exactly those again.

A pid alone is not enough to kill by: after a crash or a reboot it may belong to somebody else. A process is
therefore remembered with the moment it was born, and only a process that still has both is ours.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 8.0
"""Seconds a process gets to end by itself before it is killed."""
POLL = 0.02


@dataclass(frozen=True)
class Process:
    """One started program: enough to know it again, and to start it again."""

    name: str
    pid: int
    birth: str
    argv: tuple[str, ...]
    log: str

    def is_alive(self) -> bool:
        """Whether the process runs and is still the one that was started."""
        return birth(self.pid) == self.birth


def start(name: str, argv: tuple[str, ...], log: Path) -> Process:
    """Starts a program in its own session, output to `log`. Without proxies: all it talks to is here."""
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=streams, setsid=True)
    return Process(name, pid, birth(pid) or "ended at once", argv, str(log))


def stop(processes: list[Process]) -> None:
    """Ends these processes, last started first, and waits until each is gone."""
    for process in reversed(processes):
        _signal(process, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while process.is_alive():
            if time.monotonic() > end:
                _signal(process, signal.SIGKILL)
            time.sleep(POLL)


def birth(pid: int) -> str | None:
    """The moment a process was born, as a text no other process has; None when it is gone or a zombie."""
    _reap(pid)
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _birth_by_ps(pid)
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else f"{_boot()}/{fields[19]}"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return "boot"


def _birth_by_ps(pid: int) -> str | None:
    told = subprocess.run(
        ["ps", "-o", "lstart=,stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    text = told.stdout.strip()
    return None if not text or text.split()[-1].startswith("Z") else " ".join(text.split()[:-1])


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):  # started by an earlier run: somebody else reaps it
        os.waitpid(pid, os.WNOHANG)


def _signal(process: Process, number: signal.Signals) -> None:
    if process.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
