"""The Audit page and its exports: what was done here, found by who, what, result, words and time.

It also keeps the audit in order: verified at start and once a day, and cut to what is to be kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec

from mission_control.services import own_state
from mission_control.services.listing import PAGE
from mission_control.services.own_state import OwnState
from mission_control.storage.audit import Audit
from mission_control.storage.audit_search import AuditSearch, Choices, Wanted
from mission_control.storage.chain import Entry, Recorded, Verified
from mission_control.storage.database import Database
from mission_control.storage.errors import StorageError
from mission_control.storage.retention import Keep, trim

SPANS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
EVERY = timedelta(days=1).total_seconds()
_log = logging.getLogger(__name__)


class AuditQuery(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it. `within` is one of SPANS."""

    sorts: ClassVar[tuple[str, ...]] = ("at",)
    largest_first: ClassVar[frozenset[str]] = frozenset({"at"})

    who: str = ""
    action: str = ""
    result: str = ""
    within: str = ""
    text: str = ""
    sort: str = "at"
    page: int = 1


class Line(msgspec.Struct, frozen=True):
    """An entry as it is shown and exported. `took_ms`: None when it was not measured."""

    number: int
    at: datetime
    who: str
    acting_as: str
    origin: str
    action: str
    subject: str
    result: str
    detail: str
    took_ms: int | None
    seal: str


class Standing(msgspec.Struct, frozen=True):
    """What the last check of the chain found; `at` None before the first. `is_whole` None: not known."""

    at: datetime | None = None
    is_whole: bool | None = None
    says: str = ""
    entries: int = 0
    last: int = 0
    seal: str = ""
    begins_after: int = 0


class AuditPage(msgspec.Struct, frozen=True):
    """One page of the audit. `all` counts every entry, `total` those that fit."""

    query: AuditQuery
    rows: tuple[Line, ...]
    total: int
    all: int
    pages: int
    choices: Choices
    standing: Standing
    keep: Keep


class AuditRecord:
    """The audit of this console, for reading it and for keeping it in order."""

    def __init__(
        self, database: Database, audit: Audit, clock: Callable[[], datetime], keep: Keep, state: OwnState
    ) -> None:
        self._database, self._audit, self._clock, self._keep = database, audit, clock, keep
        self._search = AuditSearch(database)
        self._state = state
        self.standing = Standing()

    async def page(self, query: AuditQuery) -> AuditPage:
        """The page that was asked for; the last one for any beyond it. Raises StorageError."""
        return await asyncio.to_thread(self._page, query)

    def _page(self, query: AuditQuery) -> AuditPage:
        wanted = self.wanted(query)
        total, everything = self._search.count(wanted), self._search.count(Wanted())
        pages = max(1, -(-total // PAGE))
        query = msgspec.structs.replace(query, page=min(max(1, query.page), pages))
        rows = self._search.page(
            wanted, PAGE, (query.page - 1) * PAGE, oldest_first=query.sort.startswith("-")
        )
        found = self._search.choices()
        return AuditPage(
            query, tuple(map(line, rows)), total, everything, pages, found, self.standing, self._keep
        )

    def wanted(self, query: AuditQuery) -> Wanted:
        """What to look for, by an address."""
        span = SPANS.get(query.within)
        since = (self._clock().astimezone(UTC) - span).isoformat() if span else ""
        return Wanted(query.who, query.action, query.result, tuple(query.text.split()), since)

    async def record(self, entry: Entry) -> Recorded:
        """Write an entry. Raises StorageError: then what it tells of must not happen."""
        return await asyncio.to_thread(self._audit.record, entry)

    async def note(self, entry: Entry) -> None:
        """Write an entry; where the volume takes none, let the log alone have it and count it.

        For what must go on when the volume is full: coming in to read. What changes something uses `record`.
        """
        try:
            await self.record(entry)
        except StorageError as error:
            if not error.is_lasting:
                raise
            self._state.unkept += 1
            fields = msgspec.json.encode(entry).decode()
            _log.error("the audit could not be written (%s); the entry was %s", error.says, fields)
            return
        if self._state.unkept:
            missed, self._state.unkept = self._state.unkept, 0
            says = f"{missed} entries before this one could not be kept; the log of that time has them"
            await self.record(Entry("console", "audit.gap", result="failed", detail=says))

    async def export(self, query: AuditQuery, entry: Entry) -> AsyncIterator[Line]:
        """Every entry that fits, the oldest first, once the export is recorded. Raises StorageError."""
        await self.record(entry)
        parts = self._search.all(self.wanted(query))
        while True:
            some: tuple[Recorded, ...] = await asyncio.to_thread(_next, parts)
            if not some:
                return
            for kept in some:
                yield line(kept)

    async def verify(self) -> Verified:
        """Check the chain now, and let every page say so when it is broken. Raises StorageError."""
        found = await asyncio.to_thread(self._audit.verify)
        self.standing = Standing(
            self._clock(),
            found.broken_at is None,
            found.says,
            found.entries,
            found.last,
            found.seal,
            found.begins_after,
        )
        if found.broken_at is None:
            self._state.clear(own_state.CHAIN)
        else:
            self._state.tell(
                own_state.CHAIN,
                f"The audit is not as it was written. {found.says}",
                "Keep a copy of the state as it is, and compare it with the log and the last backup.",
            )
        return found

    async def run(self) -> None:
        """Verify and cut, now and once a day, until cancelled."""
        while True:
            try:
                await self.verify()
                trimmed = await asyncio.to_thread(trim, self._database, self._audit, self._keep, self._clock)
                if trimmed:
                    _log.info("retention removed %d entries of the audit", trimmed.entries)
                    await self.verify()
            except StorageError as error:
                _log.warning("%s %s", error.says, error.fix)
            await asyncio.sleep(EVERY)


def line(kept: Recorded) -> Line:
    """An entry as it is shown."""
    e = kept.entry
    at = datetime.fromisoformat(kept.at)
    return Line(
        number=kept.number,
        at=at,
        who=e.who,
        acting_as=e.acting_as,
        origin=e.origin,
        action=e.action,
        subject=e.subject,
        result=e.result,
        detail=e.detail,
        took_ms=e.took_ms,
        seal=kept.seal,
    )


def _next(parts: Any) -> tuple[Recorded, ...]:
    return next(parts, ())
