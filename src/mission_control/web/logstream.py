"""Batches of log entries as bytes: for the page's island, as text, as JSON lines.

Lines were redacted by the stream filter before they came here, which knows what stood before them; so they
are written as they are. Names of pods and sentences of marks passed `redact` when they were made.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable

import msgspec
from litestar.response import Stream

from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import LOSSES, Entry, Source
from mission_control.services.logs.page import LogsPage
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.session import Batch

BEAT = 2.0
"""Seconds after which an empty batch is told, so that the page knows that it is connected."""
_encode = msgspec.json.Encoder().encode


class LogFile(Stream):
    """An answer that goes on, of lines that were redacted before; with a name it is a download."""

    def __init__(self, told: AsyncGenerator[bytes, None], kind: str, name: str = "") -> None:
        headers = {"x-accel-buffering": "no"}
        if name:
            headers["content-disposition"] = f'attachment; filename="{name}"'
        super().__init__(told, media_type=kind, headers=headers)


class Wire(msgspec.Struct, frozen=True):
    """One line of the stream.

    `sources`: place, namespace, pod, container, role, component, node. `lines`: moment, place of the source,
    level (a mark has "!" and its kind), text, and places to point out or the second moment of a mark.
    """

    sources: list[tuple[int, str, str, str, str, str, str]]
    lines: list[tuple[str, int, str, str, object]]
    seen: int
    pods: int
    containers: int
    ready: bool


class Exported(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line or a mark in a file."""

    at: str
    namespace: str
    pod: str
    container: str
    text: str
    level: str = ""
    mark: str = ""
    until: str = ""


async def lines(
    batches: AsyncGenerator[Batch, None], query: LogQuery, is_open: Callable[[], bool], lasting: float
) -> AsyncGenerator[bytes, None]:
    """The stream for the page, for at most so many seconds."""
    loop = asyncio.get_running_loop()
    ends, told_at = loop.time() + lasting, 0.0
    places: dict[str, int] = {}
    async with contextlib.aclosing(batches):
        async for batch in batches:
            if not is_open() or loop.time() > ends:
                return
            if batch.entries or batch.sources or loop.time() - told_at > BEAT:
                told_at = loop.time()
                yield _encode(_wire(batch, places, query)) + b"\n"


def _wire(batch: Batch, places: dict[str, int], query: LogQuery) -> Wire:
    sources = []
    for one in batch.sources:
        place = places.setdefault(one.key, len(places))
        sources.append((place, one.namespace, one.pod, one.container, one.role, one.component, one.node))
    points = bool(query.filter.highlight or query.filter.include)
    told = [_line(entry, places, query if points else None) for entry in batch.entries]
    chosen = batch.chosen
    return Wire(sources, told, batch.seen, chosen.pods, len(chosen.sources), batch.is_caught_up)


def _line(entry: Entry, places: dict[str, int], query: LogQuery | None) -> tuple[str, int, str, str, object]:
    place = places.get(entry.source, -1)
    if entry.mark:
        until = stamps.written(entry.until) if entry.until else None
        return stamps.written(entry.at), place, f"!{entry.mark}", entry.text, until
    spans = (query.filter.spans(entry.text) or None) if query else None
    return stamps.written(entry.at), place, entry.level, entry.text, spans


async def as_json_lines(batches: AsyncGenerator[Batch, None]) -> AsyncGenerator[bytes, None]:
    """The file as JSON lines; the last line says what is missing."""
    counted = _Count()
    async with contextlib.aclosing(batches):
        async for batch in batches:
            counted.take(batch)
            if batch.entries:
                yield b"".join(
                    [_encode(_exported(entry, counted.sources)) + b"\n" for entry in batch.entries]
                )
    yield _encode({"summary": counted.says}) + b"\n"


async def as_text(batches: AsyncGenerator[Batch, None]) -> AsyncGenerator[bytes, None]:
    """The file as text; the last line says what is missing."""
    counted = _Count()
    async with contextlib.aclosing(batches):
        async for batch in batches:
            counted.take(batch)
            if batch.entries:
                yield "".join([_text(entry, counted.sources) for entry in batch.entries]).encode(
                    "utf-8", "replace"
                )
    yield f"--- {counted.says}\n".encode()


class _Count:
    """What went into a file, and what is missing in it."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self._lines = 0
        self._losses: Counter[str] = Counter()

    def take(self, batch: Batch) -> None:
        self.sources |= {source.key: source for source in batch.sources}
        for entry in batch.entries:
            if entry.mark in LOSSES or entry.mark == "kept":
                self._losses[entry.mark] += 1
            self._lines += not entry.mark

    @property
    def says(self) -> str:
        """The last line of the file."""
        whole = f"{self._lines} lines of {len(self.sources)} containers."
        if not self._losses:
            return f"{whole} Nothing is known to be missing."
        marks = ", ".join(f"{count} × {mark}" for mark, count in sorted(self._losses.items()))
        return f"{whole} Lines are or may be missing at these marks: {marks}."


def _exported(entry: Entry, sources: dict[str, Source]) -> Exported:
    source = sources[entry.source]
    until = stamps.written(entry.until) if entry.until else ""
    names = (source.namespace, source.pod, source.container)
    return Exported(stamps.written(entry.at), *names, entry.text, entry.level, entry.mark, until)


def _text(entry: Entry, sources: dict[str, Source]) -> str:
    source = sources[entry.source]
    if entry.mark:
        until = f" until {stamps.written(entry.until)}" if entry.until else ""
        return f"--- {stamps.written(entry.at)}{until}: {entry.text}\n"
    return f"{stamps.written(entry.at)} {source.pod} {source.container} {entry.text}\n"


async def with_entries(page: LogsPage, reading: object) -> LogsPage:
    """The page with its lines, for the JSON twin."""
    entries: tuple[Entry, ...] = await reading  # type: ignore[misc]
    return msgspec.structs.replace(page, entries=entries)


def with_problem(page: LogsPage, says: str, fix: str) -> LogsPage:
    """The page that says what is wrong with what was asked."""
    return msgspec.structs.replace(page, problem=says, fix=fix)


def with_tail(query: LogQuery, tail: int) -> LogQuery:
    """The query for the last lines of each container only."""
    return msgspec.structs.replace(query, tail=tail)
