"""`get` and `kinds`: one object as its page shows it, all of a kind, and the kinds that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mission_control.cli.flags import WAIT, Context, Kubeconfig, Namespaces, Output, Wait, chosen
from mission_control.cli.naming import meant_kind, meant_object
from mission_control.cli.running import Refused, looked, start_log

if TYPE_CHECKING:
    from mission_control.app import Seen
    from mission_control.domain.kinds import Kind
    from mission_control.services.facts import Link
    from mission_control.services.things import Thing
    from mission_control.settings import Settings


def _kinds_beginning(incomplete: str) -> list[str]:
    """Kinds for the shell's completion, which must be quick: nothing asks the cluster."""
    from mission_control.domain.kinds import KINDS  # noqa: PLC0415

    return [kind.plural for kind in KINDS if kind.plural.startswith(incomplete.lower())]


def get(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND[/NAME]", help="pods, deploy/web …", autocompletion=_kinds_beginning),
    ],
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The object; all of the kind without.")] = "",
    *,
    output: Output = "text",
    wait: Wait = WAIT,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Show an object as its page does: what was found about it, its facts, its events; or list a kind.

    The facts and their order are those of `kubectl describe`. Status: 0 told, 3 the command failed.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    if "/" in kind:
        kind, _, slashed = kind.partition("/")
        if name:
            raise Refused(
                f"{kind}/{slashed} and {name} are two names.", "Write either KIND/NAME or KIND NAME."
            )
        name = slashed
    meant = meant_kind(kind)
    if name:
        _one(settings, wait, meant, name, output)
    else:
        _all(settings, wait, meant, output)


def _one(settings: Settings, wait: float, kind: Kind, name: str, output: str) -> None:
    seen = looked(
        settings,
        wait,
        with_logs=True,
        with_usage=True,
        wanted=lambda snapshot: meant_object(snapshot, (kind, name), settings.namespaces),
    )
    from mission_control.services.describing import describe  # noqa: PLC0415  # with the cluster client
    from mission_control.terminal import screen  # noqa: PLC0415
    from mission_control.terminal import thing as text  # noqa: PLC0415

    snapshot = seen.judged.snapshot
    shown = _thing(seen, meant_object(snapshot, (kind, name), settings.namespaces))
    lines = describe(seen.raw, kind.kind, snapshot) if seen.raw else ()
    told = text.Told(snapshot.taken_at, shown, lines, seen.refused)
    screen.tell(told, output, text.page)


def _thing(seen: Seen, link: Link) -> Thing:
    from mission_control.domain.usage import UsageIndex  # noqa: PLC0415
    from mission_control.services.things import Missing, thing  # noqa: PLC0415

    found = thing(seen.judged.snapshot, seen.judged.health, UsageIndex(seen.usage), link)
    if isinstance(found, Missing):
        raise Refused(f"{found.kind} {found.name} cannot be seen.", "Say which namespace with --namespace.")
    return found


def _all(settings: Settings, wait: float, kind: Kind, output: str) -> None:
    seen = looked(settings, wait, with_usage=True)
    from mission_control.domain.usage import UsageIndex  # noqa: PLC0415  # as above
    from mission_control.services.marks import Marks  # noqa: PLC0415
    from mission_control.services.rows import row  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415
    from mission_control.terminal import thing as text  # noqa: PLC0415

    snapshot, usage = seen.judged.snapshot, UsageIndex(seen.usage)
    marks = Marks(snapshot, seen.judged.health)
    items = sorted(snapshot.all(kind.shape), key=lambda item: (item.namespace, item.name))
    within = [
        item for item in items if not settings.namespaces or item.namespace in ("", *settings.namespaces)
    ]
    sees = all(snapshot.sees(kind.shape, place) for place in settings.namespaces or ("",))
    rows = tuple(row(snapshot, item, marks, usage) for item in within)
    screen.tell(
        text.Listed(snapshot.taken_at, kind.kind, kind.plural, sees, rows), output, text.listing, table=True
    )


def kinds(output: Output = "text") -> None:
    """List the kinds of object that the console reads, by all their names."""
    from mission_control.domain.kinds import KINDS  # noqa: PLC0415
    from mission_control.services.naming import SHORT  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415
    from mission_control.terminal import thing as text  # noqa: PLC0415

    screen.tell(text.kind_list(KINDS, SHORT), output, text.kinds, table=True)
