"""The audit: who did what, when, from where, with which result. It only grows.

The database refuses to change an entry, and to remove one that retention has not anchored (triggers). Each
entry is sealed over its own content and the seal before it (`chain`), so that whoever gets round the triggers
is found out by `verify`. What the chain alone cannot show is that the newest entries were cut off: compare
`verify().seal` with one noted elsewhere, such as the log, which gets every entry as well.
Everything that is written passes redaction first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa

from mission_control.domain.redact import redact
from mission_control.storage import schema
from mission_control.storage.chain import FIRST, FORM, Anchor, Entry, Recorded, Verified, fault, seal
from mission_control.storage.database import Database

__all__ = ["Audit", "Entry", "Recorded", "Verified"]

_PAGE = 500
RETENTION = "audit.retention"
"""The action of the entry that says which entries retention took away, and what their last seal was."""


def _unheard(_: Recorded) -> None:
    """Nobody listens."""


class Audit:
    """The audit of one database. `clock` gives the time of an entry, `tell` hears each that was written."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        tell: Callable[[Recorded], None] = _unheard,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell

    def record(self, entry: Entry) -> Recorded:
        """Write an entry. When it cannot be written, StorageError: then what it tells of must not happen."""
        with self._database.writing(alone="audit") as connection:
            recorded = self._append(connection, entry)
        self._tell(recorded)
        return recorded

    @contextlib.contextmanager
    def changing(self, *entries: Entry) -> Iterator[sa.Connection]:
        """A transaction that changes the console's own state and tells of it: both happen, or neither."""
        with self._database.writing(alone="audit") as connection:
            recorded = [self._append(connection, entry) for entry in entries]
            yield connection
        for kept in recorded:
            self._tell(kept)

    def _append(self, connection: sa.Connection, entry: Entry) -> Recorded:
        safe = _redacted(entry)
        last = connection.execute(columns().order_by(schema.audit.c.number.desc()).limit(1)).first()
        anchor = anchor_of(connection)
        number, previous = (anchor.number + 1, anchor.seal) if last is None else (last.number + 1, last.seal)
        at = self._clock().astimezone(UTC).isoformat()
        recorded = Recorded(number, at, safe, previous, seal(number, at, safe, previous))
        fields = msgspec.structs.asdict(safe)
        connection.execute(
            schema.audit.insert().values(
                number=number, at=at, previous=previous, seal=recorded.seal, form=FORM, **fields
            )
        )
        return recorded

    def entries(self, before: int | None = None, limit: int = 100) -> tuple[Recorded, ...]:
        """The newest entries first, at most `limit`; those before a number to go on reading."""
        wanted = columns().order_by(schema.audit.c.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(schema.audit.c.number < before)
        with self._database.reading() as connection:
            return tuple(as_recorded(row) for row in connection.execute(wanted))

    def verify(self) -> Verified:
        """Check every entry against its seal and the one before it, from the anchor of retention on."""
        with self._database.reading() as connection:
            anchor = anchor_of(connection)
            count, last, previous, attested = 0, anchor.number, anchor.seal, not anchor.number
            rows = connection.execution_options(yield_per=_PAGE).execute(
                columns().order_by(schema.audit.c.number)
            )
            for row in rows:
                kept = as_recorded(row)
                wrong = fault(kept, last + 1, previous)
                if wrong:
                    return Verified(count, previous, last + 1, wrong, last, anchor.number)
                count, last, previous = count + 1, kept.number, kept.seal
                attested = attested or _attests(kept.entry, anchor)
        if not attested:
            says = f"No entry says that entries up to {anchor.number} were removed by retention."
            return Verified(count, previous, anchor.number + 1, says, last, anchor.number)
        return Verified(count, previous, last=last, begins_after=anchor.number)


def _attests(entry: Entry, anchor: Anchor) -> bool:
    """Whether the entry tells of the anchor, so that the anchor itself is under a seal."""
    return entry.action == RETENTION and entry.subject == attested_by(anchor)


def attested_by(anchor: Anchor) -> str:
    """The subject of the entry that tells of an anchor."""
    return f"entries up to {anchor.number}, seal {anchor.seal}"


def anchor_of(connection: sa.Connection) -> Anchor:
    """Where the chain begins."""
    newest = sa.select(*schema.audit_anchors.c).order_by(schema.audit_anchors.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return Anchor(row.number, row.seal, row.at) if row is not None else Anchor(0, FIRST)


def _redacted(entry: Entry) -> Entry:
    fields = msgspec.structs.asdict(entry)
    safe = {name: redact(value) for name, value in fields.items() if isinstance(value, str)}
    return msgspec.structs.replace(entry, **safe)


def columns() -> sa.Select[tuple[object, ...]]:
    """All that is kept of an entry."""
    return sa.select(*schema.audit.c)


def as_recorded(row: sa.Row[tuple[object, ...]]) -> Recorded:
    """A row as the entry that it holds."""
    entry = Entry(
        row.who, row.action, row.subject, row.result, row.origin, row.detail, row.acting_as, row.took_ms
    )
    return Recorded(row.number, row.at, entry, row.previous, row.seal, row.form)
