"""Around the whole site: each request gets a number, is timed, counted, and told in the log if it matters."""

from __future__ import annotations

import logging
import re
import secrets
from time import monotonic

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from mission_control.services.requests import REQUEST, Answers

_LOG = logging.getLogger(__name__)
_GIVEN = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SLOW = 1.0  # seconds
_WRONG, _FAILED = 400, 500


class Observed:
    """The site, observed. A number that a proxy has given (`x-request-id`) is kept."""

    def __init__(self, site: ASGIApp, answers: Answers) -> None:
        self._site, self._answers = site, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or run the site's life."""
        if str(scope["type"]) != "http":
            await self._site(scope, receive, send)
            return
        number = _number(scope)
        REQUEST.set(number)
        status, began = 0, monotonic()
        is_stream = scope["path"] == "/live"

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        self._answers.streams += is_stream
        try:
            await self._site(scope, receive, observe)
        finally:
            self._answers.streams -= is_stream
            took = monotonic() - began
            if not is_stream:
                self._answers.ended(status or _FAILED, took)
                _tell(scope, status, took)


def _number(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _tell(scope: Scope, status: int, took: float) -> None:
    """What failed, what changed something and what was slow is worth a line; the rest is for `debug`."""
    method = str(scope.get("method", ""))
    matters = status >= _WRONG or method not in ("GET", "HEAD") or took > _SLOW
    level = logging.WARNING if status >= _FAILED else logging.INFO if matters else logging.DEBUG
    _LOG.log(level, "%s %s answered %d in %.0f ms", method, scope["path"], status, took * 1000)
