"""A lock between processes: two builds, or two `up` of one sandbox, take turns."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sandbox.progress import Say

Held = AbstractContextManager[None]


@contextmanager
def held(path: Path, waiting_for: str, say: Say) -> Iterator[None]:
    """Holds the lock file `path`; says so once when it must wait. A lock ends with its process."""
    descriptor = _take(path, waiting_for, say)
    try:
        yield
    finally:
        os.close(descriptor)


def _take(path: Path, waiting_for: str, say: Say) -> int:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting: {waiting_for} (process {_holder(descriptor)})")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still_there(path, descriptor):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            return descriptor
        os.close(descriptor)  # whoever held it removed the directory: lock the new file, not the ghost


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"


def _is_still_there(path: Path, descriptor: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
