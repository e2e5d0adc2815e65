"""Lines that the console has kept itself: of pods that are gone, and from before a rotation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from mission_control.domain.logs.entries import Entry, Source
from mission_control.services.logs.query import LogQuery


class Kept(Protocol):
    """What is kept."""

    @property
    def notice(self) -> str:
        """Why nothing is kept; empty where it is."""

    @property
    def trouble(self) -> str:
        """Why nothing can be kept now although it should; empty when all is well."""

    def sources(self, query: LogQuery, but: set[str]) -> list[Source]:
        """The containers of which lines are kept that the query means, without those in `but`."""

    def lines(self, key: str, since: int, until: int) -> AsyncIterator[list[Entry]]:
        """What is kept of one container, oldest first. `until` 0 has no end."""


class NothingKept:
    """Where lines are not kept."""

    def __init__(self, notice: str) -> None:
        self.notice, self.trouble = notice, ""

    def sources(self, query: LogQuery, but: set[str]) -> list[Source]:  # noqa: ARG002 -- a protocol
        """None."""
        return []

    async def lines(self, key: str, since: int, until: int) -> AsyncIterator[list[Entry]]:  # noqa: ARG002
        """None."""
        for entries in _NOTHING:
            yield entries


_NOTHING: tuple[list[Entry], ...] = ()
nothing_kept = NothingKept("Lines of pods that are gone are not kept here. MC_KEEP_LOGS_MIB turns that on.")
