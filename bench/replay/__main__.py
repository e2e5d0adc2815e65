"""Serves the large cluster on this machine until it is ended, and prints the kubeconfig that leads to it.

python -m bench.replay [--small]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
import tempfile
from pathlib import Path

from bench.replay.pages import book
from bench.replay.server import Replay
from bench.replay.world import SMALL, Size, World

CACHE = Path.home() / ".cache" / "mission-control" / "bench"


def kubeconfig(port: int) -> str:
    """A kubeconfig for a server on this machine."""
    return f"""apiVersion: v1
kind: Config
current-context: replay
clusters: [{{name: replay, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
contexts: [{{name: replay, context: {{cluster: replay, user: replay}}}}]
users: [{{name: replay, user: {{}}}}]
"""


async def main(size: Size) -> None:
    """Makes the pages ready, says where, and serves."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    replay = Replay(World(size), book(size, CACHE))
    gc.freeze()
    server = await asyncio.start_server(replay.accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="mission-control-replay-") as folder:
        path = Path(folder) / "kubeconfig"
        path.write_text(kubeconfig(port))
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--small", action="store_true", help="a cluster of some dozen pods")
    chosen = arguments.parse_args()
    try:
        asyncio.run(main(SMALL if chosen.small else Size()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
