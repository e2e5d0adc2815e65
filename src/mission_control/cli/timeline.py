"""`timeline`: what changed and happened, from the picture and, where the console keeps it, from before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
from mission_control.cli.lists import Most
from mission_control.cli.naming import split_name
from mission_control.cli.running import Refused, looked, start_log

DAY: Any = "24h"  # the parser turns it into seconds

if TYPE_CHECKING:
    from mission_control.domain.kinds import Kind
    from mission_control.domain.snapshot import Snapshot
    from mission_control.domain.verdict import Subject


def timeline(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    about: Annotated[
        str,
        typer.Option("--for", metavar="KIND/NAME", help="Only about this object and what it made."),
    ] = "",
    installation: Annotated[
        str, typer.Option("--installation", metavar="NAMESPACE/RELEASE", help="Only of this installation.")
    ] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only entries of this kind: rollout, config, event …"),
    ] = None,
    since: Annotated[
        float, typer.Option("--since", parser=seconds, metavar="DURATION", help="How far back: 15m, 2h, 7d.")
    ] = DAY,
    most: Most = None,
    output: Output = "text",
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Tell what changed and happened, the newest first, each with whose time it is.

    It is told from the cluster itself, and from what a console on this machine has kept.

    Status: 0 told, 3 the command failed.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    named = split_name(about) if about else None
    _check(kind or [])
    seen = looked(settings, wait)
    from mission_control.app.telling import Asked, told  # noqa: PLC0415  # with the cluster client
    from mission_control.terminal import screen  # noqa: PLC0415
    from mission_control.terminal import timeline as text  # noqa: PLC0415

    snapshot = seen.judged.snapshot
    subject = _meant(snapshot, named, settings.namespaces) if named else None
    asked = Asked(since, subject, tuple(kind or ()), installation)
    found = told(settings, seen.judged, asked)
    shown = text.TimelineList(
        snapshot.taken_at, len(found.entries), found.sees_events, found.notes, found.entries[:most]
    )
    screen.tell(shown, output, text.page, table=True)


def _check(kinds: list[str]) -> None:
    from mission_control.domain.timeline.entry import WHATS  # noqa: PLC0415

    for kind in kinds:
        if kind not in WHATS:
            raise Refused(f"There are no entries of a kind {kind!r}.", f"Choose of {', '.join(WHATS)}.")


def _meant(snapshot: Snapshot, named: tuple[Kind, str], namespaces: tuple[str, ...]) -> Subject:
    """The object that is meant; where it is gone, the one of that name in the namespace of -n."""
    from mission_control.cli.naming import meant_object  # noqa: PLC0415
    from mission_control.domain.verdict import Subject  # noqa: PLC0415

    kind, name = named
    if len(namespaces) == 1 and kind.namespaced:
        return Subject(kind.kind, namespaces[0], name)
    link = meant_object(snapshot, named, namespaces, may_be_gone=True)
    return Subject(link.kind, link.namespace, link.name)
