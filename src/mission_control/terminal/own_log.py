"""The console's own log: one line of JSON per record on standard error, or a short line on a terminal.

Every record is redacted when it is made, whoever makes it and whatever handler it goes to: our modules, the
web framework, the HTTP client, a library that brings a handler of its own. So is what Python would print by
itself: warnings, and errors that nobody has caught. A trace is shown only when the level is `debug`.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from mission_control.services.requests import REQUEST

if TYPE_CHECKING:
    from mission_control.storage.chain import Recorded

_CHATTY = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic", "asyncio", "uvicorn")
_LOG = logging.getLogger(__name__)
_UNFORMATTED = "a message that could not be put together"


class _Record(logging.LogRecord):
    """A record that holds no secret: its message is put together and redacted before any handler sees it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.msg, self.args = _message(self), ()
        self.fault = ""
        if self.exc_info and self.exc_info[1] is not None:
            self.fault = _redact(repr(self.exc_info[1]))
            self.exc_text = _redact("".join(traceback.format_exception(self.exc_info[1])).rstrip())
        self.exc_info = None  # so that nobody formats it again


def _message(record: logging.LogRecord) -> str:
    try:
        return _redact(record.getMessage())
    except Exception:  # noqa: BLE001  arguments that do not fit; `logging` would print them all
        return f"{_UNFORMATTED}: {_redact(str(record.msg))}"


def _redact(text: str) -> str:
    from mission_control.domain.redact import redact  # noqa: PLC0415  # not for `--help`

    return redact(text)


class _Line(logging.Formatter):
    """A record as one line, redacted once more with what has been learned since."""

    def __init__(self, *, for_people: bool, with_traces: bool) -> None:
        super().__init__()
        self._for_people = for_people
        self._with_traces = with_traces

    def format(self, record: logging.LogRecord) -> str:
        message, trace = record.getMessage(), ""
        fault = getattr(record, "fault", "")
        if self._with_traces:
            trace = _redact(record.exc_text or "")
        elif fault:
            message = f"{message} ({fault})"
        message = _redact(message)
        at = datetime.fromtimestamp(record.created, UTC)
        if self._for_people:
            line = f"{at.astimezone():%H:%M:%S} {record.levelname.lower():7} {message}"
            return f"{line}\n{trace}" if trace else line
        fields = {
            "at": at.isoformat(),
            "level": record.levelname.lower(),
            "from": record.name,
            "request": REQUEST.get(),
            "message": message,
            "trace": trace,
        }
        return msgspec.json.encode({key: value for key, value in fields.items() if value}).decode()


def guard() -> None:
    """From now on no record, and nothing that Python prints by itself, holds a secret. Called before all."""
    logging.setLogRecordFactory(_Record)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda found: _unheard("an error was lost", found.exc_value)
    threading.excepthook = lambda found: _unheard("a thread has failed", found.exc_value)


def tell_entry(recorded: Recorded) -> None:
    """An entry of the audit as one line of JSON on standard output, for whoever collects the logs."""
    from mission_control.domain.redact import redact_object  # noqa: PLC0415  # not for `--help`

    entry = msgspec.to_builtins(recorded.entry)
    fields = {"at": recorded.at, "log": "audit", "number": recorded.number, **entry, "seal": recorded.seal}
    sys.stdout.write(msgspec.json.encode(redact_object(fields)).decode() + "\n")
    sys.stdout.flush()


def start(level: str, stream: TextIO | None = None, form: str = "auto") -> None:
    """Send every log record of the process to the stream (standard error), from this level on.

    `form` is "text", "json", or "auto": text for a terminal.
    """
    guard()
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        _Line(for_people=form == "text" or (form == "auto" and target.isatty()), with_traces=level == "debug")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _LOG.critical("the console has failed", exc_info=(kind, error, trace))


def _unheard(says: str, error: BaseException | None) -> None:
    _LOG.error(says, exc_info=error)
