"""The command line: each verb reads its flags, calls one service and ends with a status scripts can trust.

0 healthy or progressing, 1 degraded or broken, 2 unknown, 3 the command itself failed. Errors are one
sentence and the next step on standard error; a trace only with MC_LOG_LEVEL=debug. Imports that cost time
happen inside the verb that needs them.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer

from mission_control import __version__, settings

if TYPE_CHECKING:
    from mission_control.services.health import Judged

FAILED = 3
_INTERRUPTED = 130
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, None: 1}

app = typer.Typer(
    name="mission-control",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    help="The operations console for self-hosted LangSmith, LangGraph Platform and Langflow.",
    epilog="Every flag of a cluster may stand before or after the verb. Settings: see docs/settings.md.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Kubeconfig = Annotated[
    str | None,
    typer.Option("--kubeconfig", metavar="PATH", help="The kubeconfig to use.", show_default=False),
]
Context = Annotated[
    str | None, typer.Option("--context", metavar="NAME", help="The context to use.", show_default=False)
]
Namespaces = Annotated[
    list[str] | None,
    typer.Option(
        "--namespace",
        "-n",
        metavar="NAME",
        help="Look only into this namespace; may be given more than once.",
        show_default=False,
    ),
]


def _seconds(text: str) -> float:
    """A duration such as "60s", "2m" or "90" in seconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no duration. Write it like 60s or 2m.")
    return float(match[1]) * _SECONDS[match[2]]


@app.callback()
def cluster(
    context: typer.Context,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """The operations console for self-hosted LangSmith, LangGraph Platform and Langflow."""
    context.obj = _chosen(settings.read(os.environ), kubeconfig, kube_context, namespace)


def _chosen(
    given: settings.Settings, kubeconfig: str | None, context: str | None, namespaces: list[str] | None
) -> settings.Settings:
    """The settings with the flags of a cluster laid over them."""
    flags: dict[str, Any] = {"kubeconfig": kubeconfig, "context": context}
    if namespaces:
        flags["namespaces"] = tuple(name for text in namespaces for name in text.split(",") if name)
    return msgspec.structs.replace(
        given, **{name: value for name, value in flags.items() if value is not None}
    )


@app.command()
def health(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    output: Annotated[
        Literal["text", "json", "yaml"], typer.Option("--output", "-o", help="Text, or the report as data.")
    ] = "text",
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Tell again whenever something changes.")
    ] = False,
    wait: Annotated[
        float,
        typer.Option("--wait", parser=_seconds, metavar="DURATION", help="Longest wait for a first picture."),
    ] = "30s",  # type: ignore[assignment]  # the parser turns it into seconds
    everything: Annotated[
        bool,
        typer.Option("--all", help="Count workloads outside any installation too; list every component."),
    ] = False,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Say whether it is well, and if not where, why and what to do.

    Status: 0 healthy or progressing, 1 degraded or broken, 2 unknown, 3 the command failed.
    """
    from mission_control import app as composition  # noqa: PLC0415  # the cluster client takes its time

    chosen = _chosen(context.obj, kubeconfig, kube_context, namespace)
    _start_log(chosen)
    status = 0

    def tell(judged: Judged) -> None:
        nonlocal status
        status = _tell(judged, output, everything=everything, again=watch)

    _run(composition.follow_health(chosen, wait, tell, once=not watch))
    raise typer.Exit(status)


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
        health = msgspec.structs.replace(health, verdict=Verdict.UNKNOWN, installations=(), findings=())
    told = report(health, everything=everything)
    if output == "text":
        same = msgspec.structs.replace(health, verdict=told.verdict)
        screen.show(same, lambda safe: text.page(safe, everything=everything), clear=again)
    else:
        screen.show_tree(told, output, in_a_line=again)
    return exit_code(told.verdict)


@app.command()
def serve(  # noqa: PLR0913  # one parameter per flag is how Typer reads a verb
    context: typer.Context,
    *,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", metavar="ADDRESS", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535, show_default="8090"),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines reach the console (with --host).")
    ] = False,
    open_browser: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open the page in a browser.", show_default="no")
    ] = None,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """Serve the console for a browser, and print the address to open."""
    chosen = _chosen(context.obj, kubeconfig, kube_context, namespace)
    flags: dict[str, Any] = {"host": host, "port": port, "allow_remote": allow_remote or None}
    chosen = msgspec.structs.replace(chosen, **{k: v for k, v in flags.items() if v is not None})
    if not chosen.is_local and not chosen.allow_remote:
        raise settings.SettingsError(
            f"Other machines can reach {chosen.host}, and the console uses your rights in the cluster.",
            "Leave --host away to serve this machine only, or add --allow-remote if that is what you want.",
        )
    from mission_control import app as composition  # noqa: PLC0415  # the web framework takes its time
    from mission_control.terminal import screen  # noqa: PLC0415

    def announce(url: str) -> None:
        screen.say_address(
            url, ("Open it in a browser; the token in it works once. Ctrl-C ends the console.",)
        )
        if open_browser:
            typer.launch(url)

    _start_log(chosen)
    _run(composition.serve(chosen, announce))


@app.command()
def version() -> None:
    """Print the version."""
    from mission_control.terminal import screen  # noqa: PLC0415

    screen.say(f"mission-control {__version__}")


def _start_log(chosen: settings.Settings) -> None:
    from mission_control.terminal import own_log  # noqa: PLC0415

    own_log.start(chosen.log_level)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends; SIGTERM ends it as Ctrl-C does, closing everything on the way."""

    async def until_told() -> None:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await work

    try:
        asyncio.run(until_told())
    except asyncio.CancelledError as error:
        raise typer.Exit(128 + signal.SIGTERM) from error


def main(arguments: list[str]) -> int:
    """Run a command line and return its status; whatever goes wrong becomes a sentence and status 3."""
    if arguments == ["version"]:
        version()  # asked for by scripts: answered before the flags of all verbs are prepared
        return 0
    try:
        status: object = app(args=arguments, prog_name="mission-control", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last place before the operator's eyes
        return _failed(error)
    return status if isinstance(status, int) else 0


def _failed(error: Exception) -> int:
    from mission_control.terminal import screen  # noqa: PLC0415

    fix = str(getattr(error, "fix", ""))
    if isinstance(error, typer.TyperException):
        format_message = getattr(error, "format_message", None)
        says = format_message() if format_message else str(error)
        fix = "See mission-control --help, or --help after a verb."
    elif hasattr(error, "says"):
        says = str(error.says)
    else:
        says = f"This should not have happened: {type(error).__name__}: {error}"
        fix = "Run it again with MC_LOG_LEVEL=debug and report what it prints."
    if os.environ.get("MC_LOG_LEVEL") == "debug":
        import traceback  # noqa: PLC0415

        says = f"{''.join(traceback.format_exception(error))}\n{says}"
    screen.complain(says, fix)
    return FAILED
