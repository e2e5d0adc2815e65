"""What an entry of the audit is, and the seals that chain the entries: SHA-256 over a canonical text.

The text of form 2 is a JSON array in UTF-8 without spaces: `[2, number, at, who, acting_as, origin, action,
subject, result, detail, took_ms, previous]`. Form 1, of version 0.1, was `[number, at, who, action, subject,
result, origin, detail, previous]`. `docs/audit.md` repeats this, so that others can check a chain without us.
"""

from __future__ import annotations

import hashlib

import msgspec

FIRST = "0" * 64
"""What stands before the first entry."""
FORM = 2


class Entry(msgspec.Struct, frozen=True):
    """One thing that was done. `subject`: to what. `result`: how it ended ("done", "refused" …).

    `acting_as` is whom the cluster saw, where that is somebody else than `who`; `took_ms` how long it took.
    """

    who: str
    action: str
    subject: str = ""
    result: str = "done"
    origin: str = ""
    detail: str = ""
    acting_as: str = ""
    took_ms: int | None = None


class Recorded(msgspec.Struct, frozen=True):
    """An entry as it is kept: numbered from 1 without gaps, dated in UTC, sealed."""

    number: int
    at: str
    entry: Entry
    previous: str
    seal: str
    form: int = FORM


class Anchor(msgspec.Struct, frozen=True):
    """Where the chain begins: after the last entry that retention took away, or after nothing."""

    number: int = 0
    seal: str = FIRST
    at: str = ""


class Verified(msgspec.Struct, frozen=True):
    """The result of checking the chain. `broken_at` is the first entry that is not as it was written.

    `entries` is how many are whole, `last` the number of the newest of them, `seal` its seal.
    """

    entries: int
    seal: str
    broken_at: int | None = None
    says: str = ""
    last: int = 0
    begins_after: int = 0


def seal(number: int, at: str, entry: Entry, previous: str, form: int = FORM) -> str:
    """The seal of an entry, as text of 64 hexadecimal digits."""
    e = entry
    if form == 1:
        parts: list[object] = [number, at, e.who, e.action, e.subject, e.result, e.origin, e.detail, previous]
    else:
        parts = [form, number, at, e.who, e.acting_as, e.origin, e.action, e.subject, e.result, e.detail]
        parts += [e.took_ms, previous]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def fault(kept: Recorded, number: int, previous: str) -> str:
    """What is wrong with an entry that should be this number after that seal; empty when nothing is."""
    if kept.number != number:
        return f"Entry {number} is missing."
    if kept.previous != previous:
        return f"Entry {number} does not follow the entry before it."
    if kept.form == 1 and (kept.entry.acting_as or kept.entry.took_ms is not None):
        return f"Entry {number} was changed after it was written."
    if kept.seal != seal(kept.number, kept.at, kept.entry, kept.previous, kept.form):
        return f"Entry {number} was changed after it was written."
    return ""
