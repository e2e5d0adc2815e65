"""A recording put together: judged for a command, or served as the whole console, read-only.

There is no cluster behind it and no state of its own: nothing is watched, accepted or written.
"""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path

from mission_control.app.redacting import redact_for_a_command, spare_names
from mission_control.app.watching import now
from mission_control.products.catalog import products
from mission_control.services.health import Judged
from mission_control.services.recorded import Recording, open_recording
from mission_control.services.replay import Replay
from mission_control.settings import Settings

DEMO = "demo"
"""The word that means the recorded incident in the package."""


def recording_path(name: str) -> Path:
    """The path that a word means: a file or folder, or the recording that comes with the package."""
    if name == DEMO and not Path(name).exists():
        return Path(str(files("mission_control.archive") / "incident.zip"))
    return Path(name)


def opened_recording(settings: Settings, name: str) -> Recording:
    """Open a recording and judge it. Raises ArchiveError."""
    redact_for_a_command(settings)
    return open_recording(recording_path(name), products(), now())


def replay(settings: Settings, name: str, beside: Path | None = None) -> Replay:
    """A recording for the site; `beside` tells what is being prepared. Raises ArchiveError."""
    recording = opened_recording(settings, name)
    spare_names(recording.snapshot)
    return Replay(recording, is_demo=name == DEMO, beside=beside)


async def judged_recording(settings: Settings, name: str) -> Judged:
    """The judgement of a recording. Raises ArchiveError."""
    recording = await asyncio.to_thread(opened_recording, settings, name)
    return Judged(recording.snapshot, recording.health, 1)
