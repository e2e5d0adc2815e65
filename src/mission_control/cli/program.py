"""All verbs in one program, and the way in for `mission-control` and tests."""

from __future__ import annotations

import os

import typer

from mission_control import __version__, settings
from mission_control.cli.accepted import accept, accepted
from mission_control.cli.accounts import account
from mission_control.cli.audit import audit
from mission_control.cli.backup import backup
from mission_control.cli.bundle import bundle
from mission_control.cli.flags import Context, Kubeconfig, Namespaces, chosen
from mission_control.cli.health import health
from mission_control.cli.lists import events, top
from mission_control.cli.logs import logs
from mission_control.cli.objects import get, kinds
from mission_control.cli.opening import demo, open_
from mission_control.cli.reach import reach
from mission_control.cli.redact import redact
from mission_control.cli.running import INTERRUPTED, failed
from mission_control.cli.serve import serve
from mission_control.cli.timeline import timeline
from mission_control.terminal import own_log

app = typer.Typer(
    name="mission-control",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    help="The operations console for self-hosted LangSmith, LangGraph Platform and Langflow.",
    epilog="Every flag of a cluster may stand before or after the verb. Settings: see docs/settings.md.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def cluster(
    context: typer.Context,
    kubeconfig: Kubeconfig = None,
    kube_context: Context = None,
    namespace: Namespaces = None,
) -> None:
    """The operations console for self-hosted LangSmith, LangGraph Platform and Langflow."""
    context.obj = chosen(settings.read(os.environ), kubeconfig, kube_context, namespace)


@app.command()
def version() -> None:
    """Print the version."""
    from mission_control.terminal import screen  # noqa: PLC0415  # not for `--help`

    screen.say(f"mission-control {__version__}")


app.command()(health)
app.command()(serve)
app.command()(get)
app.command()(top)
app.command()(events)
app.command()(logs)
app.command()(timeline)
app.command()(kinds)
app.command()(accept)
app.command()(redact)
app.command(name="open")(open_)
app.command()(demo)
app.add_typer(accepted, name="accepted")
app.add_typer(account, name="account")
app.add_typer(bundle, name="bundle")
app.command()(reach)
app.add_typer(audit, name="audit")
app.add_typer(backup, name="backup")


def main(arguments: list[str]) -> int:
    """Run a command line and return its status; whatever goes wrong becomes a sentence and status 3."""
    own_log.guard()
    arguments = arguments or ["--help"]
    if arguments == ["version"]:
        version()  # asked for by scripts: answered before the flags of all verbs are prepared
        return 0
    try:
        status: object = app(args=arguments, prog_name="mission-control", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last place before the operator's eyes
        return failed(error)
    return status if isinstance(status, int) else 0
