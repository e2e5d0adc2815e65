"""Which install this is: an id to tell installs apart and a key to sign with, both made once and kept."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

import msgspec
import sqlalchemy as sa

from mission_control.storage import schema
from mission_control.storage.database import Database

_KEY_BYTES = 32


class Identity(msgspec.Struct, frozen=True):
    """The id and the key of an install. The key never leaves the process, not even in a log."""

    id: str
    key: bytes

    def __repr__(self) -> str:
        return f"Identity(id={self.id!r})"


def identity(database: Database, now: datetime) -> Identity:
    """The identity that the database holds; made at the first call. Raises StorageError."""
    with database.writing(alone="identity") as connection:
        row = connection.execute(sa.select(schema.identity.c.id, schema.identity.c.key)).one_or_none()
        if row is not None:
            return Identity(row.id, row.key)
        made = Identity(str(uuid.uuid4()), secrets.token_bytes(_KEY_BYTES))
        connection.execute(
            schema.identity.insert().values(slot=1, id=made.id, key=made.key, created=now.isoformat())
        )
        return made
