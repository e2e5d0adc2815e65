"""No secret leaves through the console's own log, whoever writes to it and however."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest

from mission_control.domain.redact import learn
from mission_control.terminal import own_log

CANARY = "Zx81-canary-Quiet7"
TOLD = f"password={CANARY}"
MISFIT = f"{TOLD} %d %d"


class Sinks:
    """Everything that a record may come out of: our handler, and one of a library with a plain format."""

    def __init__(self) -> None:
        self.ours, self.theirs = io.StringIO(), io.StringIO()
        self.foreign = logging.StreamHandler(self.theirs)
        self.foreign.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))

    def read(self) -> str:
        return self.ours.getvalue() + self.theirs.getvalue()


@pytest.fixture(params=["info", "debug"])
def sinks(request: pytest.FixtureRequest) -> Iterator[Sinks]:
    made = Sinks()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    own_log.start(request.param, made.ours)
    root.addHandler(made.foreign)
    yield made
    root.handlers[:], _ = before
    root.setLevel(before[1])


def failing() -> None:
    raise ValueError(f"refused: {TOLD}")


def caught(log: Callable[..., None]) -> None:
    try:
        failing()
    except ValueError:
        log("it failed", exc_info=True)


async def lost_task() -> None:
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": f"lost: {TOLD}", "exception": ValueError(TOLD)})


def in_a_thread() -> None:
    thread = threading.Thread(target=failing)
    thread.start()
    thread.join()


def uncaught() -> None:
    try:
        failing()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def unraisable() -> None:
    class Found:
        exc_value = ValueError(TOLD)

    sys.unraisablehook(Found())  # type: ignore[arg-type]


def warned() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.showwarning(UserWarning(TOLD), UserWarning, "file.py", 1)


WAYS: dict[str, Callable[[], object]] = {
    "a message": lambda: logging.getLogger("mission_control.x").error(TOLD),
    "arguments": lambda: logging.getLogger("mission_control.x").error("password=%s", CANARY),
    "a mapping": lambda: logging.getLogger("x").error("%(a)s", {"a": TOLD}),
    "arguments that do not fit": lambda: logging.getLogger("x").error(MISFIT, CANARY),
    "no string at all": lambda: logging.getLogger("x").error(ValueError(TOLD)),
    "uvicorn": lambda: logging.getLogger("uvicorn.error").error(TOLD),
    "the framework": lambda: logging.getLogger("litestar").error(TOLD),
    "the client": lambda: logging.getLogger("httpx2").error(TOLD),
    "a caught error": lambda: caught(logging.getLogger("x").error),
    "an uncaught error": uncaught,
    "a thread": in_a_thread,
    "a lost error": unraisable,
    "a lost task": lambda: asyncio.run(lost_task()),
    "a warning": warned,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_way_into_the_log_carries_a_secret_out(sinks: Sinks, way: Callable[[], object]) -> None:
    way()
    told = sinks.read()
    assert "MASKED." in told
    assert CANARY not in told


def test_a_value_that_is_learned_later_is_hidden_in_a_record_that_waits(sinks: Sinks) -> None:
    record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "the word %s", (CANARY,), None)
    learn("secret", [CANARY])
    logging.getLogger("x").handle(record)
    assert CANARY not in sinks.ours.getvalue()


def test_a_trace_is_shown_on_demand_only(sinks: Sinks) -> None:
    caught(logging.getLogger("x").error)
    is_debug = logging.getLogger().level == logging.DEBUG
    assert ("in failing" in sinks.ours.getvalue()) is is_debug
    assert "ValueError" in sinks.ours.getvalue()
