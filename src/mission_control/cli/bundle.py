"""`bundle`: make a diagnostics bundle, list those that are kept, look into one, check and delete it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mission_control.cli.flags import WAIT, Context, Kubeconfig, Namespaces, Output, Wait, chosen, seconds
from mission_control.cli.running import FAILED, Refused, run, start_log

if TYPE_CHECKING:
    from mission_control.services.diagnostics.jobs import Refused as NotDone
    from mission_control.services.diagnostics.shelf import Job

bundle = typer.Typer(
    no_args_is_help=True, help="Make, list, look into, check and delete diagnostics bundles."
)
Name = Annotated[str, typer.Argument(help="The id of a bundle that is kept, or the path of one.")]


@bundle.command()
def create(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    preset: Annotated[
        Literal["quick", "full", "custom"], typer.Option(help="How much: quick, full, or the parts you name.")
    ] = "full",
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help="A part of a custom bundle; may be given more than once."),
    ] = None,
    installation: Annotated[
        list[str] | None,
        typer.Option(
            help="Logs and descriptions of this installation only (namespace/release).", metavar="NAME"
        ),
    ] = None,
    since: Annotated[
        Any,
        typer.Option("--since", parser=seconds, metavar="DURATION", help="Logs and events not older than."),
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="Largest size of the archive.", metavar="MIB", min=4)
    ] = None,
    all_logs: Annotated[
        bool, typer.Option("--all-logs", help="Logs of every pod, not only of installations.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option(help="Also copy the archive to this file.", metavar="FILE")
    ] = None,
    output: Output = "text",
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> int:
    """Make a bundle: everything redacted, nothing uploaded. Status 3 when there is none."""
    from mission_control.app import bundles as app  # noqa: PLC0415  # the cluster client takes its time
    from mission_control.domain.bundle.parts import MIB, Wish  # noqa: PLC0415
    from mission_control.terminal import bundles as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    wish = Wish(
        preset="custom" if part else preset,
        parts=tuple(part or ()),
        installations=tuple(installation or ()),
        namespaces=settings.namespaces,
        since=timedelta(seconds=since) if since else None,
        most_bytes=size * MIB if size else None,
        all_logs=all_logs,
    )
    with text.Progress() as progress:
        job = _done(run(app.create_bundle(settings, wait, wish, to, progress.tell)))
    path = str(to or app.shelf(settings).archive(job.id))
    screen.tell(text.Made(job, path if job.state == "done" else ""), output, text.made)
    return 0 if job.state == "done" else FAILED


@bundle.command(name="list")
def list_(context: typer.Context, *, output: Output = "text") -> None:
    """List the bundles that are kept, newest first, and the jobs that made none."""
    from mission_control.app import bundles as app  # noqa: PLC0415  # as above
    from mission_control.terminal import bundles as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    screen.tell(text.Listed(app.kept_bundles(context.obj)), output, text.listed, table=True)


@bundle.command()
def show(context: typer.Context, name: Name, *, output: Output = "text") -> None:
    """Show what is in a bundle, part by part, and what is not."""
    from mission_control.app import bundles as app  # noqa: PLC0415  # as above
    from mission_control.services.previews import preview  # noqa: PLC0415
    from mission_control.terminal import bundles as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    screen.tell(preview(app.bundle_path(context.obj, name)), output, text.preview)


@bundle.command()
def verify(context: typer.Context, name: Name, *, output: Output = "text") -> int:
    """Check every file's hash and the signature. Status 1 when something is not as it was made."""
    from mission_control.app import bundles as app  # noqa: PLC0415  # as above
    from mission_control.terminal import bundles as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    checked = run(app.verify_bundle(context.obj, name))
    screen.tell(checked, output, text.checked)
    return 0 if checked.is_whole else 1


@bundle.command()
def delete(context: typer.Context, name: Name, *, output: Output = "text") -> None:
    """Delete a bundle that is kept."""
    from mission_control.app import bundles as app  # noqa: PLC0415  # as above
    from mission_control.terminal import bundles as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    job = _done(run(app.delete_bundle(context.obj, name)))
    screen.tell(text.Made(job, ""), output, text.deleted)


def _done(outcome: Job | NotDone) -> Job:
    from mission_control.services.diagnostics.shelf import Job  # noqa: PLC0415  # as above

    if isinstance(outcome, Job):
        return outcome
    raise Refused(outcome.says, outcome.fix)
