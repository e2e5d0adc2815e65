"""`redact`: a file or a pipe with masks for secrets; useful without any cluster."""

from __future__ import annotations

import secrets
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from mission_control.cli.running import Refused

_KEY_BYTES = 32


def redact(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to read, or - for standard input.")],
    *,
    report: Annotated[
        bool,
        typer.Option("--report", help="Only count what would be masked, by rule; 1 when something would."),
    ] = False,
) -> None:
    """Replace every secret in a file or a pipe by a mask.

    Equal secrets have equal masks within one run. Status: 0 done, 1 with --report when there is something to
    mask, 2 when it is not text, 3 the command failed.
    """
    from mission_control.domain.redact import Redactor  # noqa: PLC0415  # not for `--help`
    from mission_control.services.redaction import redact_stream  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    piped = str(file) == "-"
    redactor = Redactor(secrets.token_bytes(_KEY_BYTES))
    try:
        with nullcontext(sys.stdin.buffer) if piped else file.open("rb") as source:
            read = getattr(source, "read1", source.read)  # what a pipe has now, not what it may have some day
            told = redact_stream(
                read,
                (lambda _: None) if report else screen.pass_on,
                redactor,
                "standard input" if piped else str(file),
            )
    except OSError as error:
        says = f"{file} cannot be read: {error.strerror}."
        raise Refused(says, "Give a file that is there, or - for standard input.") from error
    if report and told.is_text:
        for line in told.lines():
            screen.say(line)
    elif not told.is_text:
        screen.complain(told.lines()[0], "Give a text file; archives have to be unpacked first.")
    raise typer.Exit(told.outcome(is_asked=report))
