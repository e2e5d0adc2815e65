"""Times, figures and verdicts as a reader sees them: the filters of the templates.

The JSON twins carry the plain numbers; here they get their units and the limit they are measured against. The
forms of times are written a second time in `islands/page.js`, which lets them age; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from mission_control.domain.quantity import bytes_text, short
from mission_control.domain.redact import redact
from mission_control.domain.usage import Gauge
from mission_control.domain.verdict import Verdict

_MARKS = {
    Verdict.HEALTHY: "ok",
    Verdict.PROGRESSING: "run",
    Verdict.UNKNOWN: "unknown",
    Verdict.DEGRADED: "warn",
    Verdict.BROKEN: "bad",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MANY_DAYS = 2
_MOMENT = re.compile(r"(?:\bat )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))")
NEARLY_FULL = 0.85
_TINY = 0.01  # cores; smaller ones keep one figure, because a zero would say that nothing runs


class Figures(msgspec.Struct, frozen=True):
    """A gauge in words and widths: `text` is "0.31 / 2 cores", the widths are per cent of the track."""

    text: str
    asked: str = ""
    percent: int | None = None
    is_tight: bool = False
    used_width: int = 0
    asked_width: int = 0
    has_track: bool = False


def mark(verdict: Verdict | None) -> str:
    """The end of the class and of the icon's name for a verdict."""
    return _MARKS[verdict] if verdict is not None else "unknown"


def span(seconds: float) -> str:
    """How long, in at most two units: "12 s", "17 min", "1 h 12 min", "9 d"."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        minutes = whole % _HOUR // _MINUTE
        return f"{whole // _HOUR} h {minutes} min" if minutes else f"{whole // _HOUR} h"
    hours = whole % _DAY // _HOUR
    days = whole // _DAY
    return f"{days} d {hours} h" if hours and days < _MANY_DAYS else f"{days} d"


def since(moment: datetime, now: datetime) -> str:
    """How long ago a moment was."""
    return span((now - moment).total_seconds())


def exact(moment: datetime) -> str:
    """A moment for the hover of who reads without scripts; scripts turn it into the reader's zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine(moment: datetime) -> str:
    """A moment for `<time datetime>`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def figures(gauge: Gauge, unit: str) -> Figures:
    """A gauge of "cores", "plain" (the same without the word), "bytes" or a "count", with its bar."""
    track = gauge.limit or max(gauge.requested or 0.0, gauge.used or 0.0)
    share = gauge.share
    return Figures(
        text=_against(gauge, unit),
        asked=f"requested {_one(gauge.requested, unit)}" if gauge.requested is not None else "",
        percent=round(share * 100) if share is not None else None,
        is_tight=share is not None and share >= NEARLY_FULL,
        used_width=_width(gauge.used, track),
        asked_width=_width(gauge.requested, track),
        has_track=track > 0,
    )


def _against(gauge: Gauge, unit: str) -> str:
    """Used and limit in one unit: "0.6 / 4 GiB"; "no limit" and "not measured" are said."""
    if gauge.limit is None:
        return f"{_one(gauge.used, unit)}, no limit" if gauge.used is not None else "no limit"
    if gauge.used is None:
        return f"– / {_one(gauge.limit, unit)}"
    if unit != "bytes":
        return f"{_number(gauge.used, unit)} / {_one(gauge.limit, unit)}"
    limit = bytes_text(gauge.limit)
    power = ("B", "KiB", "MiB", "GiB", "TiB", "PiB").index(limit.split()[1])
    return f"{short(gauge.used / 1024**power)} / {limit}"


def asked(gauge: Gauge, unit: str) -> str:
    """Used and requested in one unit: "3.4 / 8.95 cores"."""
    return _against(Gauge(used=gauge.used, limit=gauge.requested or 0.0), unit)


def moments(text: str) -> tuple[tuple[str, datetime | None], ...]:
    """A text cut at the moments in it, redacted before, so that a page can show each as a time that ages."""
    parts = _MOMENT.split(redact(text))
    return tuple(
        (part, datetime.fromisoformat(part) if place % 2 else None) for place, part in enumerate(parts)
    )


def named_value(text: str) -> tuple[str, str]:
    """The two parts of a text like "field: value", redacted before it is cut; else all as the value."""
    name, colon, value = redact(text).partition(": ")
    return (name, value) if colon else ("", name)


def _one(amount: float | None, unit: str) -> str:
    if amount is None:
        return "–"
    if unit == "bytes":
        return bytes_text(amount)
    number = _number(amount, unit)
    return f"{number} {'core' if number == '1' else 'cores'}" if unit == "cores" else number


def _number(amount: float, unit: str) -> str:
    if 0 < amount < _TINY:
        return f"{amount:.1g}"
    return short(amount) if unit in ("cores", "plain") else f"{amount:,.0f}".replace(",", "\u202f")


def _width(amount: float | None, track: float) -> int:
    return min(100, round(100 * amount / track)) if amount and track else 0


def count(number: int, noun: str, several: str = "") -> str:
    """A number with its noun: "1 pod", "3 pods"."""
    return f"{number} {noun if number == 1 else several or plural(noun)}"


def matches(text: str, wanted: str) -> tuple[tuple[str, bool], ...]:
    """A text cut where the words of a search are in it; True for the parts that are.

    It is redacted before it is cut: a secret in two pieces would not be known as one.
    """
    text = redact(text)
    words = sorted({re.escape(word) for word in wanted.split()}, key=len, reverse=True)
    if not words:
        return ((text, False),)
    parts = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    return tuple((part, place % 2 == 1) for place, part in enumerate(parts) if part)


def listed(words: Iterable[str], most: int = 3) -> str:
    """Some words as a person lists them: "events, claims and 7 more"."""
    names = list(words)
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def plural(kind: str) -> str:
    """A kind of several objects: "Pods", "StorageClasses", "NetworkPolicies"."""
    if kind.endswith(("s", "x", "ch")):
        return f"{kind}es"
    return f"{kind[:-1]}ies" if kind.endswith("cy") else f"{kind}s"
