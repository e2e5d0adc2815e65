"""`backup`: copy the console's own state while it runs, check a copy, put one back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mission_control.cli.flags import Output
from mission_control.cli.running import run

backup = typer.Typer(
    help="Copy the console's own state, check a copy, or put one back.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup; FILE.json is beside it.")]


@backup.command()
def create(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; FILE.json is made beside it.")],
    output: Output = "text",
) -> None:
    """Copy the state to a file, whole at one moment, while the console runs. The audit records it."""
    from mission_control import app  # noqa: PLC0415  # SQLAlchemy takes its time
    from mission_control.terminal import audit as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    screen.tell(run(app.create_backup(context.obj, file)), output, text.backup)


@backup.command()
def verify(file: File, output: Output = "text") -> None:
    """Check a backup: its checksum, the database in it, and whether this version can read it."""
    from mission_control import app  # noqa: PLC0415  # as above
    from mission_control.terminal import audit as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    screen.tell(run(app.verify_backup(file)), output, text.backup)


@backup.command()
def restore(
    context: typer.Context,
    file: File,
    *,
    next_start: Annotated[
        bool, typer.Option("--at-next-start", help="Lay it ready; the console restores it when it starts.")
    ] = False,
    output: Output = "text",
) -> None:
    """Put a backup in place of the state, which is kept beside it. No console may have it open."""
    from mission_control import app  # noqa: PLC0415  # as above
    from mission_control.terminal import audit as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    if not next_start:
        screen.tell(run(app.restore_backup(context.obj, file)), output, text.restored)
        return
    screen.tell(run(app.stage_backup(context.obj, file)), output, text.backup)
    screen.complain("It is not restored yet.", "Restart the console: it restores this when it starts.")
