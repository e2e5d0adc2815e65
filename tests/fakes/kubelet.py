"""A kubelet's logs in memory, asked through the API server's endpoint: runs, rotation, cut streams.

It keeps what a real one keeps: the file of the present run from its last rotation on, and that of the run
before. `sinceTime` is taken by whole seconds, as the API server hands it on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2

from mission_control.cluster.connection import Connection
from mission_control.cluster.troubles import Place
from mission_control.domain.logs import stamps
from tests.fakes.apiserver import Obj, status

START = 1_764_400_000 * stamps.SECOND


@dataclass
class Run:
    """One life of a container."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    is_over: bool = False
    first: int = 0  # what rotation has left


class _Cut(httpx2.AsyncByteStream):
    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._parts


class FakeKubelet:
    """One pod "web" with one container "app" in the namespace "shop"."""

    def __init__(self) -> None:
        self.runs = [Run()]
        self.restarts = 0
        self.now = START
        self.is_gone = self.is_down = self.is_forbidden = False
        self.waits = False
        self.asked: list[dict[str, str]] = []
        self.looks = 0
        self._streams: set[asyncio.Event] = set()
        self._cuts: set[asyncio.Event] = set()

    def write(self, text: str, ahead: int = 0) -> None:
        """Write a line now, or so many ns later."""
        self.now += ahead
        self.runs[-1].lines.append((self.now, text))
        self._wake()

    def restart(self) -> None:
        """The container ends and the next run begins."""
        self.end()
        self.start()

    def end(self) -> None:
        self.runs[-1].is_over, self.waits = True, True
        self._wake()

    def start(self) -> None:
        self.runs.append(Run())
        self.restarts += 1
        self.waits = False

    def rotate(self) -> None:
        """What was written before is gone for whoever asks anew; an open stream goes on."""
        self.runs[-1].first = len(self.runs[-1].lines)

    def cut(self) -> None:
        """Cut all streams in the middle."""
        for event in self._cuts:
            event.set()
        self._wake()

    @property
    def streams(self) -> int:
        """How many are open."""
        return len(self._streams)

    def _wake(self) -> None:
        for event in self._streams:
            event.set()

    def connection(self) -> Connection:
        client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(self.answer))
        return Connection(client, Place("http://fake", "fake"))

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        if self.is_down:
            raise httpx2.ConnectError("down", request=request) from ConnectionRefusedError()
        if self.is_gone:
            return status(404, "NotFound", 'pods "web" not found')
        if not request.url.path.endswith("/log"):
            self.looks += 1
            return httpx2.Response(200, json=self._pod())
        if self.is_forbidden:
            return status(
                403,
                "Forbidden",
                'User "x" cannot get resource "pods/log" in API group "" in the namespace "shop"',
            )
        params = dict(request.url.params)
        self.asked.append(params)
        place = -2 if "previous" in params else -1
        if len(self.runs) < -place:
            return status(400, "BadRequest", "previous terminated container not found")
        return httpx2.Response(200, stream=_Cut(self._sent(self.runs[place], params)))

    async def _sent(self, run: Run, params: dict[str, str]) -> AsyncIterator[bytes]:
        since = stamps.parsed(params.get("sinceTime", "").encode()) or 0
        place = run.first
        if "tailLines" in params:
            place = max(place, len(run.lines) - int(params["tailLines"]))
        woken, cut = asyncio.Event(), asyncio.Event()
        self._streams.add(woken)
        self._cuts.add(cut)
        try:
            while True:
                end = len(run.lines)
                for at, text in run.lines[place:end]:
                    if at >= since:
                        yield f"{stamps.written(at)} {text}\n".encode()
                place = end
                if "follow" not in params or (run.is_over and place == len(run.lines)):
                    return
                await woken.wait()
                woken.clear()
                if cut.is_set():
                    raise httpx2.RemoteProtocolError("peer closed connection")
        finally:
            self._streams.discard(woken)
            self._cuts.discard(cut)

    def _pod(self) -> Obj:
        ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
        last = ended if self.restarts or self.waits else {}
        state: Obj = {"waiting": {"reason": "CrashLoopBackOff"}} if self.waits else {"running": {}}
        entry = {"name": "app", "restartCount": self.restarts, "state": state, "lastState": last}
        return {
            "metadata": {"name": "web", "namespace": "shop", "uid": "u"},
            "spec": {"containers": [{"name": "app"}]},
            "status": {"phase": "Running", "containerStatuses": [entry]},
        }
