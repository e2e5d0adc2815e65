"""A recording in the place of a live cluster: the same pictures for the same pages, and nothing ever changes.

An object's YAML comes out of the recording; what the recording does not hold is not found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from mission_control.archive.errors import ArchiveError
from mission_control.cluster.errors import NotFound
from mission_control.domain.health import judge
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.services.health import Judged
from mission_control.services.recorded import RecordedObjects, Recording


class RecordedNote(msgspec.Struct, frozen=True):
    """What every page says of a recording: from when it is, what it is called, what a reader must know."""

    at: datetime
    name: str
    says: tuple[str, ...] = ()
    is_demo: bool = False


class RecordedUsage(msgspec.Struct, frozen=True):
    """What was measured when the recording was made."""

    latest: Usage


class Replay:
    """One recording as the site sees a cluster. `note` stands on every page."""

    def __init__(self, recording: Recording, *, is_demo: bool = False) -> None:
        self._objects = RecordedObjects(recording)
        self._products, self._tails = recording.products, recording.tails
        self.latest = Judged(recording.snapshot, recording.health, 1)
        self.usage = RecordedUsage(recording.usage)
        self.note = RecordedNote(recording.at, recording.archive.label, recording.says, is_demo)

    def judged(self, part: Snapshot, may_read_logs: Callable[[str], bool]) -> Health:
        """The health of a part of the picture, with the logs of the namespaces that may be read."""
        tails = (tail for tail in self._tails if may_read_logs(tail.namespace))
        return judge(part, self._products, tails)

    async def run(self) -> None:
        """Nothing has to be kept going."""

    async def wait(self, after: int) -> int:
        """Returns the one version there is; for a newer one it waits for ever."""
        if after >= self.latest.version:
            await asyncio.Event().wait()
        return self.latest.version

    async def fetch(self, kind: str, namespace: str, name: str) -> bytes:
        """The JSON of one object. Raises NotFound."""
        try:
            return await asyncio.to_thread(self._objects.fetch, kind, namespace, name)
        except ArchiveError as error:
            raise NotFound(error.says) from error
