"""`open` and `demo`: the whole console on a recording, without a cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from mission_control.cli.running import run, start_log
from mission_control.settings import Settings

Port = Annotated[
    int | None,
    typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535, show_default="8090"),
]
Browser = Annotated[
    bool | None, typer.Option("--open/--no-open", help="Open the page in a browser.", show_default="no")
]


def open_(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="A bundle, a folder, a file of kubectl get -o yaml, or the word demo.")
    ],
    *,
    port: Port = None,
    open_browser: Browser = None,
) -> None:
    """Serve the whole console on a recording, read-only, and print the address to open."""
    _serve(context.obj, file, port, browser=bool(open_browser))


def demo(
    context: typer.Context,
    *,
    port: Port = None,
    open_browser: Browser = None,
    prepares: Annotated[
        Path | None, typer.Option(help="A file that tells what is being prepared.", hidden=True)
    ] = None,
) -> None:
    """Serve the recorded incident that comes with the console: no cluster, no network."""
    _serve(context.obj, "demo", port, browser=bool(open_browser), beside=prepares)


def _serve(
    settings: Settings, name: str, port: int | None, *, browser: bool, beside: Path | None = None
) -> None:
    from mission_control.app.opening import replay  # noqa: PLC0415  # only who opens pays for it
    from mission_control.app.serving import serve_recording  # noqa: PLC0415  # as above
    from mission_control.terminal import screen  # noqa: PLC0415

    wanted = settings if port is None else msgspec.structs.replace(settings, port=port)

    def announce(url: str) -> None:
        screen.say_address(
            url, ("Open it in a browser; the token in it works once. Ctrl-C ends the console.",)
        )
        if browser:
            typer.launch(url)

    start_log(wanted)
    run(serve_recording(wanted, partial(replay, wanted, name, beside), announce))
