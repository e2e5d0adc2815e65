"""A site whose pods have logs."""

from __future__ import annotations

import msgspec

from mission_control.domain.logs import stamps
from mission_control.products.catalog import products
from mission_control.services.logs.logs import Logs
from mission_control.web.parts import SiteParts
from tests.fakes.podlogs import PodLogs
from tests.web.story import NOW

SECRET = "hunter2-hunter2-hunter2"  # noqa: S105  planted to be found
LINES = (
    '{"level": "info", "logger": "app.main", "event": "starting", "version": "0.16.45"}',
    "INFO saq: Starting worker",
    f"WARN pool: postgres://langsmith:{SECRET}@langsmith-postgres:5432/langsmith is slow",
    'ERROR app.db: connection to server at "langsmith-postgres", port 5432 failed: Connection refused',
    f'{{"level": "error", "event": "giving up", "password": "{SECRET}", "errno": 111}}',
    f"DEBUG password={SECRET}",
)


def lines(count: int = len(LINES)) -> list[tuple[int, str]]:
    """So many lines of the last minutes, oldest first."""
    now = stamps.of(NOW)
    return [(now - (count - place) * 7 * stamps.SECOND, LINES[place % len(LINES)]) for place in range(count)]


def with_logs(parts: SiteParts, podlogs: PodLogs | None = None) -> SiteParts:
    """The parts with a service of logs over pods that have some."""
    source = podlogs or PodLogs(lines())
    judgements = parts.judgements
    connection = source.connection()
    logs = Logs(lambda: connection, lambda: judgements.latest, judgements.wait, products(), parts.clock)
    return msgspec.structs.replace(parts, logs=logs)
