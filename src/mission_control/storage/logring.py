"""A ring of log lines on disk: segments of bounded size, of which the oldest go first.

It is no database: losing it loses comfort, not truth. Lines are redacted before they come here. Whatever the
disk refuses (full, gone, read-only) is an OSError for the caller, and what is damaged is skipped. Blocking;
the caller puts it into a thread.
"""

from __future__ import annotations

import contextlib
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from mission_control.domain.logs.entries import Entry, Source

SEGMENT = 4 << 20
"""Bytes after which a segment is closed and packed."""
BATCH = 500
_MODE = 0o600

Line = tuple[int, str, str, str, str, int]


class KeptSource(msgspec.Struct, frozen=True):
    """A container of which lines are kept, and the installation to which it belonged."""

    source: Source
    installation: str
    first: int
    last: int


class _Segment(msgspec.Struct):
    """What a segment holds: moments and containers, so that nobody has to read it for that."""

    first: int
    last: int
    sources: dict[str, KeptSource]


class _Head(msgspec.Struct):
    """A line of a segment that names a container."""

    source: Source
    installation: str


class LogRing:
    """The ring in one folder.

    `most` bytes in all; nothing older than `oldest` ns before the newest is kept.
    """

    def __init__(self, folder: Path, most: int, oldest: int, segment: int = SEGMENT) -> None:
        self._folder, self._most, self._oldest, self._size = folder, most, oldest, segment
        self._segments: dict[Path, _Segment] = {}
        self._open: Path | None = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Find what is there; a segment that was being written is read through and closed. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._segments, self._open = {}, None
        for path in sorted(self._folder.glob("*.jsonl*")):
            self._segments[path] = _index(path)
        for path in [path for path in self._segments if path.suffix == ".jsonl"]:
            self._close(path)

    def append(self, entries: Iterable[tuple[KeptSource, Entry]]) -> None:
        """Write lines, and let go of the oldest. Raises OSError; what was not written is lost."""
        with self._lock:
            parts: list[bytes] = []
            path = self._open or self._begin()
            segment = self._segments[path]
            for kept, entry in entries:
                key = kept.source.key
                known = segment.sources.get(key)
                if known is None:
                    parts.append(msgspec.json.encode(_Head(kept.source, kept.installation)))
                    known = KeptSource(kept.source, kept.installation, entry.at, entry.at)
                segment.sources[key] = msgspec.structs.replace(known, last=max(known.last, entry.at))
                segment.first = min(segment.first or entry.at, entry.at)
                segment.last = max(segment.last, entry.at)
                line: Line = (entry.at, key, entry.level, entry.text, entry.mark, entry.until)
                parts.append(msgspec.json.encode(line))
            if not parts:
                return
            with path.open("ab") as file:
                file.write(b"\n".join(parts) + b"\n")
                size = file.tell()
            if size > self._size:
                self._close(path)
                self._open = None
            self._prune()

    def sources(self) -> dict[str, KeptSource]:
        """The containers of which lines are kept, with their first and last moments."""
        found: dict[str, KeptSource] = {}
        with self._lock:
            segments = list(self._segments.values())
        for segment in segments:
            for key, one in list(segment.sources.items()):
                before = found.get(key)
                found[key] = one if before is None else _joined(before, one)
        return found

    def read(self, key: str, since: int, until: int) -> Iterator[list[Entry]]:
        """The kept lines of a container in their order, some hundred at a time. Skips what cannot be read."""
        with self._lock:
            paths = [
                path for path, segment in sorted(self._segments.items()) if _holds(segment, key, since, until)
            ]
        batch: list[Entry] = []
        for path in paths:
            for raw in _lines(path):
                entry = _entry(raw, key)
                if entry is None or entry.at < since or (until and entry.at >= until):
                    continue
                batch.append(entry)
                if len(batch) >= BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(_size(path) for path in self._segments)

    def _begin(self) -> Path:
        number = max((int(path.name.partition(".")[0]) for path in self._segments), default=0) + 1
        path = self._folder / f"{number:012}.jsonl"
        path.touch(_MODE)
        self._segments[path] = _Segment(0, 0, {})
        self._open = path
        return path

    def _close(self, path: Path) -> None:
        """Pack a segment and write down what it holds."""
        segment = self._segments[path]
        packed = path.with_suffix(".jsonl.z")
        making = path.with_suffix(".making")
        making.write_bytes(zlib.compress(path.read_bytes(), 3))
        making.chmod(_MODE)
        making.rename(packed)
        about = path.with_suffix(".about")
        about.write_bytes(msgspec.json.encode(segment))
        about.chmod(_MODE)
        path.unlink()
        self._segments[packed] = self._segments.pop(path)

    def _prune(self) -> None:
        newest = max((segment.last for segment in self._segments.values()), default=0)
        total = self.size
        for path in sorted(self._segments):
            if path == self._open:
                break
            is_old = self._segments[path].last < newest - self._oldest
            if not is_old and total <= self._most:
                break
            total -= _size(path)
            del self._segments[path]
            for gone in (path, path.with_name(path.name.partition(".")[0] + ".about")):
                with contextlib.suppress(OSError):
                    gone.unlink(missing_ok=True)


def _joined(one: KeptSource, other: KeptSource) -> KeptSource:
    return msgspec.structs.replace(one, first=min(one.first, other.first), last=max(one.last, other.last))


def _holds(segment: _Segment, key: str, since: int, until: int) -> bool:
    one = segment.sources.get(key)
    return one is not None and one.last >= since and (not until or one.first < until)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _index(path: Path) -> _Segment:
    """What a segment holds: as it was written down, or by reading it through."""
    about = path.with_name(path.name.partition(".")[0] + ".about")
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(about.read_bytes(), type=_Segment)
    segment = _Segment(0, 0, {})
    heads: dict[str, _Head] = {}
    for raw in _lines(path):
        if raw.startswith(b"{"):
            with contextlib.suppress(msgspec.MsgspecError):
                head = msgspec.json.decode(raw, type=_Head)
                heads[head.source.key] = head
            continue
        with contextlib.suppress(msgspec.MsgspecError):
            at, key, *_ = msgspec.json.decode(raw, type=Line)
            if key in heads:
                one = KeptSource(heads[key].source, heads[key].installation, at, at)
                segment.sources[key] = _joined(segment.sources[key], one) if key in segment.sources else one
            segment.first, segment.last = min(segment.first or at, at), max(segment.last, at)
    return segment


def _lines(path: Path) -> list[bytes]:
    """The lines of a segment; none of one that is gone or damaged."""
    try:
        raw = path.read_bytes()
        return (zlib.decompress(raw) if path.suffix == ".z" else raw).splitlines()
    except (OSError, zlib.error):
        return []


def _entry(raw: bytes, key: str) -> Entry | None:
    if not raw.startswith(b"[") or f'"{key}"'.encode() not in raw:
        return None
    try:
        at, found, level, text, mark, until = msgspec.json.decode(raw, type=Line)
    except msgspec.MsgspecError:
        return None
    return Entry(at, key, text, level, mark, until) if found == key else None
