"""Writes the state that a released version leaves, as SQL: run it with that version's sources.

    git archive COMMIT src | tar x -C DIR; PYTHONPATH=DIR/src python tests/storage/make_released.py 0.1.0

It holds an identity, a chain of entries and an accepted finding, and is never made anew for a version that
was released.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mission_control.domain.verdict import Acceptance, Subject, Verdict
from mission_control.storage.accepted import AcceptedStore
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import open_database
from mission_control.storage.glance import FILE
from mission_control.storage.identity import identity

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def main(version: str) -> None:
    """Write the file beside this one."""
    moments = (START + timedelta(minutes=n) for n in range(100))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder))
        audit = Audit(database, lambda: next(moments))
        me = identity(database, START).id
        audit.record(Entry("console", "start", subject=me, origin="http://0.0.0.0:8090"))
        audit.record(Entry("ada", "sign-in", me, "done", "10.0.0.7"))
        audit.record(Entry("nobody known", "sign-in", me, "refused", "10.0.0.9", "the token was wrong"))
        claim = Subject("PersistentVolumeClaim", "langsmith", "data-postgres-0")
        acceptance = Acceptance(
            cluster="prod-eu-1",
            code="volume-unbound",
            subject=claim,
            verdict=Verdict.BROKEN,
            facts="",
            hurt=(),
            says="The claim waits.",
            reason="the night",
            who="ada",
            at=START,
            until=None,
        )
        entry = Entry("ada", "finding.accept", acceptance.key, origin="10.0.0.7", detail="the night")
        AcceptedStore(database, audit).keep(acceptance, entry)
        database.close()
        with contextlib.closing(sqlite3.connect(Path(folder) / FILE)) as connection:
            lines = "\n".join(connection.iterdump())
    Path(__file__).with_name(f"released-{version}.sql").write_text(f"{lines}\n")


if __name__ == "__main__":
    main(sys.argv[1])
