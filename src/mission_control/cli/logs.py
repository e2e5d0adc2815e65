"""`logs`: what containers have written and write, many as one story."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mission_control.cli.flags import WAIT, Context, Kubeconfig, Namespaces, Wait, chosen
from mission_control.cli.running import Refused, run, start_log

if TYPE_CHECKING:
    from datetime import datetime

    from mission_control.services.logs.query import LogQuery

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[COMPONENT|SELECTOR]...",
        help="Components, workloads (deploy/web), pods (pod/web-0) or releases; none means all of -n.",
        show_default=False,
    ),
]
Texts = list[str] | None
_LEVELS: dict[str | None, tuple[str, ...]] = {
    "error": ("error",),
    "warn": ("error", "warn"),
    "info": ("error", "warn", "info"),
}


def logs(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    words: Words = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written next.")] = False,
    since: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="From when: 15m ago, a moment, or all.")
    ] = "15m",
    until: Annotated[str, typer.Option("--until", metavar="WHEN", help="Until when.")] = "",
    tail: Annotated[
        int | None, typer.Option("--tail", min=0, metavar="N", help="Of each container the last N lines.")
    ] = None,
    grep: Annotated[
        Texts,
        typer.Option(
            "--grep", metavar="EXPRESSION", help="Only lines with it; small letters mean both cases."
        ),
    ] = None,
    exclude: Annotated[
        Texts, typer.Option("--exclude", metavar="EXPRESSION", help="No lines with it.")
    ] = None,
    level: Annotated[
        Literal["error", "warn", "info"] | None,
        typer.Option("--level", help="Only lines as bad as this or worse."),
    ] = None,
    container: Annotated[
        Texts, typer.Option("--container", "-c", metavar="NAME", help="Only containers of this name.")
    ] = None,
    previous: Annotated[
        bool, typer.Option("--previous", help="Only the runs before the last restarts.")
    ] = False,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="Say when each line was written.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All containers of all namespaces.")] = False,
    output: Annotated[
        Literal["text", "json"], typer.Option("--output", "-o", help="Text, or a JSON object a line.")
    ] = "text",
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Tell what containers have written, many as one story in order of time; secrets are hidden.

    Restarts, gaps and rotations are told where they are. Status: 0 told, 3 the command failed.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    if not (words or everything or settings.namespaces):
        raise Refused("This would be every container of the cluster.", "Name components or -n, or add --all.")
    from mission_control import app  # noqa: PLC0415  # the cluster client takes its time
    from mission_control.domain.logs.filters import Filter, expressions  # noqa: PLC0415
    from mission_control.services.logs.query import LogQuery, moment  # noqa: PLC0415
    from mission_control.services.logs.selection import Selection  # noqa: PLC0415
    from mission_control.terminal.logs import Telling  # noqa: PLC0415

    wanted = Filter(
        expressions(tuple(grep or ())), expressions(tuple(exclude or ())), levels=_LEVELS.get(level, ())
    )
    selection = Selection(words=tuple(words or ()), containers=tuple(container or ()))

    def query(now: datetime) -> LogQuery:
        which: Literal["only", "with"] = "only" if previous else "with"
        begin, end = moment(since, now), moment(until, now)
        return LogQuery(selection, wanted, begin, end, tail, follow and not previous, which)

    telling = Telling(output, with_moments=timestamps)
    with contextlib.suppress(BrokenPipeError):  # `| head` has seen enough
        run(app.read_logs(settings, wait, query, telling.tell))
