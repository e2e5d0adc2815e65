"""The sessions of accounts: they outlive a restart. Of the id only a hash is kept; the browser has the rest.

A session begins and ends after its entry in the audit was written; when it was last used is no news, so this
is one of the few places that write beside the audit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
import sqlalchemy as sa

from mission_control.storage import schema
from mission_control.storage.database import Database


class KeptSession(msgspec.Struct, frozen=True):
    """A session of an account. `browser` is what it called itself, `origin` from where it came."""

    hash: str
    account: str
    began: datetime
    used: datetime
    origin: str
    browser: str


class SessionStore:
    """The sessions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[KeptSession, ...]:
        """Every session, oldest first. Raises StorageError."""
        wanted = sa.select(*schema.sessions.c).order_by(schema.sessions.c.began)
        with self._database.reading() as connection:
            return tuple(
                KeptSession(
                    row.hash,
                    row.account,
                    datetime.fromisoformat(row.began),
                    datetime.fromisoformat(row.used),
                    row.origin,
                    row.browser,
                )
                for row in connection.execute(wanted)
            )

    def begin(self, session: KeptSession) -> None:
        """Keep a new session. Raises StorageError."""
        row = msgspec.structs.asdict(session) | {
            "began": session.began.isoformat(),
            "used": session.used.isoformat(),
        }
        with self._database.writing() as connection:
            connection.execute(schema.sessions.insert().values(row))

    def use(self, used: dict[str, datetime]) -> None:
        """Note when sessions were last used, by their hash. Raises StorageError."""
        with self._database.writing() as connection:
            for key, moment in used.items():
                chosen = schema.sessions.c.hash == key
                connection.execute(schema.sessions.update().where(chosen).values(used=moment.isoformat()))

    def forget(self, hashes: Iterable[str]) -> None:
        """Forget sessions. Raises StorageError."""
        with self._database.writing() as connection:
            connection.execute(schema.sessions.delete().where(schema.sessions.c.hash.in_(tuple(hashes))))
