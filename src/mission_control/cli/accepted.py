"""`accept` and `accepted`: say that a finding is expected, see what was accepted, take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mission_control.cli.flags import (
    WAIT,
    Context,
    Kubeconfig,
    Namespaces,
    Output,
    Wait,
    chosen,
    seconds,
)
from mission_control.cli.running import Refused, run, start_log

if TYPE_CHECKING:
    from mission_control.domain.verdict import Subject

accepted = typer.Typer(help="List what was accepted as expected, or take it back.", no_args_is_help=False)


def accept(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of the finding: scaled-to-zero.")],
    subject: Annotated[
        str,
        typer.Argument(metavar="SUBJECT", help="What it is about: Deployment/langsmith/web, or Node/one."),
    ],
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is expected.")],
    lasts: Annotated[
        float | None,
        typer.Option(
            "--for", parser=seconds, metavar="DURATION", help="For how long: 8h, 2d. Else until it changes."
        ),
    ] = None,
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Accept a finding as expected: it is kept but counts no more, until it changes or the time is over.

    It is back when it gets worse, says something else or hurts something more. The audit records it.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    from mission_control import app  # noqa: PLC0415  # the cluster client takes its time
    from mission_control.services.accepted import Refusal, Wish  # noqa: PLC0415
    from mission_control.terminal import accepted as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    wish = Wish(
        code, _subject(subject, namespace), reason, timedelta(seconds=lasts) if lasts is not None else None
    )
    kept = run(app.accept(settings, wait, wish))
    if isinstance(kept, Refusal):
        raise Refused(kept.says, kept.fix)
    screen.say(text.line(kept))


@accepted.callback(invoke_without_command=True)
def listing(context: typer.Context, output: Output = "text") -> None:
    """List what was accepted as expected, in all clusters; `revoke` takes it back."""
    if context.invoked_subcommand is None:
        _list(context, output)


@accepted.command("list")
def list_accepted(context: typer.Context, output: Output = "text") -> None:
    """List what was accepted as expected, in all clusters, each with its number."""
    _list(context, output)


@accepted.command()
def revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The number in the list.")],
) -> None:
    """Take back an acceptance: the finding counts again at once. The audit records it."""
    from mission_control import app  # noqa: PLC0415  # as above
    from mission_control.services.accepted import Refusal  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    ended = run(app.revoke(context.obj, number))
    if isinstance(ended, Refusal):
        raise Refused(ended.says, ended.fix)
    screen.say(f"{ended.acceptance.key} counts again.")


def _list(context: typer.Context, output: str) -> None:
    from mission_control import app  # noqa: PLC0415  # as above
    from mission_control.terminal import accepted as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    found = text.AcceptedList(app.now(), run(app.in_force(context.obj)))
    screen.tell(found, output, text.page)


def _subject(text: str, namespaces: list[str] | None) -> Subject:
    """The object of "Kind/namespace/name", or of "Kind/name" in the namespace of -n."""
    from mission_control.domain.kinds import kind_named  # noqa: PLC0415
    from mission_control.domain.verdict import Subject  # noqa: PLC0415

    parts = text.split("/")
    kind = kind_named(parts[0])
    if len(parts) == 3:  # noqa: PLR2004 -- kind, namespace, name
        return Subject(*parts)
    if len(parts) == 2 and (namespaces or (kind is not None and not kind.namespaced)):  # noqa: PLR2004
        where = "" if kind is not None and not kind.namespaced else (namespaces or [""])[0]
        return Subject(parts[0], where, parts[1])
    raise typer.BadParameter(f"{text!r} names no object. Write it like Deployment/langsmith/web.")
