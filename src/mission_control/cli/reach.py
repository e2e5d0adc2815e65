"""`reach`: try whether an address outside can be fetched from here, and say how."""

from __future__ import annotations

from typing import Annotated

import typer

from mission_control.cli.flags import Output, seconds
from mission_control.cli.running import run


def reach(
    context: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="An https address, such as that of your registry.")
    ],
    *,
    wait: Annotated[
        float, typer.Option("--wait", parser=seconds, metavar="DURATION", help="Longest wait for all of it.")
    ] = "20s",  # type: ignore[assignment]  # the parser turns it into seconds
    output: Output = "text",
) -> None:
    """Try whether an address can be fetched from here: by which proxy, to which machine, trusted by whom."""
    from mission_control import app  # noqa: PLC0415  # the HTTP client takes its time
    from mission_control.terminal import reach as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    screen.tell(run(app.reach_out(context.obj, url, wait)), output, text.page)
