"""Reads recordings that anybody may have made: a zip of ours, a folder, a single file of kubectl's output.

Nothing is ever unpacked to a disk, nothing outside the archive is ever followed, and every read has a bound.
What ours never contain (links, ways out of the archive, files worth a thousand times their size) is refused
before anything is looked at.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from mission_control.archive.errors import Hostile, Unreadable
from mission_control.domain.bundle import layout

MOST_FILES = 200_000
MOST_BYTES = 8 << 30
"""Of all files together when unpacked."""
MOST_OF_ONE = 512 << 20
_MOST_DIRECTORY = 64 << 20
_BOMB_RATIO, _BOMB_BYTES = 500, 64 << 20
_CHUNK = 1 << 20
_END = b"PK\x05\x06"
_IN_ZIP64 = 0xFFFFFFFF
_END_SIZE, _LONGEST_COMMENT = 22, 65_535


class Archive(Protocol):
    """Files by name, whatever they lie in."""

    label: str

    @property
    def names(self) -> tuple[str, ...]:
        """All files, sorted."""

    def size(self, name: str) -> int:
        """How large a file is when unpacked."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file piece by piece. Raises Unreadable."""


def read(archive: Archive, name: str, most: int = MOST_OF_ONE) -> bytes:
    """A whole file. Raises Unreadable, also when it is larger than `most`."""
    if name not in archive.names:
        raise Unreadable(f"{archive.label} holds no {name}.")
    parts, total = [], 0
    for chunk in archive.chunks(name):
        total += len(chunk)
        if total > most:
            raise Unreadable(f"{name} in {archive.label} is larger than {most >> 20} MiB.")
        parts.append(chunk)
    return b"".join(parts)


def open_archive(path: Path) -> Archive:
    """The archive at a path. Raises Unreadable or Hostile."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be read: {error.strerror}.", "Check the name; it may be a file or a folder."
        ) from error
    if stat.S_ISDIR(mode):
        return Folder(path)
    if not stat.S_ISREG(mode):
        raise Unreadable(f"{path} is neither a file nor a folder.")
    with path.open("rb") as file:
        begins = file.read(4)
    return ZipFile(path) if begins[:2] == b"PK" else SingleFile(path)


class ZipFile:
    """A zip, of which only the directory is in memory."""

    def __init__(self, path: Path) -> None:
        self.label = path.name
        _check_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error) as error:
            raise _broken(path.name) from error
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        _check(infos, path.name)
        prefix = _prefix([info.filename for info in infos])
        self._infos = {
            info.filename.removeprefix(prefix): info for info in infos if info.filename.startswith(prefix)
        }
        self.names = tuple(sorted(self._infos))

    def size(self, name: str) -> int:
        """As the directory says; no more is ever read."""
        return self._infos[name].file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content, checked against the archive's own checksum."""
        try:
            with self._zip.open(self._infos[name]) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, ValueError) as error:
            raise _broken(self.label) from error


class Folder:
    """A folder, without whatever links lead out of it."""

    def __init__(self, path: Path) -> None:
        self.label = path.name or str(path)
        found = dict(_regular_files(path))
        prefix = _prefix(list(found))
        self._files = {n.removeprefix(prefix): f for n, f in found.items() if n.startswith(prefix)}
        self.names = tuple(sorted(self._files))

    def size(self, name: str) -> int:
        """As the file system says."""
        return self._files[name].stat().st_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content."""
        try:
            handle = os.open(self._files[name], os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as file:
                yield from _pieces(file)
        except OSError as error:
            raise Unreadable(f"{name} in {self.label} cannot be read: {error.strerror}.") from error


class SingleFile(Folder):
    """One file that is the whole recording."""

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self._files = {path.name: path.resolve()}
        self.names = (path.name,)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _regular_files(root: Path) -> Iterator[tuple[str, Path]]:
    count = 0
    for folder, inner, files in os.walk(root, followlinks=False):
        inner.sort()
        for name in files:
            path = Path(folder, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            count += 1
            if count > MOST_FILES:
                raise Hostile(
                    f"{root} holds more than {MOST_FILES:,} files.", "Name the recording's own folder."
                )
            yield path.relative_to(root).as_posix(), path


def _prefix(names: list[str]) -> str:
    """The folder in which a recording lies within its archive; other tools put one around it."""
    marks = (f"{layout.OBJECTS}/", layout.MANIFEST)
    found = [name.partition(mark)[0] for name in names for mark in marks if mark in name]
    return min((prefix for prefix in found if not prefix or prefix.endswith("/")), key=len, default="")


def _check_directory(path: Path) -> None:
    """Refuse a directory too large to read, before it is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise _broken(path.name)
    directory = struct.unpack_from("<L", tail, at + 12)[0]
    if directory == _IN_ZIP64:  # zip64 says it elsewhere; what is there is bounded by the file
        directory = size - at if size < _MOST_DIRECTORY else _zip64_directory(path, tail, at)
    if directory > _MOST_DIRECTORY:
        raise Hostile(f"{path.name} lists more files than any bundle holds.")


def _zip64_directory(path: Path, tail: bytes, at: int) -> int:
    locator = at - 20
    if locator < 0 or tail[locator : locator + 4] != b"PK\x06\x07":
        raise _broken(path.name)
    where = struct.unpack_from("<Q", tail, locator + 8)[0]
    with path.open("rb") as file:
        file.seek(min(where, path.stat().st_size))
        record = file.read(56)
    if len(record) < 56 or record[:4] != b"PK\x06\x06":  # noqa: PLR2004 -- its length by the format
        raise _broken(path.name)
    return int(struct.unpack_from("<Q", record, 40)[0])


def _check(infos: list[zipfile.ZipInfo], label: str) -> None:
    """Refuse what ours never contain."""
    if len(infos) > MOST_FILES:
        raise Hostile(f"{label} holds more than {MOST_FILES:,} files.")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise Hostile(f"{label} would be larger than {MOST_BYTES >> 30} GiB when unpacked.")
    seen: set[str] = set()
    for info in infos:
        name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
        if name != info.orig_filename or "\\" in name or name.startswith("/") or not name.isprintable():
            raise Hostile(f"{label} holds a file with a name that no bundle has: {name[:80]!r}.")
        if any(step in ("", ".", "..") for step in name.split("/")) or ":" in name.split("/", 1)[0]:
            raise Hostile(f"{label} holds a file that leads out of it: {name[:80]!r}.")
        if kind not in (0, stat.S_IFREG):
            raise Hostile(f"{label} holds a link or a device: {name[:80]!r}.")
        if name in seen:
            raise Hostile(f"{label} holds {name[:80]!r} twice.")
        if info.flag_bits & 1:
            raise Unreadable(f"{label} is encrypted.", "Decrypt it before opening it.")
        if info.file_size > _BOMB_BYTES and info.file_size > _BOMB_RATIO * max(info.compress_size, 1):
            raise Hostile(f"{label} holds a file that is a bomb when unpacked: {name[:80]!r}.")
        seen.add(name)


def _broken(label: str) -> Unreadable:
    return Unreadable(
        f"{label} is no whole zip archive.", "It may have been cut off while it was copied; fetch it again."
    )
