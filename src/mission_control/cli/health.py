"""`health`: the verdict, its roots, their repair."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from mission_control.cli.flags import WAIT, Context, Kubeconfig, Namespaces, Output, Wait, chosen
from mission_control.cli.running import run, start_log

if TYPE_CHECKING:
    from mission_control.services.health import Judged
    from mission_control.settings import Settings


def health(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    output: Output = "text",
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Tell again whenever something changes.")
    ] = False,
    wait: Wait = WAIT,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Count workloads outside any installation too; list every component."),
    ] = False,
    bundle: Annotated[
        str | None,
        typer.Option(
            "--bundle",
            help="Judge a recording instead: a bundle, a folder, a file of kubectl's, or the word demo.",
            metavar="FILE",
        ),
    ] = None,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Say whether it is well, and if not where, why and what to do.

    Status: 0 healthy or progressing, 1 degraded or broken, 2 unknown, 3 the command failed.
    """
    settings = chosen(context.obj, kubeconfig, kube_context, namespace)
    start_log(settings)
    status = 0

    def tell(judged: Judged) -> None:
        nonlocal status
        status = _tell(judged, output, everything=everything, again=watch)

    if bundle is not None:
        run(_recorded(settings, bundle, tell))
    else:
        run(_follow(settings, wait, tell) if watch else _once(settings, wait, tell))
    raise typer.Exit(status)


async def _follow(settings: Settings, wait: float, tell: Callable[[Judged], None]) -> None:
    from mission_control import app  # noqa: PLC0415  # the cluster client takes its time

    await app.follow_health(settings, wait, tell, await app.folding(settings))


async def _recorded(settings: Settings, name: str, tell: Callable[[Judged], None]) -> None:
    from mission_control.app.opening import judged_recording  # noqa: PLC0415  # as above

    tell(await judged_recording(settings, name))


async def _once(settings: Settings, wait: float, tell: Callable[[Judged], None]) -> None:
    from mission_control import app  # noqa: PLC0415  # as above

    seen = await app.look(settings, wait, await app.folding(settings), with_logs=True)
    tell(seen.judged)
    await app.end_what_is_gone(settings, seen.judged)


def _tell(judged: Judged, output: Literal["text", "json", "yaml"], *, everything: bool, again: bool) -> int:
    """Show a judgement; the status that belongs to it."""
    from mission_control.domain.report import exit_code, report  # noqa: PLC0415
    from mission_control.domain.verdict import Verdict  # noqa: PLC0415
    from mission_control.terminal import health as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    health = judged.health
    if not judged.snapshot.is_complete:  # half a picture shows faults that are none
        known, total = judged.snapshot.loading
        screen.complain(f"Only {known} of {total} kinds have answered so far.", "Wait longer with --wait.")
        health = msgspec.structs.replace(
            health, verdict=Verdict.UNKNOWN, installations=(), findings=(), accepted=()
        )
    told = report(health, everything=everything)
    if output == "text":
        same = msgspec.structs.replace(health, verdict=told.verdict)
        screen.show(same, lambda safe: text.page(safe, everything=everything), clear=again)
    else:
        screen.show_tree(told, output, in_a_line=again)
    return exit_code(told.verdict)
