"""Runs commands as processes of their own and tells what each cost beside its peer.

Wall time from start to end, processor time, and the most memory it ever held (ru_maxrss). The contenders run
in turns, so that a busy machine is busy for all of them; the load average stands beside the figures.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

MIB = 1024
HEALTH_STATUS = (0, 1, 2)
"""`health` ends with its verdict."""


class Cost(NamedTuple):
    """One run: seconds from start to end, seconds of processor time of its own, and MiB at the most."""

    seconds: float
    cpu: float
    memory: float


class Contender(NamedTuple):
    """A command, the name it has in the table, and the row it is compared with."""

    name: str
    command: tuple[str, ...]
    peer: str = ""
    allowed: tuple[int, ...] = (0,)
    runs: int | None = None


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without the switch that makes Python compile every module anew at each start."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | dict(more or {})


def run(rival: Contender) -> Cost:
    """Runs a command to its end with its output thrown away."""
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        files = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        pid = os.posix_spawnp(rival.command[0], rival.command, environment(), file_actions=files)
        _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in rival.allowed:
        raise SystemExit(f"{rival.name} failed; its message is above")
    took = time.perf_counter() - began
    return Cost(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def measure(rivals: Sequence[Contender], runs: int) -> dict[str, list[Cost]]:
    """Every contender so many times, in turns."""
    costs: dict[str, list[Cost]] = {rival.name: [] for rival in rivals}
    for n in range(runs):
        for rival in rivals:
            if n < (rival.runs or runs):
                costs[rival.name].append(run(rival))
    return costs


def _figures(costs: list[Cost]) -> tuple[float, float, float, float]:
    """Median and worst time, median processor time, highest memory."""
    took = [cost.seconds for cost in costs]
    cpu = statistics.median(cost.cpu for cost in costs)
    return statistics.median(took), max(took), cpu, max(cost.memory for cost in costs)


def table(rivals: Sequence[Contender], costs: Mapping[str, list[Cost]]) -> str:
    """Median and worst of each, and the ratio of the medians to the peer's."""
    head = f"{'runs':>29}{'median':>10}{'worst':>10}{'own cpu':>10}{'peak':>10}  {'to peer: time':<15}memory"
    lines = [head]
    for rival in rivals:
        median, worst, cpu, peak = _figures(costs[rival.name])
        runs = len(costs[rival.name])
        line = f"{rival.name:<25}{runs:>4}{median:>8.2f} s{worst:>8.2f} s{cpu:>8.2f} s{peak:>6.0f} MiB"
        if rival.peer:
            of_peer, _, _, peers_peak = _figures(costs[rival.peer])
            line += f"  {median / of_peer:<15.2f}{peak / peers_peak:.2f}"
        lines.append(line)
    return "\n".join(lines)


def load() -> str:
    """How busy the machine is."""
    one, five, _ = os.getloadavg()
    return f"load average {one:.1f} over one minute, {five:.1f} over five, on {os.cpu_count()} cores"
