"""What was accepted as expected. Each change is written together with its entry in the audit, or not at all.

Nothing is removed: an acceptance that was revoked, replaced or has lapsed keeps its place and gets an end.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from mission_control.domain.redact import redact
from mission_control.domain.verdict import Acceptance
from mission_control.storage import schema
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database


class Kept(msgspec.Struct, frozen=True):
    """An acceptance in force, by the number that it is revoked by."""

    number: int
    acceptance: Acceptance


class AcceptedStore:
    """The acceptances of one database."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def in_force(self) -> tuple[Kept, ...]:
        """Those that have not ended, oldest first. Raises StorageError."""
        wanted = sa.select(schema.accepted.c.number, schema.accepted.c.acceptance)
        wanted = wanted.where(schema.accepted.c.ended.is_(None)).order_by(schema.accepted.c.number)
        with self._database.reading() as connection:
            return tuple(
                Kept(row.number, msgspec.json.decode(row.acceptance, type=Acceptance))
                for row in connection.execute(wanted)
            )

    def keep(self, acceptance: Acceptance, entry: Entry, replaced: tuple[int, ...] = ()) -> Kept:
        """Keep an acceptance, redacted, in place of others. Raises StorageError."""
        safe = msgspec.structs.replace(
            acceptance, reason=redact(acceptance.reason), says=redact(acceptance.says)
        )
        with self._audit.changing(entry) as connection:
            newest = connection.execute(sa.select(sa.func.max(schema.accepted.c.number))).scalar()
            number = (newest or 0) + 1
            _end(connection, replaced, acceptance.at)
            text = msgspec.json.encode(safe).decode()
            connection.execute(schema.accepted.insert().values(number=number, acceptance=text))
        return Kept(number, safe)

    def end(self, numbers: tuple[int, ...], at: datetime, *entries: Entry) -> None:
        """End some, each with its entry. Raises StorageError."""
        with self._audit.changing(*entries) as connection:
            _end(connection, numbers, at)


def _end(connection: sa.Connection, numbers: tuple[int, ...], at: datetime) -> None:
    chosen = schema.accepted.c.number.in_(numbers) & schema.accepted.c.ended.is_(None)
    connection.execute(schema.accepted.update().where(chosen).values(ended=at.isoformat()))
