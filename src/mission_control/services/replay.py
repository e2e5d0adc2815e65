"""A recording in the place of a live cluster: the same pictures for the same pages, and nothing ever changes.

An object's YAML comes out of the recording; what the recording does not hold is not found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from mission_control.archive.errors import ArchiveError
from mission_control.cluster.errors import NotFound
from mission_control.domain.health import judge
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.services.health import Judged
from mission_control.services.recorded import RecordedObjects, Recording

EVERY = 1.0
"""Seconds between two looks at what is being prepared."""
_MOST = 1 << 16


class Prepared(msgspec.Struct, frozen=True):
    """What is being prepared beside the recording, in words; `address`: where it is, when it is ready."""

    says: str = ""
    address: str = ""


class RecordedNote(msgspec.Struct, frozen=True):
    """What every page says of a recording: from when it is, what it is called, what a reader must know.

    `prepares` is told by whoever brings up something real beside it; `is_ready`: one can switch over.
    """

    at: datetime
    name: str
    says: tuple[str, ...] = ()
    is_demo: bool = False
    prepares: str = ""
    is_ready: bool = False


class RecordedUsage(msgspec.Struct, frozen=True):
    """What was measured when the recording was made."""

    latest: Usage


class Replay:
    """One recording as the site sees a cluster. `note` stands on every page.

    `beside`: a file in which somebody tells what is being prepared.
    """

    def __init__(self, recording: Recording, *, is_demo: bool = False, beside: Path | None = None) -> None:
        self._beside, self.prepared = beside, Prepared()
        self._changed = asyncio.Event()
        self._objects = RecordedObjects(recording)
        self._products, self._tails = recording.products, recording.tails
        self.latest = Judged(recording.snapshot, recording.health, 1)
        self.usage = RecordedUsage(recording.usage)
        self._note = RecordedNote(recording.at, recording.archive.label, recording.says, is_demo)

    @property
    def note(self) -> RecordedNote:
        """What every page says."""
        now = self.prepared
        return msgspec.structs.replace(self._note, prepares=now.says, is_ready=bool(now.address))

    def judged(self, part: Snapshot, may_read_logs: Callable[[str], bool]) -> Health:
        """The health of a part of the picture, with the logs of the namespaces that may be read."""
        tails = (tail for tail in self._tails if may_read_logs(tail.namespace))
        return judge(part, self._products, tails)

    def clock(self) -> datetime:
        """The moment of the recording, which is "now" for every page on it."""
        return self.latest.snapshot.taken_at

    async def run(self) -> None:
        """Look at what is being prepared, until cancelled; without it nothing has to be kept going."""
        while self._beside is not None:
            found = await asyncio.to_thread(_read, self._beside)
            if found != self.prepared:
                self.prepared = found
                self.latest = msgspec.structs.replace(self.latest, version=self.latest.version + 1)
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()
            await asyncio.sleep(EVERY)

    async def wait(self, after: int) -> int:
        """Returns the version when it is newer; it only changes with what is being prepared."""
        while after >= self.latest.version:
            await self._changed.wait()
        return self.latest.version

    async def fetch(self, kind: str, namespace: str, name: str) -> bytes:
        """The JSON of one object. Raises NotFound."""
        try:
            return await asyncio.to_thread(self._objects.fetch, kind, namespace, name)
        except ArchiveError as error:
            raise NotFound(error.says) from error


def _read(path: Path) -> Prepared:
    """What stands in the file; nothing while there is none."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_MOST), type=Prepared)
    except (OSError, msgspec.MsgspecError):
        return Prepared()
