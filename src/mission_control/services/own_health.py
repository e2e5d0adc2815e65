"""The console's own health: what it uses, what it costs the API server, how its state and its audit are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from mission_control import __version__
from mission_control.cluster.traffic import Cost, Traffic
from mission_control.services.audit import AuditRecord, Standing
from mission_control.services.own_state import OwnState, Trouble
from mission_control.services.process import Process, process
from mission_control.services.requests import Answered, Answers
from mission_control.storage.errors import StorageError


class Volume(msgspec.Struct, frozen=True):
    """The state: where, how many bytes, how many are left on its volume, whether it ends with the pod."""

    where: str = ""
    bytes: int | None = None
    room: int | None = None
    revision: str = ""
    is_temporary: bool = False


class OwnHealth(msgspec.Struct, frozen=True):
    """All of it at a moment."""

    at: datetime
    version: str
    started: datetime
    process: Process
    cost: Cost
    answered: Answered
    volume: Volume
    standing: Standing
    unkept: int
    troubles: tuple[Trouble, ...]

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return max((self.at - self.started).total_seconds(), 1.0)


class Readiness(msgspec.Struct, frozen=True):
    """Whether pages can be answered now. `status` is "ready", "stopping" or "starting"."""

    status: str
    cluster: str
    state: str


class SelfWatch:
    """Looks at this process. `volume` says how the state is kept; it may take a while and raise."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        traffic: Traffic,
        answers: Answers,
        record: AuditRecord | None = None,
        state: OwnState | None = None,
        volume: Callable[[], Volume] = Volume,
    ) -> None:
        self._clock, self._traffic, self.answers = clock, traffic, answers
        self._record, self._state, self._volume = record, state, volume
        self._started = clock()

    async def look(self) -> OwnHealth:
        """The health now."""
        try:
            volume = await asyncio.to_thread(self._volume)
        except (StorageError, OSError):
            volume = Volume()
        return OwnHealth(
            at=self._clock(),
            version=__version__,
            started=self._started,
            process=process(),
            cost=self._traffic.cost,
            answered=self.answers.so_far,
            volume=volume,
            standing=self._record.standing if self._record else Standing(),
            unkept=self._state.unkept if self._state else 0,
            troubles=self._state.troubles if self._state else (),
        )


def size_of(folder: Path) -> int | None:
    """Bytes of all files in a folder, those of folders in it not counted."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    except OSError:
        return None
