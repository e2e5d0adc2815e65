"""What a sandbox remembers about itself between two commands: one JSON file in its directory.

The file is written before and after every start of a process, so that whatever happens, `down` knows what
to end.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sandbox.network import Ranges
from sandbox.processes import Process
from sandbox.real.plan import NodePorts, Plan

FILE = "sandbox.json"


@dataclass(frozen=True)
class Ports:
    """Every port of a sandbox, on 127.0.0.1 but for `metrics`, which needs the machine's own address."""

    etcd: int
    etcd_peer: int
    apiserver: int
    controller_manager: int
    scheduler: int
    kwok: int
    metrics: int


@dataclass
class Record:
    """One sandbox: how it was started, and which processes belong to it."""

    ports: Ports
    ranges: Ranges
    machine: str | None
    """The machine's own address, that of the bridge with a real node; without a network None, then there
    is no metrics-server."""
    bare: bool
    stages: list[str]
    bin: str
    real: Plan | None = None
    """The real node beside the simulated ones, if there is one."""
    node_bin: str = ""
    is_whole: bool = False
    """Whether `up` reached its end."""
    processes: list[Process] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Where the API server listens: with a real node its pods must reach it."""
        return self.real.address if self.real else "127.0.0.1"

    def save(self, directory: Path) -> None:
        """Writes the record; whole or not at all."""
        fresh = directory / f".{FILE}"
        fresh.write_text(json.dumps(asdict(self), indent=1) + "\n")
        fresh.replace(directory / FILE)

    def remember(self, process: Process, directory: Path) -> None:
        """Adds a process, in the place of an earlier one of that name."""
        self.processes = [p for p in self.processes if p.name != process.name] + [process]
        self.save(directory)

    def dead(self) -> list[str]:
        """The names of processes that should run and do not."""
        return [p.name for p in self.processes if not p.is_alive()]


def load(directory: Path) -> Record | None:
    """The record in `directory`; None when there is none."""
    try:
        told: dict[str, Any] = json.loads((directory / FILE).read_text())
    except FileNotFoundError:
        return None
    told["ports"] = Ports(**told["ports"])
    told["ranges"] = Ranges(**told["ranges"])
    told["processes"] = [Process(**{**p, "argv": tuple(p["argv"])}) for p in told["processes"]]
    if told["real"]:
        real = told["real"]
        real["ports"], real["strangers"] = NodePorts(**real["ports"]), tuple(real["strangers"])
        told["real"] = Plan(**real)
    return Record(**told)
