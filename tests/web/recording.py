"""A site with an audit: a real one in a folder, with a story in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec

from mission_control.services.audit import AuditRecord
from mission_control.services.own_state import OwnState
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database, open_database
from mission_control.storage.retention import Keep
from mission_control.web.parts import SiteParts
from tests.web.story import NOW

STORY = (
    Entry("console", "start", "3a3866d8", origin="http://0.0.0.0:8090"),
    Entry("nobody known", "sign-in", "3a3866d8", "refused", "10.0.0.9", "3 wrong or spent tokens"),
    Entry("ada", "sign-in", "3a3866d8", origin="10.0.0.7", took_ms=212),
    Entry(
        "ada",
        "finding.accept",
        "scaled-to-zero:Deployment/langsmith/demo-langsmith-queue",
        origin="10.0.0.7",
        detail="switched off at night (until 2026-12-01T08:00:00+00:00; it said: queue is scaled to zero)",
    ),
    Entry("bob", "sign-in", "3a3866d8", origin="10.0.0.8", acting_as="system:serviceaccount:team:bob"),
    Entry("bob", "finding.revoke", '=HYPERLINK("http://example.com")', origin="10.0.0.8", took_ms=9),
)


def database_of(parts: SiteParts) -> Database:
    assert parts.audit is not None
    return parts.audit._database


@contextlib.contextmanager
def recorded(parts: SiteParts, folder: Path) -> Iterator[SiteParts]:
    """The parts with the story in their audit, minutes apart and up to now."""
    database = open_database(folder)
    moments = iter([NOW - timedelta(minutes=7 * n) for n in range(len(STORY), 0, -1)])
    audit = Audit(database, lambda: next(moments, NOW))
    for entry in STORY:
        audit.record(entry)
    state = OwnState(lambda: NOW)
    record = AuditRecord(database, audit, lambda: NOW, Keep(400, 256), state)
    try:
        yield msgspec.structs.replace(parts, audit=record, own_state=state)
    finally:
        database.close()
