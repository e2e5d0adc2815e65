"""Logs of every pod that is asked for, over the API server's endpoint: the same few lines for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import httpx2

from mission_control.cluster.connection import Connection
from mission_control.cluster.troubles import Place
from mission_control.domain.logs import stamps
from tests.fakes.apiserver import status
from tests.web.story import PARTS


class _Parts(httpx2.AsyncByteStream):
    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._parts


class PodLogs:
    """`lines` by moment; `is_refused` answers 403. A stream that follows gets bursts of `flood`, if any."""

    def __init__(self, lines: Iterable[tuple[int, str]] = ()) -> None:
        self.lines = list(lines)
        self.now = max((at for at, _ in self.lines), default=0) + 60 * stamps.SECOND
        self.is_refused = False
        self.refused_pods: set[str] = set()
        self.flood: tuple[float, int] = (0.0, 0)
        """Seconds between bursts, and lines of each."""
        self.asked: list[str] = []

    def connection(self) -> Connection:
        client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(self.answer))
        return Connection(client, Place("http://fake", "fake"))

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        parts = request.url.path.split("/")
        if parts[-1] != "log":
            return httpx2.Response(200, json=_pod(parts[-1]))
        self.asked.append(parts[-2])
        if self.is_refused or parts[-2] in self.refused_pods:
            says = 'User "mc" cannot get resource "pods/log" in API group "" in the namespace "langsmith"'
            return status(403, "Forbidden", says)
        params = dict(request.url.params)
        if "previous" in params:
            return status(400, "BadRequest", "previous terminated container not found")
        return httpx2.Response(200, stream=_Parts(self._sent(params)))

    async def _sent(self, params: dict[str, str]) -> AsyncIterator[bytes]:
        since = stamps.parsed(params.get("sinceTime", "").encode()) or 0
        told = [(at, text) for at, text in self.lines if at >= since]
        if "tailLines" in params:
            told = told[-int(params["tailLines"]) :]
        for at, text in told:
            yield f"{stamps.written(at)} {text}\n".encode()
        while "follow" in params:
            pause, burst = self.flood
            await asyncio.sleep(pause or 3600)
            self.now += int((pause or 3600) * stamps.SECOND)
            yield "".join(_burst(self.now, burst)).encode()


def _burst(at: int, count: int) -> Iterable[str]:
    now = stamps.written(at)
    for number in range(count):
        level = "error" if number % 40 == 0 else "warning" if number % 25 == 0 else "info"
        yield f'{now} {{"level": "{level}", "event": "request", "path": "/runs/{number}", "status": 200}}\n'


def _pod(name: str) -> dict[str, object]:
    """A pod whose container runs, whatever it is called."""
    names = [part for _, part, *_ in PARTS]
    statuses = [{"name": one, "state": {"running": {}}} for one in names]
    return {
        "metadata": {"name": name, "namespace": "langsmith"},
        "status": {"phase": "Running", "containerStatuses": statuses},
    }
