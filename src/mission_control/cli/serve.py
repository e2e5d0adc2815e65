"""`serve`: the console for a browser."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from mission_control import settings
from mission_control.cli.flags import Context, Kubeconfig, Namespaces, chosen
from mission_control.cli.running import run, start_log


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
    wanted = chosen(context.obj, kubeconfig, kube_context, namespace)
    flags: dict[str, Any] = {"host": host, "port": port, "allow_remote": allow_remote or None}
    wanted = msgspec.structs.replace(wanted, **{k: v for k, v in flags.items() if v is not None})
    if not wanted.is_local and not wanted.allow_remote:
        raise settings.SettingsError(
            f"Other machines can reach {wanted.host}, and the console uses your rights in the cluster.",
            "Leave --host away to serve this machine only, or add --allow-remote if that is what you want.",
        )
    from mission_control import app  # noqa: PLC0415  # the web framework takes its time
    from mission_control.terminal import screen  # noqa: PLC0415

    with_accounts = wanted.sign_in == "accounts"

    def announce(url: str) -> None:
        way_in = "sign in with an account" if with_accounts else "the token in it works once"
        screen.say_address(url, (f"Open it in a browser; {way_in}. Ctrl-C ends the console.",))
        if open_browser:
            typer.launch(url)

    def tell(name: str, password: str) -> None:
        screen.say_password(name, password, ("Made at this first start and not shown again.",))

    start_log(wanted)
    run(app.serve(wanted, announce, tell))
