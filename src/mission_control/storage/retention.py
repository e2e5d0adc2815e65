"""Taking away what is too old, or too much, from the audit, so that what stays can still be verified.

The seal of the last entry that goes is kept as an anchor, and an entry of the audit tells of it; the database
lets go of nothing that no anchor covers. The chain is verified before: what is broken is evidence and stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

from mission_control.storage import schema
from mission_control.storage.audit import RETENTION, Audit, attested_by
from mission_control.storage.chain import Anchor, Entry
from mission_control.storage.database import Database

ALWAYS_KEPT = 100
"""So many of the newest entries stay, however small the size that is asked for."""
_OVERHEAD = 160
"""Bytes of an entry besides its texts: number, moment, two seals, indexes."""


class Keep(msgspec.Struct, frozen=True):
    """How much is kept: days, and MiB in all; 0 is without a limit."""

    days: int = 0
    mebibytes: int = 0


class Trimmed(msgspec.Struct, frozen=True):
    """What was taken away: how many entries, up to which."""

    entries: int
    anchor: Anchor


def trim(database: Database, audit: Audit, keep: Keep, clock: Callable[[], datetime]) -> Trimmed | None:
    """Take away what is beyond `keep`; None when nothing is, or when the chain is broken. StorageError."""
    last = _last_to_go(database, keep, clock().astimezone(UTC))
    if last is None or audit.verify().broken_at is not None:
        return None
    with database.reading() as connection:
        table = schema.audit.c
        row = connection.execute(sa.select(table.seal).where(table.number == last)).one()
        count = sa.select(sa.func.count()).select_from(schema.audit).where(table.number <= last)
        going = int(connection.execute(count).scalar() or 0)
    anchor = Anchor(last, row.seal, clock().astimezone(UTC).isoformat())
    why = f"kept: {keep.days or 'any number of'} days, {keep.mebibytes or 'any number of'} MiB"
    entry = Entry("console", RETENTION, attested_by(anchor), detail=f"{going} entries removed; {why}")
    with audit.changing(entry) as connection:
        fields = msgspec.structs.asdict(anchor)
        connection.execute(schema.audit_anchors.insert().values(**fields))
        connection.execute(schema.audit.delete().where(table.number <= last))
    return Trimmed(going, anchor)


def _last_to_go(database: Database, keep: Keep, now: datetime) -> int | None:
    """The number of the newest entry that is too old or too much."""
    table = schema.audit.c
    with database.reading() as connection:
        newest = connection.execute(sa.select(sa.func.max(table.number))).scalar()
        if newest is None:
            return None
        candidates = [0]
        if keep.days:
            before = (now - timedelta(days=keep.days)).isoformat()
            old = sa.select(sa.func.max(table.number)).where(table.at < before)
            candidates.append(connection.execute(old).scalar() or 0)
        if keep.mebibytes:
            candidates.append(_beyond(connection, keep.mebibytes * 2**20))
    last = min(max(candidates), newest - ALWAYS_KEPT)
    with database.reading() as connection:
        oldest = connection.execute(sa.select(sa.func.min(table.number))).scalar()
    return last if oldest is not None and last >= oldest else None


def _beyond(connection: sa.Connection, limit: int) -> int:
    """The number of the newest entry with more than so many bytes in it and in those after it."""
    table = schema.audit.c
    texts = (
        table.who,
        table.acting_as,
        table.origin,
        table.action,
        table.subject,
        table.result,
        table.detail,
    )
    size = sum((sa.func.length(column) for column in texts), start=sa.literal(_OVERHEAD))
    running = sa.func.sum(size).over(order_by=table.number.desc()).label("running")
    sizes = sa.select(table.number, running).subquery()
    found = sa.select(sa.func.max(sizes.c.number)).where(sizes.c.running > limit)
    return connection.execute(found).scalar() or 0
