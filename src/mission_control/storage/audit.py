"""The audit: who did what, when, from where, with which result. It only grows.

The database refuses to change or remove an entry (triggers), and each entry is sealed over its own content
and the seal before it, so that whoever gets round the triggers is found out by `verify`. What the chain alone
cannot show is that the newest entries were cut off: compare `verify().seal` with one noted elsewhere.
Everything that is written passes redaction first.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa

from mission_control.domain.redact import redact
from mission_control.storage import schema
from mission_control.storage.database import Database

_FIRST = "0" * 64
_PAGE = 500


class Entry(msgspec.Struct, frozen=True):
    """One thing that was done. `subject`: to what. `result`: how it ended ("done", "refused" …)."""

    who: str
    action: str
    subject: str = ""
    result: str = "done"
    origin: str = ""
    detail: str = ""


class Recorded(msgspec.Struct, frozen=True):
    """An entry as it is kept: numbered from 1 without gaps, dated in UTC, sealed."""

    number: int
    at: str
    entry: Entry
    previous: str
    seal: str


class Verified(msgspec.Struct, frozen=True):
    """The result of checking the chain. `broken_at` is the first entry that is not as it was written."""

    entries: int
    seal: str
    broken_at: int | None = None
    says: str = ""


class Audit:
    """The audit of one database. `clock` gives the time of an entry."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def record(self, entry: Entry) -> Recorded:
        """Write an entry. When it cannot be written, StorageError: then what it tells of must not happen."""
        with self._database.writing(alone="audit") as connection:
            return self._append(connection, entry)

    @contextlib.contextmanager
    def changing(self, *entries: Entry) -> Iterator[sa.Connection]:
        """A transaction that changes the console's own state and tells of it: both happen, or neither."""
        with self._database.writing(alone="audit") as connection:
            for entry in entries:
                self._append(connection, entry)
            yield connection

    def _append(self, connection: sa.Connection, entry: Entry) -> Recorded:
        safe = Entry(*(redact(value) for value in msgspec.structs.astuple(entry)))
        last = connection.execute(_columns().order_by(schema.audit.c.number.desc()).limit(1)).first()
        number = 1 if last is None else last.number + 1
        previous = _FIRST if last is None else last.seal
        at = self._clock().astimezone(UTC).isoformat()
        recorded = Recorded(number, at, safe, previous, _seal(number, at, safe, previous))
        fields = msgspec.structs.asdict(safe)
        connection.execute(
            schema.audit.insert().values(
                number=number, at=at, previous=previous, seal=recorded.seal, **fields
            )
        )
        return recorded

    def entries(self, before: int | None = None, limit: int = 100) -> tuple[Recorded, ...]:
        """The newest entries first, at most `limit`; those before a number to go on reading."""
        wanted = _columns().order_by(schema.audit.c.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(schema.audit.c.number < before)
        with self._database.reading() as connection:
            return tuple(_recorded(row) for row in connection.execute(wanted))

    def verify(self) -> Verified:
        """Check every entry against its seal and the one before it."""
        count, previous = 0, _FIRST
        with self._database.reading() as connection:
            rows = connection.execution_options(yield_per=_PAGE).execute(
                _columns().order_by(schema.audit.c.number)
            )
            for row in rows:
                kept = _recorded(row)
                fault = _fault(kept, count + 1, previous)
                if fault:
                    return Verified(count, previous, count + 1, fault)
                count, previous = kept.number, kept.seal
        return Verified(count, previous)


def _fault(kept: Recorded, number: int, previous: str) -> str:
    if kept.number != number:
        return f"Entry {number} is missing."
    if kept.previous != previous:
        return f"Entry {number} does not follow the entry before it."
    if kept.seal != _seal(kept.number, kept.at, kept.entry, kept.previous):
        return f"Entry {number} was changed after it was written."
    return ""


def _seal(number: int, at: str, entry: Entry, previous: str) -> str:
    content = msgspec.json.encode([number, at, *msgspec.structs.astuple(entry), previous])
    return hashlib.sha256(content).hexdigest()


def _columns() -> sa.Select[tuple[object, ...]]:
    return sa.select(*schema.audit.c)


def _recorded(row: sa.Row[tuple[object, ...]]) -> Recorded:
    entry = Entry(row.who, row.action, row.subject, row.result, row.origin, row.detail)
    return Recorded(row.number, row.at, entry, row.previous, row.seal)
