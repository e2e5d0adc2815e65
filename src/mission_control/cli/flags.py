"""The flags that several verbs share, and what they make of the settings."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
import typer

from mission_control import settings

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, None: 1}


def seconds(text: str) -> float:
    """A duration such as "60s", "2m", "8h" or "90" in seconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no duration. Write it like 60s, 2m or 8h.")
    return float(match[1]) * _SECONDS[match[2]]


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
Output = Annotated[
    Literal["text", "json", "yaml"], typer.Option("--output", "-o", help="Text, or the same as data.")
]
Wait = Annotated[
    float,
    typer.Option("--wait", parser=seconds, metavar="DURATION", help="Longest wait for a first picture."),
]
WAIT: Any = "30s"  # the parser turns it into seconds


def chosen(
    given: settings.Settings, kubeconfig: str | None, context: str | None, namespaces: list[str] | None
) -> settings.Settings:
    """The settings with the flags of a cluster laid over them."""
    flags: dict[str, Any] = {"kubeconfig": kubeconfig, "context": context}
    if namespaces:
        flags["namespaces"] = tuple(name for text in namespaces for name in text.split(",") if name)
    return msgspec.structs.replace(
        given, **{name: value for name, value in flags.items() if value is not None}
    )
