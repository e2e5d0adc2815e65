"""The audit and the backups for the command line: opened for one question, then closed."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from mission_control.app.own_state import account, opened
from mission_control.app.watching import now
from mission_control.settings import Settings
from mission_control.storage.errors import StorageError

if TYPE_CHECKING:
    from mission_control.services.audit import AuditPage, AuditQuery, AuditRecord, Line
    from mission_control.storage.backup import Backup, Restored
    from mission_control.storage.chain import Verified


async def audit_page(settings: Settings, query: AuditQuery) -> AuditPage:
    """A page of the audit. Raises StorageError."""
    async with _record(settings) as record:
        return await record.page(query)


async def verify_audit(settings: Settings) -> Verified:
    """Check the chain of the audit. Raises StorageError."""
    async with _record(settings) as record:
        return await record.verify()


async def export_audit(settings: Settings, query: AuditQuery, form: str) -> AsyncIterator[Line]:
    """Every entry that fits, once the export itself is recorded. Raises StorageError."""
    from mission_control.storage.chain import Entry  # noqa: PLC0415  # SQLAlchemy takes a second

    origin = f"command line on {socket.gethostname()}"
    async with _record(settings) as record:
        async for line in record.export(query, Entry(account(), "audit.export", form, origin=origin)):
            yield line


async def create_backup(settings: Settings, into: Path) -> Backup:
    """Copy the state to a file, and record that. Raises StorageError."""
    from mission_control.storage import backup  # noqa: PLC0415  # as above
    from mission_control.storage.chain import Entry  # noqa: PLC0415  # as above

    _refuse_others(settings)
    made = await asyncio.to_thread(backup.create, settings.state_dir, into, now())
    origin = f"command line on {socket.gethostname()}"
    async with _record(settings) as record:
        await record.record(Entry(account(), "backup.create", made.file, origin=origin, detail=made.sha256))
    return made


async def verify_backup(file: Path) -> Backup:
    """Check a backup. Raises StorageError."""
    from mission_control.storage import backup  # noqa: PLC0415  # as above

    return await asyncio.to_thread(backup.verify, file)


async def restore_backup(settings: Settings, file: Path) -> Restored:
    """Put a backup in place of the state, and record that in what was restored. Raises StorageError."""
    from mission_control.storage import backup  # noqa: PLC0415  # as above
    from mission_control.storage.chain import Entry  # noqa: PLC0415  # as above

    _refuse_others(settings)
    done = await asyncio.to_thread(backup.restore, settings.state_dir, file, now())
    origin = f"command line on {socket.gethostname()}"
    detail = f"of {done.backup.made.isoformat()}, with the audit up to number {done.backup.audit}"
    async with _record(settings) as record:
        await record.record(Entry(account(), "backup.restore", file.name, origin=origin, detail=detail))
    return done


async def stage_backup(settings: Settings, file: Path) -> Backup:
    """Lay a backup ready for the next start. Raises StorageError."""
    from mission_control.storage import backup  # noqa: PLC0415  # as above

    _refuse_others(settings)
    return await asyncio.to_thread(backup.stage, settings.state_dir, file)


def _refuse_others(settings: Settings) -> None:
    if settings.database_url:
        raise StorageError(
            "MC_DATABASE_URL is set, and backups are made of the SQLite file only.",
            "Use the tools of that database, such as pg_dump.",
        )


@contextlib.asynccontextmanager
async def _record(settings: Settings) -> AsyncIterator[AuditRecord]:
    from mission_control.services.audit import AuditRecord  # noqa: PLC0415  # as above
    from mission_control.services.own_state import OwnState  # noqa: PLC0415  # as above
    from mission_control.storage.retention import Keep  # noqa: PLC0415  # as above

    async with opened(settings) as state:
        keep = Keep(settings.audit_keep_days, settings.audit_keep_mib)
        yield AuditRecord(state.database, state.audit, now, keep, OwnState(now))
