"""A file for a browser to keep: whole, or from where an earlier download broke off (RFC 9110, 14).

What lies in the file was redacted before it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from litestar.response import Stream

_CHUNK = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OK, _PART, _NOT_THERE = 200, 206, 416


def download(path: Path, name: str, tag: str, wanted: str = "", unless: str = "") -> Stream:
    """The file, or the range of it that `wanted` (the header Range) asks for; `unless` is If-Range."""
    size = path.stat().st_size
    headers = {
        "accept-ranges": "bytes",
        "content-disposition": f'attachment; filename="{name}"',
        "etag": f'"{tag}"',
    }
    is_same = not unless or unless.strip('"') == tag
    found = _within(wanted, size) if wanted and is_same else (0, size)
    if found is None:
        headers["content-range"] = f"bytes */{size}"
        return Stream(iter(()), status_code=_NOT_THERE, headers=headers, media_type="application/zip")
    start, end = found
    status = _OK
    if (start, end) != (0, size) or (wanted and is_same):
        headers["content-range"], status = f"bytes {start}-{end - 1}/{size}", _PART
    headers["content-length"] = str(end - start)
    return Stream(
        _pieces(path, start, end), status_code=status, headers=headers, media_type="application/zip"
    )


def _within(wanted: str, size: int) -> tuple[int, int] | None:
    """Start and end of the one range that is asked for; the whole for what is not understood."""
    match = _RANGE.fullmatch(wanted.replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return (0, size)
    if not match[1]:
        return (max(0, size - int(match[2])), size) if int(match[2]) else None
    start = int(match[1])
    end = min(int(match[2]) + 1, size) if match[2] else size
    return (start, end) if start < end else None


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end and (chunk := file.read(min(_CHUNK, end - start))):
            start += len(chunk)
            yield chunk
