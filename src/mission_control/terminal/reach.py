"""How an address was reached, as a line of text."""

from __future__ import annotations

from typing import Protocol

from rich.console import RenderableType
from rich.text import Text


class Reached(Protocol):
    """What there is to tell."""

    @property
    def url(self) -> str:
        """Where it was in the end."""

    @property
    def status(self) -> int:
        """What was answered."""

    @property
    def address(self) -> str:
        """The machine; empty when the proxy chose it."""

    @property
    def proxy(self) -> str:
        """The proxy, if any."""

    @property
    def bytes(self) -> int:
        """How much was answered."""

    @property
    def ms(self) -> int:
        """In how long."""


def page(found: Reached) -> RenderableType:
    """The line."""
    way = f"through the proxy {found.proxy}" if found.proxy else f"at {found.address}"
    return Text(f"{found.url} answers {found.status} {way}, {found.bytes} bytes in {found.ms} ms.")
