"""Bundles as jobs: begun, watched, left, found again, cancelled, downloaded and deleted, each in the audit.

One bundle is made at a time in a process, so that the API server is asked by one collector only.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

import msgspec

from mission_control.archive.errors import ArchiveError
from mission_control.cluster.errors import ClusterError
from mission_control.domain.bundle.manifest import Manifest
from mission_control.domain.bundle.parts import Plan, Wish, unknown_parts
from mission_control.services.diagnostics.collecting import Source, planned
from mission_control.services.diagnostics.lighter import key_of, removable, write_lighter
from mission_control.services.diagnostics.making import Maker, Told, make
from mission_control.services.diagnostics.shelf import Held, Job, Shelf, State

_log = logging.getLogger(__name__)
EVERY = 3600.0
"""Seconds between two looks for bundles that are past their age."""


BETWEEN = 0.5
"""Least seconds between two words about the same step."""


class By(msgspec.Struct, frozen=True):
    """Who asks, and from where."""

    who: str
    origin: str


class Refused(msgspec.Struct, frozen=True):
    """Why nothing was done, and what to do."""

    says: str
    fix: str


class Deed(msgspec.Struct, frozen=True):
    """What the audit is told: `action` on a bundle, with its result."""

    by: By
    action: str
    bundle: str
    result: str = "done"
    detail: str = ""


class Passed(msgspec.Struct, frozen=True):
    """An archive to pass on; `tag` changes with its content."""

    path: Path
    tag: str


Record = Callable[[Deed], Awaitable[None]]
Reach = Callable[[], AbstractAsyncContextManager[Source]]


class Bundles:
    """All bundles of an install. `reach` gives what a bundle is made from; `record` writes to the audit."""

    def __init__(
        self, shelf: Shelf, reach: Reach, maker: Maker, record: Record, clock: Callable[[], datetime]
    ) -> None:
        self._shelf, self._reach, self._maker = shelf, reach, maker
        self._record, self._clock = record, clock
        self._now: Job | None = None
        self._task: asyncio.Task[Job] | None = None
        self._version = 0
        self._told_at = 0.0
        self._changed = asyncio.Event()
        self._lightening = asyncio.Lock()

    # --- what there is ---
    def all(self) -> tuple[Job, ...]:
        """Every bundle and job, newest first, with the newest word of the one that runs here."""
        jobs = self._shelf.jobs(self._clock())
        now = self._now
        return tuple(now if now is not None and job.id == now.id else job for job in jobs)

    def job(self, name: str) -> Job | None:
        """A job by its id."""
        return next((job for job in self.all() if job.id == name), None)

    def path(self, name: str) -> Path | None:
        """The archive of a bundle that is whole."""
        job = self.job(name)
        return self._shelf.archive(name) if job is not None and job.state == "done" else None

    @property
    def version(self) -> int:
        """Grows with every step."""
        return self._version

    async def wait(self, after: int) -> int:
        """Returns the version as soon as it is greater."""
        while self._version <= after:
            await self._changed.wait()
        return self._version

    async def plan(self, wish: Wish) -> Plan:
        """What a wish would come to. Raises ClusterError."""
        async with self._reach() as source:
            homes = tuple(sorted({entry.namespace for entry in source.health.installations}))
            return await planned(source.connection, wish, homes)

    # --- what is done ---
    async def start(self, wish: Wish, by: By) -> Job | Refused:
        """Begin to make a bundle, in the background. Raises StorageError when the audit cannot tell of it."""
        if self._task is not None and not self._task.done():
            return Refused("A bundle is being made already.", "Watch it, or cancel it first.")
        if unknown := unknown_parts(wish.parts):
            return Refused(f"There is no part {unknown[0]!r}.", "See what parts there are.")
        try:
            job, held = self._shelf.begin(wish, by.who, self._clock())
        except ArchiveError as error:
            return Refused(error.says, error.fix)
        try:
            await self._record(Deed(by, "make", job.id, "begun", f"preset {wish.preset}"))
        except BaseException:
            held.release()
            self._shelf.remove(job.id)
            raise
        self._step(job)
        self._task = asyncio.create_task(self._run(job, held, by))
        return job

    async def finished(self) -> Job | None:
        """The job that runs here, when it has ended."""
        return await self._task if self._task is not None else None

    async def cancel(self, name: str, by: By) -> Job | Refused:
        """End a job that runs here; nothing of it is kept."""
        if self._task is None or self._now is None or self._now.id != name or self._task.done():
            return Refused("This bundle is not being made here now.", "")
        self._task.cancel(f"{by.who} cancelled it")
        return await self._task

    async def delete(self, name: str, by: By) -> Job | Refused:
        """Delete a bundle. Raises StorageError; then nothing was deleted."""
        job = self.job(name)
        if job is None:
            return Refused(f"There is no bundle {name}.", "mission-control bundle list lists them.")
        if job.state == "running":
            return Refused("This bundle is still being made.", "Cancel it first.")
        await self._record(Deed(by, "delete", name))
        await asyncio.to_thread(self._shelf.remove, name)
        self._touch()
        return job

    async def to_pass_on(
        self, name: str, without: Iterable[str], by: By, *, again: bool = False
    ) -> Passed | Refused:
        """The archive to download, without some parts; told in the audit but when it goes on `again`.

        Raises ArchiveError, and StorageError: then nothing is passed on.
        """
        path, job = self.path(name), self.job(name)
        if path is None or job is None:
            return Refused(f"There is no bundle {name} to download.", "It may have been deleted.")
        parts, tag = removable(without), job.sha256
        if parts:
            path, tag = await self._lighter(name, path, parts), f"{tag}-{key_of(parts)}"
        if not again:
            detail = f"without {', '.join(parts)}" if parts else ""
            await self._record(Deed(by, "download", name, detail=detail))
        return Passed(path, tag)

    async def _lighter(self, name: str, path: Path, parts: tuple[str, ...]) -> Path:
        target = self._shelf.lighter(name, key_of(parts))
        async with self._lightening:
            if not target.is_file():
                maker = self._maker
                await asyncio.to_thread(write_lighter, path, target, parts, maker.products, maker.signer)
        return target

    async def run(self) -> None:
        """Remove what is past its age or beyond the size of all, until cancelled; then end what runs."""
        try:
            while True:
                await self.tidy()
                await asyncio.sleep(EVERY)
        finally:
            await self.aclose()

    async def tidy(self) -> None:
        """Remove what is past its age or beyond the size of all."""
        console = By("console", "")
        for job in await asyncio.to_thread(self._shelf.over, self._clock()):
            with contextlib.suppress(Exception):  # told by the record; the next look tries again
                await self._record(
                    Deed(console, "delete", job.id, detail="past the age or size that is kept")
                )
                await asyncio.to_thread(self._shelf.remove, job.id)
                self._touch()

    async def aclose(self) -> None:
        """End what runs."""
        if self._task is not None and not self._task.done():
            self._task.cancel("the console ended")
            await asyncio.gather(self._task, return_exceptions=True)

    # --- a job ---
    async def _run(self, job: Job, held: Held, by: By) -> Job:
        target = self._shelf.archive(job.id)
        try:
            async with self._reach() as source:
                manifest = await make(source, job.wish, target, job.id, self._maker, self._tell)
            ended = await asyncio.to_thread(self._whole, job, manifest, target)
        except asyncio.CancelledError as told:
            why = f"{told.args[0] if told.args else 'It was cancelled'}. Nothing of it was kept."
            ended = self._ended(job, "cancelled", why, "Make it again when you want it.")
        except (ArchiveError, ClusterError) as error:
            ended = self._ended(job, "failed", error.says, error.fix)
        except Exception:  # noqa: BLE001 -- a job ends with a word, whatever it was
            _log.exception("making the bundle %s failed", job.id)
            says = "Making it failed; the console's own log says where."
            ended = self._ended(job, "failed", says, "Make it again.")
        with contextlib.suppress(OSError):  # a full disk cannot take the note either; then the lock tells
            self._shelf.end(ended)
        held.release()
        self._step(ended)
        try:
            await self._record(Deed(by, "make", job.id, ended.state, ended.says or f"{ended.bytes} bytes"))
        except Exception as error:  # noqa: BLE001 -- what was made is there, whatever the audit says
            _log.warning("the audit could not be told that bundle %s is %s: %s", job.id, ended.state, error)
        return ended

    def _whole(self, job: Job, manifest: Manifest, target: Path) -> Job:
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return msgspec.structs.replace(
            self._ended(job, "done", "", ""),
            files=len(manifest.files),
            bytes=target.stat().st_size,
            cluster=manifest.cluster,
            verdict=manifest.verdict,
            headline=manifest.headline,
            missing=manifest.missing,
            sha256=digest,
        )

    def _ended(self, job: Job, state: State, says: str, fix: str) -> Job:
        now = self._now if self._now is not None and self._now.id == job.id else job
        return msgspec.structs.replace(now, state=state, ended=self._clock(), says=says, fix=fix)

    def _tell(self, told: Told) -> None:
        if self._now is None:
            return
        is_new_part = told.part != self._now.part
        job = msgspec.structs.replace(
            self._now,
            part=told.part,
            parts=told.parts,
            title=told.title,
            files=told.files,
            bytes=told.bytes,
        )
        if is_new_part:
            with contextlib.suppress(OSError):  # the archive itself says so
                self._shelf.note(job)
        now = asyncio.get_running_loop().time()
        if is_new_part or now - self._told_at > BETWEEN:
            self._told_at = now
            self._step(job)
        else:
            self._now = job

    def _step(self, job: Job) -> None:
        self._now = job
        self._touch()

    def _touch(self) -> None:
        self._version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


@contextlib.asynccontextmanager
async def fixed(source: Source) -> AsyncIterator[Source]:
    """A source that is there already."""
    yield source
