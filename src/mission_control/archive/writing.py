"""Writes a bundle as a streamed zip: file after file, each hashed on its way, in constant memory.

It writes to a name of its own and gives the archive its real name only when it is whole and on the disk, so
that nothing half is ever found under that name.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from mission_control.archive.errors import Unwritable
from mission_control.archive.signing import Signer
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.manifest import OWN, FileEntry, Manifest, over

UNFINISHED = ".part"
_LEVEL = 6
_OWNER_ONLY = 0o600 << 16
_TELLING = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the folder may not be written to",
}


class Writing:
    """A file of the archive that is being written."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write, self._hash = write, hashlib.sha256()
        self.bytes = 0

    def write(self, content: bytes) -> None:
        """Add to the file."""
        self._hash.update(content)
        self.bytes += len(content)
        self._write(content)

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()


class BundleWriter:
    """An archive that is being written. `at` is the moment that its files carry."""

    def __init__(self, target: Path, at: datetime) -> None:
        self._target = target
        self._unfinished = target.with_name(target.name + UNFINISHED)
        self._moment = max(at, at.replace(year=1980, month=1, day=1)).timetuple()[:6]
        self.entries: list[FileEntry] = []
        self._paths: set[str] = set()
        with self._telling():
            handle = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(handle, "wb")
            self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    @property
    def size(self) -> int:
        """How large the archive is so far."""
        return self._file.tell() if not self._file.closed else 0

    def has(self, path: str) -> bool:
        """Whether a file of this name is there already."""
        return path in self._paths

    @contextlib.contextmanager
    def file(self, path: str, part: str = OWN) -> Iterator[Writing]:
        """A file to write to, one at a time. Raises Unwritable."""
        if path in self._paths:
            raise Unwritable(f"{path} was to be written twice.")
        info = zipfile.ZipInfo(path, self._moment)
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _OWNER_ONLY
        with self._telling():
            stream = self._zip.open(info, "w", force_zip64=True)
            writing = Writing(stream.write)
            self._paths.add(path)
            try:
                with stream:
                    yield writing
            finally:  # a part that was cut off leaves what it had written
                self.entries.append(FileEntry(path, writing.bytes, writing.sha256, part))

    def add(self, path: str, content: bytes, part: str = OWN) -> None:
        """A whole file. Raises Unwritable."""
        with self.file(path, part) as writing:
            writing.write(content)

    def finish(self, manifest: Manifest, signer: Signer | None) -> Manifest:
        """Write the manifest over all files and its signature, and give the archive its name."""
        whole = over(manifest, self.entries)
        content = msgspec.json.format(msgspec.json.encode(whole), indent=1)
        self.add(layout.MANIFEST, content)
        if signer is not None:
            self.add(layout.SIGNATURE, msgspec.json.encode(signer.sign(content)))
        with self._telling():
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._unfinished.rename(self._target)
        return whole

    def abandon(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
        self._zip.fp = None  # or its finaliser would write a directory into a closed file
        self._unfinished.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = _TELLING.get(error.errno or 0, error.strerror or type(error).__name__)
            raise Unwritable(
                f"The bundle cannot be written to {self._target.parent}: {why}.",
                "Make room, delete older bundles, or choose a smaller preset.",
            ) from error
