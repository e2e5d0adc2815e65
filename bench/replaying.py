"""The replaying server as a process of its own, for as long as a bench needs it, and the door to it."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import yaml

_PATIENCE = 5.0


class Replaying(msgspec.Struct, frozen=True):
    """A server that runs: the kubeconfig that leads to it, and its process."""

    kubeconfig: Path
    pid: int

    @property
    def address(self) -> str:
        """Where it listens."""
        tree = yaml.safe_load(self.kubeconfig.read_text())
        return str(tree["clusters"][0]["cluster"]["server"])

    def ask(self, door: str, **query: float) -> dict[str, Any]:
        """Asks it to let things happen, or how it is; see bench/replay/server.py."""
        text = "&".join(f"{key}={value}" for key, value in query.items())
        where = f"{self.address}/replay/{door}?{text}"
        with urllib.request.urlopen(where, timeout=_PATIENCE) as answer:  # noqa: S310 (this machine)
            found: dict[str, Any] = msgspec.json.decode(answer.read())
            return found


@contextmanager
def replayed(*flags: str) -> Iterator[Replaying]:
    """A server that has its pages ready; the large cluster unless `--small` is among the flags."""
    command = [sys.executable, "-m", "bench.replay", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101 (it was asked for)
            path = server.stdout.readline().strip()
            if not path:
                raise SystemExit("the replaying server did not start; its message is above")
            yield Replaying(Path(path), server.pid)
        finally:
            server.terminate()
