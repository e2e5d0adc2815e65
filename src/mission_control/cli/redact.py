"""`redact`: a file or a pipe with masks for secrets; useful without any cluster."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mission_control.cli.running import Refused

if TYPE_CHECKING:
    from mission_control.domain.redact import CustomRule, RuleSet

_KEY_BYTES = 32


def redact(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to read, or - for standard input.")],
    *,
    report: Annotated[
        bool,
        typer.Option("--report", help="Only count what would be masked, by rule; 1 when something would."),
    ] = False,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="FILE", help="Rules of your own to try, as YAML: docs/redaction.md"),
    ] = None,
) -> None:
    """Replace every secret in a file or a pipe by a mask.

    The rules added in Settings, Redaction apply too, where the own state is on this machine. Equal secrets
    have equal masks within one run. Status: 0 done, 1 with --report when there is something to mask, 2 when
    it is not text, 3 the command failed.
    """
    from mission_control.domain.redact import Places, Redactor  # noqa: PLC0415  # not for `--help`
    from mission_control.products.catalog import products  # noqa: PLC0415
    from mission_control.products.places import places_of  # noqa: PLC0415
    from mission_control.services.redaction import redact_stream  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    piped = str(file) == "-"
    chosen = _chosen((*_kept(context), *_given(rules)), "" if piped else file.name)
    places: Places = chosen.places(places_of(products()))
    redactor = Redactor(secrets.token_bytes(_KEY_BYTES), places=places, extra=chosen.rules)
    write: Callable[[bytes], None] = (lambda _: None) if report else screen.pass_on
    if chosen.hides_whole:
        write(b"[this file is hidden whole by a rule]\n")
        raise typer.Exit(1 if report else 0)
    try:
        with nullcontext(sys.stdin.buffer) if piped else file.open("rb") as source:
            read = getattr(source, "read1", source.read)  # what a pipe has now, not what it may have some day
            told = redact_stream(read, write, redactor, "standard input" if piped else str(file))
    except OSError as error:
        says = f"{file} cannot be read: {error.strerror}."
        raise Refused(says, "Give a file that is there, or - for standard input.") from error
    if report and told.is_text:
        for line in told.lines():
            screen.say(line)
    elif not told.is_text:
        screen.complain(told.lines()[0], "Give a text file; archives have to be unpacked first.")
    raise typer.Exit(told.outcome(is_asked=report))


def _kept(context: typer.Context) -> tuple[CustomRule, ...]:
    """The rules in the console's own state, where that is a file of this machine."""
    from mission_control.storage import glance  # noqa: PLC0415
    from mission_control.storage.errors import StorageError  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    if context.obj.database_url:
        return ()
    try:
        return glance.redaction(context.obj.state_dir).rules
    except StorageError as error:
        screen.complain(error.says, error.fix)
        return ()


def _given(file: Path | None) -> tuple[CustomRule, ...]:
    """The rules in a file of YAML: a list of mappings."""
    import msgspec  # noqa: PLC0415

    from mission_control.domain.redact import WrittenRule  # noqa: PLC0415

    if file is None:
        return ()
    try:
        found: tuple[CustomRule, ...] = msgspec.yaml.decode(file.read_bytes(), type=tuple[WrittenRule, ...])
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.", "Name a file with rules.") from error
    except (msgspec.MsgspecError, ValueError) as error:
        says = str(error) if isinstance(error, msgspec.ValidationError) else "it is not valid YAML"
        raise Refused(
            f"The rules in {file} cannot be understood: {says}.",
            "Write a list like: [{name: codename, literal: Bluebird}]",
        ) from None
    return found


def _chosen(rules: tuple[CustomRule, ...], name: str) -> RuleSet:
    from mission_control.domain.redact import rules_for  # noqa: PLC0415

    try:
        return rules_for(rules, name)
    except ValueError as error:
        raise Refused(str(error), "Mend the rule.") from error
