"""How a verb runs and ends: one event loop, signals that end it in order, failures as a sentence."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from mission_control import settings

if TYPE_CHECKING:
    from mission_control.app import Seen
    from mission_control.domain.snapshot import Snapshot
    from mission_control.services.facts import Link

FAILED = 3
INTERRUPTED = 130
Result = TypeVar("Result")


class Refused(Exception):  # noqa: N818 -- an error is named as a person says it
    """A verb cannot do what it was asked for. `says` why, `fix` what to do."""

    def __init__(self, says: str, fix: str) -> None:
        super().__init__(says)
        self.says, self.fix = says, fix


def start_log(chosen: settings.Settings) -> None:
    """Send the console's own log to standard error."""
    from mission_control.terminal import own_log  # noqa: PLC0415  # not for `version`

    own_log.start(chosen.log_level, form=chosen.log_format)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run until it ends; SIGTERM ends it as Ctrl-C does, closing everything on the way."""

    async def until_told() -> Result:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(until_told())
    except asyncio.CancelledError as error:
        raise typer.Exit(128 + signal.SIGTERM) from error


def looked(
    chosen: settings.Settings,
    wait: float,
    *,
    with_logs: bool = False,
    with_usage: bool = False,
    wanted: Callable[[Snapshot], Link | None] = lambda _: None,
) -> Seen:
    """One look at the cluster, without what was accepted. Complains about a picture with holes."""
    from mission_control import app  # noqa: PLC0415  # the cluster client takes its time
    from mission_control.terminal import screen  # noqa: PLC0415

    async def look() -> Seen:
        fold = await app.folding(chosen)
        return await app.look(chosen, wait, fold, with_logs=with_logs, with_usage=with_usage, wanted=wanted)

    seen = run(look())
    if not seen.judged.snapshot.is_complete:
        known, total = seen.judged.snapshot.loading
        screen.complain(f"Only {known} of {total} kinds have answered so far.", "Wait longer with --wait.")
    return seen


def failed(error: Exception) -> int:
    """Tell what went wrong in a sentence, and what to do next."""
    from mission_control.terminal import screen  # noqa: PLC0415  # as above

    fix = str(getattr(error, "fix", ""))
    if isinstance(error, typer.TyperException):
        format_message = getattr(error, "format_message", None)
        says = format_message() if format_message else str(error)
        fix = "See mission-control --help, or --help after a verb."
    elif hasattr(error, "says"):
        says = str(error.says)
    else:
        says = f"This should not have happened: {type(error).__name__}: {error}"
        fix = "Run it again with MC_LOG_LEVEL=debug and report what it prints."
    if os.environ.get("MC_LOG_LEVEL") == "debug":
        import traceback  # noqa: PLC0415

        says = f"{''.join(traceback.format_exception(error))}\n{says}"
    screen.complain(says, fix)
    return FAILED
