"""`audit`: list what was done here, check that nothing of it was changed, take it away as a file."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from mission_control.cli.flags import Output
from mission_control.cli.running import run

audit = typer.Typer(help="List what was done here, check its chain, or export it.", no_args_is_help=True)

Who = Annotated[str, typer.Option("--who", metavar="NAME", help="Only what this person did.")]
Action = Annotated[str, typer.Option("--action", metavar="NAME", help="Only this action: sign-in.")]
Result = Annotated[str, typer.Option("--result", metavar="WORD", help="Only with this result: refused.")]
Within = Annotated[
    Literal["", "1h", "24h", "7d", "30d"], typer.Option("--within", help="Only of the last so long.")
]
Words = Annotated[str, typer.Option("--words", metavar="TEXT", help="Each word must be somewhere in it.")]
BROKEN = 1


@audit.command("list")
def list_audit(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    who: Who = "",
    action: Action = "",
    result: Result = "",
    within: Within = "",
    words: Words = "",
    page: Annotated[int, typer.Option("--page", min=1, help="A hundred a page, the newest first.")] = 1,
    output: Output = "text",
) -> None:
    """List the entries, the newest first."""
    from mission_control import app  # noqa: PLC0415  # SQLAlchemy takes its time
    from mission_control.services.audit import AuditQuery  # noqa: PLC0415
    from mission_control.terminal import audit as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    query = AuditQuery(who, action, result, within, words, page=page)
    screen.tell(run(app.audit_page(context.obj, query)), output, text.page, table=True)


@audit.command()
def verify(context: typer.Context, output: Output = "text") -> None:
    """Check every entry against its seal and the one before it; status 1 when the chain is broken."""
    from mission_control import app  # noqa: PLC0415  # as above
    from mission_control.terminal import audit as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    found = run(app.verify_audit(context.obj))
    screen.tell(found, output, text.verified)
    if found.broken_at is not None:
        raise typer.Exit(BROKEN)


@audit.command()
def export(  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--form", help="JSON Lines or CSV.")] = "jsonl",
    who: Who = "",
    action: Action = "",
    result: Result = "",
    within: Within = "",
    words: Words = "",
) -> None:
    """Write the entries to standard output, the oldest first. The export itself is recorded."""
    from mission_control import app  # noqa: PLC0415  # as above
    from mission_control.services.audit import AuditQuery  # noqa: PLC0415
    from mission_control.terminal import audit as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    async def write() -> None:
        if form == "csv":
            screen.say(text.csv_head())
        query = AuditQuery(who, action, result, within, words)
        async for line in app.export_audit(context.obj, query, form):
            safe = screen.redacted(line)
            screen.say(text.csv_row(safe) if form == "csv" else text.json_row(safe))

    run(write())
