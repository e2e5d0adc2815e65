"""The folder of bundles: each with a note of the job that makes or made it, under limits of age and size.

The note of a running job is held by a lock that ends with its process, however it ends: a note that says
"running" without a lock is a job that was killed, and is found again as failed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from mission_control.archive.errors import Unwritable
from mission_control.archive.writing import UNFINISHED
from mission_control.domain.bundle.parts import Wish

State = Literal["running", "done", "failed", "cancelled"]
_NOTE, _LOCK, _ARCHIVE, _LIGHTER = ".json", ".lock", ".zip", ".lighter.zip"


class Job(msgspec.Struct, frozen=True):
    """A bundle and how it came about. `part` of `parts` is the step it is at; `bytes` of the archive.

    `says` and `fix` tell why there is none; `missing` counts what is not in it.
    """

    id: str
    state: State
    wish: Wish
    who: str
    begun: datetime
    ended: datetime | None = None
    part: int = 0
    parts: int = 0
    title: str = ""
    files: int = 0
    bytes: int = 0
    cluster: str = ""
    verdict: str = ""
    headline: str = ""
    missing: int = 0
    sha256: str = ""
    says: str = ""
    fix: str = ""


class Keep(msgspec.Struct, frozen=True):
    """How long and how much is kept: days, and bytes of all archives together."""

    days: int = 14
    bytes: int = 2 << 30


class Shelf:
    """The bundles in a folder, which is made with rights for its owner only."""

    def __init__(self, folder: Path, keep: Keep) -> None:
        self._folder, self._keep = folder, keep

    def begin(self, wish: Wish, who: str, now: datetime) -> tuple[Job, Held]:
        """A job that runs, held as long as this process does. Raises Unwritable."""
        name = f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        job = Job(name, "running", wish, who, now)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = Held(self._path(name, _LOCK))
            self.note(job)
        except OSError as error:
            raise Unwritable(
                f"Bundles cannot be kept in {self._folder}: {error.strerror}.",
                "Choose another folder with MC_DATA_DIR.",
            ) from error
        return job, held

    def note(self, job: Job) -> None:
        """Write down how a job stands, whole or not at all."""
        path = self._path(job.id, _NOTE)
        new = path.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(job))
        new.replace(path)

    def jobs(self, now: datetime) -> tuple[Job, ...]:
        """All jobs, newest first; those whose process is gone are noted as failed."""
        return tuple(sorted(self._jobs(now), key=lambda job: job.id, reverse=True))

    def _jobs(self, now: datetime) -> Iterator[Job]:
        for path in self._folder.glob(f"*{_NOTE}"):
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                job = msgspec.json.decode(path.read_bytes(), type=Job)
                yield self._seen(job, now)

    def _seen(self, job: Job, now: datetime) -> Job:
        if job.state == "running" and not is_held(self._path(job.id, _LOCK)):
            return self.end(
                msgspec.structs.replace(
                    job,
                    state="failed",
                    ended=now,
                    says="The console ended before the bundle was whole. Nothing of it was kept.",
                    fix="Make it again.",
                )
            )
        if job.state == "done" and not self.archive(job.id).is_file():
            return msgspec.structs.replace(
                job, state="failed", says="Its archive is gone.", fix="Make it again."
            )
        return job

    def end(self, job: Job) -> Job:
        """Note how a job ended, and remove what is not whole."""
        self._path(job.id, f"{_ARCHIVE}{UNFINISHED}").unlink(missing_ok=True)
        if job.state != "done":
            self.archive(job.id).unlink(missing_ok=True)
        self._path(job.id, _LOCK).unlink(missing_ok=True)
        self.note(job)
        return job

    def job(self, name: str, now: datetime) -> Job | None:
        """A job by its id."""
        return next((job for job in self._jobs(now) if job.id == name), None)

    def archive(self, name: str) -> Path:
        """Where the archive of a job is."""
        return self._path(name, _ARCHIVE)

    def lighter(self, name: str, key: str) -> Path:
        """Where the archive without some of its parts is."""
        return self._path(name, f".{key}{_LIGHTER}")

    def remove(self, name: str) -> None:
        """Remove a bundle and everything that was made of it."""
        for path in self._folder.glob(f"{name}.*"):
            path.unlink(missing_ok=True)

    def over(self, now: datetime) -> tuple[Job, ...]:
        """The bundles that are past their age, and the oldest ones past the size of all."""
        jobs = [job for job in self.jobs(now) if job.state != "running"]
        total, found = 0, []
        for job in jobs:
            with contextlib.suppress(OSError):
                total += self.archive(job.id).stat().st_size if job.state == "done" else 0
            if now - job.begun > timedelta(days=self._keep.days) or total > self._keep.bytes:
                found.append(job)
        return tuple(found)

    def _path(self, name: str, end: str) -> Path:
        if not name or "/" in name or name.startswith("."):
            raise Unwritable(f"{name[:80]!r} is no name of a bundle.")
        return self._folder / f"{name}{end}"


class Held:
    """A lock that says a job runs; it ends with this object or with the process."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Let go of it."""
        os.close(self._file)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(file)
