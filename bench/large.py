"""What `mission-control health` costs from start to end, beside one kubectl that lists the same kinds.

    python -m bench.large                 on the replayed large cluster
    python -m bench.large --here          on the cluster of KUBECONFIG, such as a sandbox with 5,000 pods:
                                          python -m sandbox up && python -m sandbox scale 5000

With --peers, the official Python client and lightkube list the same kinds once, with their own models. Goals:
at most 0.8 of kubectl's time, and 256 MiB at the most.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

from bench import peers
from bench.measuring import HEALTH_STATUS, Contender, environment, load, measure, table
from bench.replaying import replayed
from mission_control.cluster.cache import LivePicture
from mission_control.cluster.connection import Target, connect
from mission_control.cluster.errors import ClusterError
from mission_control.domain.kinds import KINDS

RUNS = 3
HEALTH = (sys.executable, "-m", "mission_control", "health", "-o", "json", "--wait", "120s")


async def count() -> dict[str, int]:
    """How many objects of each kind there are."""
    connection = await connect(Target())
    try:
        picture = LivePicture(connection, None, lambda: datetime.now(UTC), follow=False)
        await picture.run()
        snapshot = picture.snapshot()
        return {sight.kind.kind: len(snapshot.all(sight.kind.shape)) for sight in snapshot.sights}
    finally:
        await connection.aclose()


def contenders(kubectl: str, *, with_peers: bool) -> tuple[Contender, ...]:
    """Who is measured. The optional kinds are left out for kubectl, which fails where they are not served."""
    asked = [kind for kind in KINDS if not kind.optional]
    theirs = Contender(
        "kubectl get, all kinds", (kubectl, "get", ",".join(kind.resource for kind in asked), "-A")
    )
    ours = Contender("mission-control health", HEALTH, theirs.name, HEALTH_STATUS)
    if not with_peers:
        return (theirs, ours)
    listed = [(kind.kind, kind.api_version) for kind in asked]
    others = (
        Contender(f"{name}, all kinds", peers.command(name, listed), theirs.name, runs=1)
        for name in peers.NAMES
    )
    return (theirs, ours, *others)


def check() -> None:
    """Makes sure that `health` answers: its verdict is also an exit status, and so is a failure."""
    answer = subprocess.run(HEALTH, capture_output=True, check=False, env=environment())
    if not answer.stdout.startswith(b"{"):
        raise SystemExit(f"mission-control health gave no JSON: {answer.stderr.decode()[-400:]}")


def compare(runs: int, *, with_peers: bool) -> None:
    """Measures on the cluster of KUBECONFIG and prints what was read and what it cost."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise SystemExit('kubectl is not on PATH; the sandbox has one: eval "$(python -m sandbox env)"')
    try:
        counts = asyncio.run(count())
    except ClusterError as error:
        raise SystemExit(str(error)) from None
    found = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
    print(f"{len(KINDS)} kinds, {sum(counts.values())} objects: {found}")
    check()
    rivals = contenders(kubectl, with_peers=with_peers)
    print(load(), flush=True)
    print(table(rivals, measure(rivals, runs)))
    print(load())


def main() -> None:
    """Reads the flags and measures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each command runs")
    parser.add_argument("--here", action="store_true", help="on the cluster of KUBECONFIG")
    parser.add_argument("--peers", action="store_true", help="other Python clients beside it")
    chosen = parser.parse_args()
    if chosen.here:
        compare(chosen.runs, with_peers=chosen.peers)
        return
    with replayed() as replay:
        os.environ["KUBECONFIG"] = str(replay.kubeconfig)
        compare(chosen.runs, with_peers=chosen.peers)


if __name__ == "__main__":
    main()
