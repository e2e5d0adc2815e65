"""Accounts over a real database in a folder, with hashes that cost nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mission_control.access.accounts import Accounts
from mission_control.access.passwords import Cost, Desk
from mission_control.services.accepted import By
from mission_control.storage.accounts import AccountStore
from mission_control.storage.audit import Audit
from mission_control.storage.database import Database, open_database

NOW = datetime(2026, 11, 21, 2, 58, 7, tzinfo=UTC)
CHEAP = Cost(1, 8)
GOOD = "four words in a row"
OTHER = "another four words in a row"
ADA = By("ada", "here")


class Book:
    """A database, its audit, the accounts in it, and a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.database: Database = open_database(folder)
        self.audit = Audit(self.database, lambda: self.now)
        self.desk = Desk(CHEAP)
        self.accounts = Accounts(AccountStore(self.database, self.audit), lambda: self.now, self.desk)

    def told(self) -> list[tuple[str, str, str]]:
        """Who did what to what, oldest first."""
        found = reversed(self.audit.entries())
        return [(line.entry.who, line.entry.action, line.entry.subject) for line in found]


@contextlib.contextmanager
def book(folder: Path) -> Iterator[Book]:
    made = Book(folder)
    try:
        yield made
    finally:
        made.database.close()
