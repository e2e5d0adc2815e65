"""The console's own log: one line of JSON per record on standard error, or a short line on a terminal.

Every record is redacted as a whole, whoever wrote it: our modules, the web framework, the HTTP client. A
trace is shown only when the level is `debug`.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

import msgspec

from mission_control.domain.redact import redact

_CHATTY = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "asyncio", "uvicorn")


class _Line(logging.Formatter):
    """A record as one redacted line."""

    def __init__(self, *, for_people: bool, with_traces: bool) -> None:
        super().__init__()
        self._for_people = for_people
        self._with_traces = with_traces

    def format(self, record: logging.LogRecord) -> str:
        message = redact(record.getMessage())
        trace = ""
        if record.exc_info:
            if self._with_traces:
                trace = redact(self.formatException(record.exc_info))
            elif record.exc_info[1] is not None:
                message = f"{message} ({redact(repr(record.exc_info[1]))})"
        at = datetime.fromtimestamp(record.created, UTC)
        if self._for_people:
            line = f"{at.astimezone():%H:%M:%S} {record.levelname.lower():7} {message}"
            return f"{line}\n{trace}" if trace else line
        fields = {
            "at": at.isoformat(),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": message,
            "trace": trace,
        }
        return msgspec.json.encode({key: value for key, value in fields.items() if value}).decode()


def start(level: str, stream: TextIO | None = None) -> None:
    """Send every log record of the process to the stream (standard error), from this level on."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(_Line(for_people=target.isatty(), with_traces=level == "debug"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
