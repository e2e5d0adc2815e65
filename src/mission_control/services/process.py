"""What the process uses, as Linux tells it; None where it does not."""

from __future__ import annotations

import os
import resource
import threading
from pathlib import Path

import msgspec

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_UNLIMITED = 1 << 60


class Process(msgspec.Struct, frozen=True):
    """Bytes, seconds of processor time, threads and open files of this process."""

    memory: int | None
    peak: int | None
    limit: int | None
    cpu_seconds: float
    threads: int
    files: int | None


def process() -> Process:
    """What is used now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Process(
        memory=_resident(),
        peak=used.ru_maxrss * 1024,
        limit=_limit(),
        cpu_seconds=used.ru_utime + used.ru_stime,
        threads=threading.active_count(),
        files=_files(),
    )


def _resident() -> int | None:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _limit() -> int | None:
    for name in _LIMITS:
        try:
            value = int(Path(name).read_text())
        except (OSError, ValueError):
            continue
        return value if value < _UNLIMITED else None
    return None


def _files() -> int | None:
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- a generator would count itself
    except OSError:
        return None
