"""A console on the story's cluster, served for a real browser on a free port of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvicorn

from mission_control.access.gate import Gate
from mission_control.domain.snapshot import Snapshot
from mission_control.web.site import create_site
from sandbox.browser import chromium
from tests.fakes.podlogs import PodLogs
from tests.web.accepting import accepting
from tests.web.logging import with_logs
from tests.web.recording import recorded
from tests.web.stage import Judgements, parts_of
from tests.web.story import Tree

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = chromium() or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"1280": (1280, 800), "390": (390, 844)}
POD = "demo-langsmith-backend-7c9d8b6f5-x2k0q"
PAGES = {
    "home": "/",
    "health": "/health/langsmith/demo",
    "outside": "/health/outside",
    "workloads": "/workloads",
    "others": "/workloads?installation=none",
    "deployments": "/workloads?kind=deployments",
    "search": "/search?q=postgres",
    "logs": "/logs?installation=langsmith/demo&since=all",
    "nodes": "/nodes",
    "events": "/events",
    "timeline": "/timeline",
    "before": "/timeline?installation=langsmith%2Fdemo&kind=event&q=postgres",
    "network": "/network",
    "services": "/network?view=services",
    "policies": "/network?view=policies",
    "storage": "/storage",
    "volumes": "/storage?view=volumes",
    "classes": "/storage?view=classes",
    "pod": f"/objects/Pod/langsmith/{POD}",
    "yaml": f"/objects/Pod/langsmith/{POD}?tab=yaml",
    "claim": "/objects/PersistentVolumeClaim/langsmith/data-demo-langsmith-postgres-0",
    "deployment": "/objects/Deployment/langsmith/demo-langsmith-backend",
    "node": "/objects/Node/-/node-1",
    "access": "/access/Event?namespace=batch",
    "cause": "/causes/volume-unbound",
    "redaction": "/settings/redaction",
    "audit": "/audit",
    "console": "/settings/console",
    "missing": "/objects/Pod/langsmith/gone",
}


class Console:
    """A running console; `tell` gives it the next picture."""

    def __init__(
        self,
        snapshot: Snapshot,
        found: list[Tree],
        port: int = 0,
        gate: Gate | None = None,
        podlogs: PodLogs | None = None,
    ) -> None:
        made = with_logs(parts_of(snapshot, found), podlogs)
        self._ending = contextlib.ExitStack()
        folder = self._ending.enter_context(tempfile.TemporaryDirectory())
        made = self._ending.enter_context(accepting(made, Path(folder)))
        made = self._ending.enter_context(recorded(made, Path(folder) / "audit"))
        self.parts = msgspec.structs.replace(made, gate=gate or made.gate)
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._site = create_site(self.parts)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def way_in(self) -> str:
        """An address with a fresh one-time token."""
        return f"{self.address}/enter?token={self.parts.gate.tickets.issue()}"

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(10)

    def stop(self) -> None:
        assert self._server is not None
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._site.state["closing"].set)
        self._server.should_exit = True
        self._thread.join(10)
        self._ending.close()

    def tell(self, snapshot: Snapshot) -> None:
        """Let the cluster change."""
        assert self._loop is not None
        assert isinstance(self.parts.judgements, Judgements)
        asyncio.run_coroutine_threadsafe(self.parts.judgements.tell(snapshot), self._loop).result(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(self._site, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        self._server = Announcing(config, self._started)
        await self._server.serve(sockets=[self._socket])


class Announcing(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce.set()


@contextlib.contextmanager
def running(snapshot: Snapshot, found: list[Tree]) -> Iterator[Console]:
    """A console for as long as the block lasts."""
    console = Console(snapshot, found)
    console.start()
    try:
        yield console
    finally:
        console.stop()
