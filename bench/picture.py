"""What the picture and `health` cost beside `kubectl get` of the same kinds, on the cluster of KUBECONFIG.

    python -m sandbox up && eval "$(python -m sandbox env)" && python -m sandbox scale 5000
    python bench/picture.py

Each command is a process of its own, from its start to its end: wall time, and the most memory it ever held
(ru_maxrss). The peers run in turns, so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

MIB = 1024
RUNS = 3


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


def run(command: tuple[str, ...], allowed: Sequence[int] = (0,)) -> Cost:
    """Runs a command to its end with its output thrown away."""
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        files = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        pid = os.posix_spawnp(command[0], command, _environment(), file_actions=files)
        _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in allowed:
        raise SystemExit(f"{' '.join(command[:4])} failed; its message is above")
    took = time.perf_counter() - began
    return Cost(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def _environment() -> dict[str, str]:
    """Ours, without the switch that makes Python compile every module anew at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


async def look(only: str) -> dict[str, int]:
    """Makes the picture once (or lists `only` one kind); how many objects of each kind there are."""
    from mission_control.cluster import listing  # noqa: PLC0415 (the child pays for imports, not the bench)
    from mission_control.cluster.cache import LivePicture  # noqa: PLC0415
    from mission_control.cluster.connection import Target, connect  # noqa: PLC0415
    from mission_control.cluster.decoding import Decoder  # noqa: PLC0415
    from mission_control.cluster.scope import Scope  # noqa: PLC0415
    from mission_control.cluster.sharing import Sharing  # noqa: PLC0415
    from mission_control.domain.kinds import kind_named  # noqa: PLC0415

    connection = await connect(Target())
    try:
        if kind := kind_named(only):
            decoder = Decoder(kind, Sharing())
            found = await listing.fresh(connection, Scope(kind), decoder, asyncio.Semaphore(1))
            return {only: len(found.items)}
        picture = LivePicture(connection, None, lambda: datetime.now(UTC), follow=False)
        await picture.run()
        snapshot = picture.snapshot()
        return {sight.kind.kind: len(snapshot.all(sight.kind.shape)) for sight in snapshot.sights}
    finally:
        await connection.aclose()


def contenders(kubectl: str, kinds: str) -> tuple[Contender, ...]:
    """Who is measured: one kind, all kinds, and the whole `health` command."""
    own = (sys.executable, __file__, "--look")
    health = (sys.executable, "-m", "mission_control", "health", "-o", "json")
    return (
        Contender("kubectl get pods", (kubectl, "get", "pods", "-A")),
        Contender("list of pods", (*own, "Pod"), "kubectl get pods"),
        Contender("kubectl get all kinds", (kubectl, "get", kinds, "-A")),
        Contender("picture of all kinds", (*own, "all"), "kubectl get all kinds"),
        Contender("mission-control health", health, "kubectl get all kinds"),
    )


def measure(rivals: Sequence[Contender], runs: int) -> dict[str, list[Cost]]:
    """Every contender so many times, in turns. `health` may end with 1 or 2: that is its verdict."""
    costs: dict[str, list[Cost]] = {rival.name: [] for rival in rivals}
    for _ in range(runs):
        for rival in rivals:
            allowed = (0, 1, 2) if "mission_control" in rival.command else (0,)
            costs[rival.name].append(run(rival.command, allowed))
    return costs


def _figures(costs: list[Cost]) -> tuple[float, float, float, float]:
    """Median and worst time, median processor time, highest memory."""
    took = [cost.seconds for cost in costs]
    cpu = statistics.median(cost.cpu for cost in costs)
    return statistics.median(took), max(took), cpu, max(cost.memory for cost in costs)


def table(rivals: Sequence[Contender], costs: dict[str, list[Cost]]) -> str:
    """Median and worst of each, and the ratio of the medians to the peer's."""
    lines = [f"{'':<24}{'median':>9}{'worst':>9}{'own cpu':>9}{'peak':>10}  {'to peer: time':<15}memory"]
    for rival in rivals:
        median, worst, cpu, peak = _figures(costs[rival.name])
        line = f"{rival.name:<24}{median:>7.2f} s{worst:>7.2f} s{cpu:>7.2f} s{peak:>6.0f} MiB"
        if rival.peer:
            of_peer, _, _, peers_peak = _figures(costs[rival.peer])
            line += f"  {median / of_peer:<15.2f}{peak / peers_peak:.2f}"
        lines.append(line)
    return "\n".join(lines)


def check(command: tuple[str, ...]) -> None:
    """Makes sure that `health` answers: its verdict is also an exit status, and so is a failure."""
    answer = subprocess.run(command, capture_output=True, check=False, env=_environment())
    if not answer.stdout.startswith(b"{"):
        raise SystemExit(f"mission-control health gave no JSON: {answer.stderr.decode()[-400:]}")


def main() -> None:
    """Prints what was read and what it cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each command runs")
    parser.add_argument("--look", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    from mission_control.cluster.errors import ClusterError  # noqa: PLC0415

    try:
        counts = asyncio.run(look(chosen.look or "all"))
    except ClusterError as error:
        raise SystemExit(str(error)) from None
    if chosen.look:
        return
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise SystemExit('kubectl is not on PATH; the sandbox has one: eval "$(python -m sandbox env)"')
    from mission_control.domain.kinds import KINDS  # noqa: PLC0415

    kinds = ",".join(kind.resource for kind in KINDS if not kind.optional)
    found = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    print(f"{len(KINDS)} kinds, {sum(counts.values())} objects: {found}\n")
    rivals = contenders(kubectl, kinds)
    check(rivals[-1].command)
    print(table(rivals, measure(rivals, chosen.runs)))


if __name__ == "__main__":
    main()
