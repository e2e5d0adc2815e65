"""Whether the console's own state can be kept: what is wrong with it now, which every page says.

Nothing here stops anybody from reading: a full or damaged volume closes what changes something, and no more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import msgspec

from mission_control.storage.database import Database
from mission_control.storage.errors import StorageError

TEMPORARY = "temporary"
WRITING = "writing"
CHAIN = "chain"
DAMAGED = "damaged"
ROOM = "room"
EVERY = 15.0
"""Seconds between two looks at the volume."""
SCARCE = 16 * 2**20
"""Bytes left on the volume below which every page warns."""
_log = logging.getLogger(__name__)


class Trouble(msgspec.Struct, frozen=True):
    """One thing that is wrong. `kind` is one of the words above; `grave` when something may be lost."""

    kind: str
    says: str
    fix: str
    since: datetime
    grave: bool = True


class OwnState:
    """The troubles of the console's own state, as they are told and cleared by whoever finds out."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._troubles: dict[str, Trouble] = {}
        self.unkept = 0
        """Entries of the audit that only the log has, because they could not be written."""

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong now, the oldest first; empty when all is well."""
        return tuple(self._troubles.values())

    def tell(self, kind: str, says: str, fix: str, *, grave: bool = True) -> None:
        """Something is wrong; it keeps the moment at which it was told first."""
        known = self._troubles.get(kind)
        since = known.since if known else self._clock()
        self._troubles[kind] = Trouble(kind, says, fix, since, grave)

    def clear(self, kind: str) -> None:
        """That is well again."""
        self._troubles.pop(kind, None)

    def wrote(self, error: StorageError | None) -> None:
        """Something was written to the state, or could not be. Called from any thread."""
        if error is None:
            self.clear(WRITING)
        elif error.is_lasting:
            self.tell(WRITING, f"Nothing can be kept at the moment. {error.says}", error.fix)

    async def watch(self, database: Database, room: Callable[[], int | None]) -> None:
        """Look at the volume, and try writing again while it fails, until cancelled.

        `room` says how many bytes are left on the volume; None where that cannot be known.
        """
        while True:
            await self.look(database, room)
            await asyncio.sleep(EVERY)

    async def look(self, database: Database, room: Callable[[], int | None]) -> None:
        """One such look."""
        left = await asyncio.to_thread(room)
        if left is not None and left < SCARCE:
            says = f"The volume of the console's own state is nearly full: {left // 2**20} MiB are left."
            fix = "Make it larger, or keep less of the audit (MC_AUDIT_KEEP_DAYS, MC_AUDIT_KEEP_MIB)."
            self.tell(ROOM, says, fix, grave=False)
        else:
            self.clear(ROOM)
        if WRITING in self._troubles:
            try:
                await asyncio.to_thread(database.probe)
            except StorageError as error:
                _log.debug("%s", error.says)


def warn_of_loss(state: OwnState) -> None:
    """Say that the state ends with the pod."""
    state.tell(
        TEMPORARY,
        "What this console keeps is lost with its pod: it has no volume.",
        "Set persistence.enabled=true in the chart's values.",
        grave=False,
    )
