"""Files to take away: a table as JSON Lines or CSV, streamed, each row through the redaction.

A cell of the CSV that a spreadsheet would take for a formula gets an apostrophe before it, which is what
spreadsheets themselves write for "this is text".
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar.response import Stream

from mission_control.domain.redact import redact_object
from mission_control.services.tables import csv_line

FORMS = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}


async def table(
    name: str, form: str, rows: AsyncIterator[msgspec.Struct], columns: type[msgspec.Struct]
) -> Stream:
    """A file of rows. The first is asked for at once: what goes wrong becomes a page and no torn file."""
    first = await anext(rows, None)
    names = tuple(field.encode_name for field in msgspec.structs.fields(columns))
    return Stream(
        _lines(first, rows, names if form == "csv" else None),
        media_type=FORMS[form],
        headers={"content-disposition": f'attachment; filename="{name}.{form}"'},
    )


async def _lines(
    first: msgspec.Struct | None, rows: AsyncIterator[msgspec.Struct], names: tuple[str, ...] | None
) -> AsyncIterator[bytes]:
    if names is not None:
        yield csv_line(names).encode()
    if first is None:
        return
    yield _line(first, names)
    async for row in rows:
        yield _line(row, names)


def _line(row: msgspec.Struct, names: tuple[str, ...] | None) -> bytes:
    safe: dict[str, Any] = redact_object(msgspec.to_builtins(row))
    if names is None:
        return msgspec.json.encode(safe) + b"\n"
    return csv_line([safe[name] for name in names]).encode()
