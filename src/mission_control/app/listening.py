"""The server's patience: how long a browser may take to say what it wants, and how much it may say.

Whoever opens a connection and sends nothing, or a header a minute, would hold a place for ever. A request has
some seconds to arrive; one whose head is too large is refused before any of our code sees it.
"""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 10.0
"""Seconds for the whole head of a request, and for each part of its body after that."""
LARGEST_HEAD = 16_384
"""Bytes of the first line and the headers together."""
MOST_AT_ONCE = 1_000
"""Connections; beyond it whoever comes is told to come again."""


class PatientProtocol(H11Protocol):
    """HTTP that hangs up on whoever does not say in time what they want."""

    patience = PATIENCE

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a request that has begun; while it is answered, for nothing."""
        super().data_received(data)
        if self._is_answering():
            self._calm()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to wait for."""
        self._calm()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        """Whether all of a request is here."""
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete and not cycle.more_body

    def _wait(self) -> None:
        self._waiting = asyncio.get_running_loop().call_later(self.patience, self._hang_up)

    def _calm(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _hang_up(self) -> None:
        self._waiting = None
        if not self._is_answering():
            self.transport.close()


def config(site: Any, patience: int) -> uvicorn.Config:
    """How the site is served; `patience` in seconds for open answers when the console stops."""
    return uvicorn.Config(
        site,
        http=PatientProtocol,
        ws="none",
        h11_max_incomplete_event_size=LARGEST_HEAD,
        limit_concurrency=MOST_AT_ONCE,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=patience,
    )
