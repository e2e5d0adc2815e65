"""Moments of log lines: nanoseconds since 1970, which a container runtime counts and `datetime` does not.

Kubernetes writes RFC 3339 with up to nine digits, in UTC or with the node's own offset.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from functools import lru_cache

SECOND = 1_000_000_000
_FORM = re.compile(rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")
_WHOLE = len(b"2026-01-01T00:00:00")
_FULL = len(b"2026-01-01T00:00:00.000000000Z")


def parsed(text: bytes) -> int | None:
    """The moment of a stamp; None when it is none."""
    if len(text) == _FULL and text.endswith(b"Z"):
        try:
            return _second(text[:_WHOLE]) + int(text[_WHOLE + 1 : -1])
        except ValueError:
            return None
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    try:
        whole = _second(text[:_WHOLE])
    except ValueError:
        return None
    zone = found[8]
    ahead = 0 if zone == b"Z" else (int(zone[1:3]) * 60 + int(zone[4:6])) * (60 if zone[:1] == b"+" else -60)
    return whole - ahead * SECOND + int((found[7] or b"0").ljust(9, b"0"))


@lru_cache(maxsize=4096)
def _second(text: bytes) -> int:
    moment = datetime.strptime(text.decode("ascii", "replace"), "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007  the zone follows
    return calendar.timegm(moment.timetuple()) * SECOND


def written(at: int) -> str:
    """The moment in UTC with nine digits, the form that everything of ours writes."""
    second, rest = divmod(at, SECOND)
    return f"{_written_second(second)}.{rest:09d}Z"


@lru_cache(maxsize=4096)
def _written_second(second: int) -> str:
    try:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "1970-01-01T00:00:00"


def of(moment: datetime) -> int:
    """A datetime as a moment."""
    return int(moment.timestamp()) * SECOND + moment.microsecond * 1000


def as_datetime(at: int) -> datetime:
    """A moment as a datetime, to the microsecond."""
    second, rest = divmod(at, SECOND)
    return datetime.fromtimestamp(second, UTC).replace(microsecond=rest // 1000)
