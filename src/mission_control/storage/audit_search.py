"""Reading the audit by what one looks for: who, what, result, words, time; a page at a time or all of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from mission_control.storage import schema
from mission_control.storage.audit import as_recorded, columns
from mission_control.storage.chain import Recorded
from mission_control.storage.database import Database

_AT_ONCE = 500
_TEXTS = ("who", "acting_as", "origin", "action", "subject", "result", "detail")


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for; what is empty does not matter.

    `since` and `until` are moments as ISO 8601 in UTC; each of `words` must be somewhere in an entry.
    """

    who: str = ""
    action: str = ""
    result: str = ""
    words: tuple[str, ...] = ()
    since: str = ""
    until: str = ""


class Choices(msgspec.Struct, frozen=True):
    """What there is to choose from, each in order."""

    who: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


class AuditSearch:
    """Reads the audit of one database. Everything raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, wanted: Wanted) -> int:
        """How many entries fit."""
        with self._database.reading() as connection:
            found = sa.select(sa.func.count()).select_from(schema.audit).where(*_conditions(wanted))
            return int(connection.execute(found).scalar() or 0)

    def page(
        self, wanted: Wanted, limit: int, offset: int = 0, *, oldest_first: bool = False
    ) -> tuple[Recorded, ...]:
        """So many entries that fit, the newest first."""
        number = schema.audit.c.number
        found = columns().where(*_conditions(wanted)).limit(limit).offset(offset)
        found = found.order_by(number.asc() if oldest_first else number.desc())
        with self._database.reading() as connection:
            return tuple(as_recorded(row) for row in connection.execute(found))

    def choices(self) -> Choices:
        """Who is named, what was done and how it ended, in all entries."""
        with self._database.reading() as connection:
            who, actions, results = (
                tuple(
                    str(value) for value in connection.scalars(sa.select(column).distinct().order_by(column))
                )
                for column in (schema.audit.c.who, schema.audit.c.action, schema.audit.c.result)
            )
        return Choices(who, actions, results)

    def all(self, wanted: Wanted) -> Iterator[tuple[Recorded, ...]]:
        """Every entry that fits, the oldest first, some hundreds at a time, each read by itself."""
        after = 0
        while True:
            found = columns().where(*_conditions(wanted), schema.audit.c.number > after)
            found = found.order_by(schema.audit.c.number).limit(_AT_ONCE)
            with self._database.reading() as connection:
                some = tuple(as_recorded(row) for row in connection.execute(found))
            if not some:
                return
            yield some
            after = some[-1].number


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    table = schema.audit.c
    for column, value in (
        (table.who, wanted.who),
        (table.action, wanted.action),
        (table.result, wanted.result),
    ):
        if value:
            yield column == value
    if wanted.since:
        yield table.at >= wanted.since
    if wanted.until:
        yield table.at < wanted.until
    for word in wanted.words:
        yield sa.or_(*(table[name].icontains(word, autoescape=True) for name in _TEXTS))
