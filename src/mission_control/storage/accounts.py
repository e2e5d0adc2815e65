"""Accounts of people. Each change is written together with its entry in the audit, or not at all.

A password is kept as a hash only, and never shown, not even in a log. Whoever loses the account, or has its
password changed by somebody, loses the sessions of it in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from mission_control.domain.rights import RoleAt
from mission_control.storage import schema
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database


class Account(msgspec.Struct, frozen=True):
    """An account. `must_change`: somebody else knows its password. `given`: see `access/first.py`."""

    name: str
    password: str
    roles: tuple[RoleAt, ...]
    made: datetime
    changed: datetime
    must_change: bool = False
    given: str = ""

    def __repr__(self) -> str:
        return f"Account({self.name!r})"


class AccountStore:
    """The accounts of one database."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def all(self) -> tuple[Account, ...]:
        """Every account, by name. Raises StorageError."""
        wanted = sa.select(*schema.accounts.c).order_by(schema.accounts.c.name)
        with self._database.reading() as connection:
            return tuple(_account(row) for row in connection.execute(wanted))

    def put(self, account: Account, entry: Entry, *, end_sessions: bool = False) -> None:
        """Keep an account, new or changed, and end its sessions if asked for. Raises StorageError."""
        with self._audit.changing(entry) as connection:
            connection.execute(schema.accounts.delete().where(schema.accounts.c.name == account.name))
            connection.execute(schema.accounts.insert().values(_row(account)))
            if end_sessions:
                _end_sessions(connection, account.name)

    def delete(self, name: str, entry: Entry) -> None:
        """Forget an account and its sessions. Raises StorageError."""
        with self._audit.changing(entry) as connection:
            connection.execute(schema.accounts.delete().where(schema.accounts.c.name == name))
            _end_sessions(connection, name)


def _end_sessions(connection: sa.Connection, name: str) -> None:
    connection.execute(schema.sessions.delete().where(schema.sessions.c.account == name))


def _row(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "password": account.password,
        "roles": msgspec.json.encode(account.roles).decode(),
        "made": account.made.isoformat(),
        "changed": account.changed.isoformat(),
        "must_change": int(account.must_change),
        "given": account.given,
    }


def _account(row: sa.Row[tuple[object, ...]]) -> Account:
    return Account(
        name=row.name,
        password=row.password,
        roles=msgspec.json.decode(row.roles, type=tuple[RoleAt, ...]),
        made=datetime.fromisoformat(row.made),
        changed=datetime.fromisoformat(row.changed),
        must_change=bool(row.must_change),
        given=row.given,
    )
