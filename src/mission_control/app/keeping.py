"""The console's own state for as long as it serves: checked, watched, and replaced when it cannot be used.

A state that is damaged, or from a newer version, keeps nobody from reading: the console then works on an
empty one in a temporary folder, leaves the other as it is, and every page says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from mission_control.app.own_state import Opened, opened
from mission_control.app.watching import now
from mission_control.cluster.traffic import Traffic
from mission_control.services.requests import Answers
from mission_control.settings import Settings
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE
from mission_control.terminal import own_log

if TYPE_CHECKING:
    from mission_control.services.audit import AuditRecord
    from mission_control.services.own_health import SelfWatch, Volume
    from mission_control.services.own_state import OwnState

_log = logging.getLogger(__name__)
Work = Callable[[], Coroutine[Any, Any, object]]


class Kept(NamedTuple):
    """The open state with its record, what is wrong with it, and what keeps both in order."""

    state: Opened
    record: AuditRecord
    health: OwnState
    watch: SelfWatch
    traffic: Traffic
    works: tuple[Work, ...]


@contextlib.asynccontextmanager
async def kept(settings: Settings) -> AsyncIterator[Kept]:
    """Open the state for serving. Only what is wrong with the temporary folder itself is raised."""
    from mission_control.services import own_state  # noqa: PLC0415  # SQLAlchemy takes a second
    from mission_control.services.audit import AuditRecord  # noqa: PLC0415  # as above
    from mission_control.services.own_health import SelfWatch  # noqa: PLC0415  # as above
    from mission_control.storage.retention import Keep  # noqa: PLC0415  # as above

    health = own_state.OwnState(now)
    if settings.state_is_temporary:
        own_state.warn_of_loss(health)
    async with contextlib.AsyncExitStack() as ending:
        state, folder = await _open(ending, settings, health)
        state.database.heard = health.wrote
        keep = Keep(settings.audit_keep_days, settings.audit_keep_mib)
        record = AuditRecord(state.database, state.audit, now, keep, health)
        room = partial(_room, None if settings.database_url else folder)
        watching = partial(health.watch, state.database, room)
        traffic, file = Traffic(), FILE if not settings.database_url else ""
        volume = partial(_volume, state, folder / file if file else None, settings)
        watch = SelfWatch(now, traffic, Answers(), record, health, volume)
        yield Kept(state, record, health, watch, traffic, (record.run, watching))


async def _open(
    ending: contextlib.AsyncExitStack, settings: Settings, health: OwnState
) -> tuple[Opened, Path]:
    from mission_control.services import own_state  # noqa: PLC0415  # as above

    try:
        await _restore(settings)
        state = await ending.enter_async_context(opened(settings, own_log.tell_entry))
        try:
            await asyncio.to_thread(state.database.check)
        except StorageError:
            state.database.close()
            raise
    except StorageError as error:
        says = f"The console works on an empty, temporary state, because its own cannot be used. {error.says}"
        health.tell(own_state.DAMAGED, says, error.fix)
        folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="mission-control-"))
        other = msgspec.structs.replace(settings, data_dir=folder, database_url="")
        return await ending.enter_async_context(opened(other, own_log.tell_entry)), Path(folder)
    return state, settings.state_dir


async def _restore(settings: Settings) -> None:
    """Put back the backup that was laid ready, if there is one, and record that."""
    from mission_control.storage.backup import restore_staged  # noqa: PLC0415  # as above
    from mission_control.storage.chain import Entry  # noqa: PLC0415  # as above

    if settings.database_url:
        return
    done = await asyncio.to_thread(restore_staged, settings.state_dir, now())
    if done is None:
        return
    _log.warning("restored the backup of %s; what was there is %s", done.backup.made, done.kept or "nothing")
    async with opened(settings, own_log.tell_entry) as state:
        detail = f"of {done.backup.made.isoformat()}, with the audit up to number {done.backup.audit}"
        entry = Entry("console", "backup.restore", done.backup.file, detail=detail)
        await asyncio.to_thread(state.audit.record, entry)


def _volume(state: Opened, file: Path | None, settings: Settings) -> Volume:
    """How the state is kept, for the page about the console itself."""
    from mission_control.services.own_health import Volume, size_of  # noqa: PLC0415  # as above

    return Volume(
        where=str(file) if file else state.database.where,
        bytes=size_of(file.parent) if file else None,
        room=_room(file.parent if file else None),
        revision=state.database.revision(),
        is_temporary=settings.state_is_temporary,
    )


def _room(folder: Path | None) -> int | None:
    """Bytes left on the volume of a folder."""
    if folder is None:
        return None
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
