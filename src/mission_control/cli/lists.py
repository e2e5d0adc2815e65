"""`top` and `events`: what uses most, and what the cluster reported."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

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
from mission_control.cli.naming import split_name
from mission_control.cli.running import looked, start_log

Most = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Show at most so many lines.")]


def top(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    what: Annotated[
        Literal["pods", "nodes", "components"], typer.Argument(help="What to list.", show_default=True)
    ] = "pods",
    *,
    sort: Annotated[
        Literal["cpu", "memory", "cpu-share", "memory-share", "name"],
        typer.Option("--sort", help="What comes first: the largest use, or the largest part of the limit."),
    ] = "cpu",
    most: Most = None,
    output: Output = "text",
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """List what uses most cpu and memory, against what it asked for and what it may.

    Status: 0 told, 3 the command failed.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    seen = looked(settings, wait, with_usage=True)
    from mission_control.domain.usage import UsageIndex  # noqa: PLC0415  # with the cluster client
    from mission_control.services import top as service  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415
    from mission_control.terminal import top as text  # noqa: PLC0415

    judged = seen.judged
    found = service.top(judged.snapshot, judged.health, UsageIndex(seen.usage), what, sort, most)
    screen.tell(found, output, text.page, table=True)


def events(  # noqa: PLR0913  # as above
    context: typer.Context,
    *,
    about: Annotated[
        str,
        typer.Option("--for", metavar="KIND/NAME", help="Only about this object and what it made."),
    ] = "",
    kind: Annotated[
        Literal["Normal", "Warning"] | None,
        typer.Option("--type", case_sensitive=False, help="Only of this type."),
    ] = None,
    since: Annotated[
        float | None,
        typer.Option(
            "--since", parser=seconds, metavar="DURATION", help="Only what was seen so lately: 15m."
        ),
    ] = None,
    sort: Annotated[
        Literal["last", "times", "reason", "name"], typer.Option("--sort", help="What comes first.")
    ] = "last",
    most: Most = None,
    output: Output = "text",
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Tell what the cluster reported, each thing once with how often and its newest words.

    Status: 0 told, 3 the command failed.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    named = split_name(about) if about else None
    seen = looked(settings, wait)
    from mission_control.cli.naming import meant_object  # noqa: PLC0415  # with the cluster client
    from mission_control.domain.objects import Event  # noqa: PLC0415
    from mission_control.services.concerns import narrowed  # noqa: PLC0415
    from mission_control.services.happenings import EventQuery, every_happening  # noqa: PLC0415
    from mission_control.terminal import events as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    snapshot = seen.judged.snapshot
    link = meant_object(snapshot, named, settings.namespaces, may_be_gone=True) if named else None
    left = narrowed(snapshot, link, timedelta(seconds=since) if since is not None else None)
    rows = every_happening(left, EventQuery(type=kind or "", sort=sort))
    sees = all(snapshot.sees(Event, name) for name in settings.namespaces or ("",))
    found = text.EventList(snapshot.taken_at, len(rows), sees, rows[:most])
    screen.tell(found, output, text.page, table=True)
