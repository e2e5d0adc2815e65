"""What was accepted as expected, and what counts again, as entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wording import aware
from mission_control.domain.verdict import Acceptance


def acceptance_changes(
    before: Sequence[Acceptance] | None, now: Sequence[Acceptance], at: datetime
) -> tuple[Entry, ...]:
    """The entries of what is in force now, and of what was before and is no more.

    Before is None at a first look: then only what is in force is told, each at the time it was accepted.
    """
    told = [_accepted(entry) for entry in now if entry not in (before or ())]
    replaced = {entry.key for entry in now}
    ended = [_ended(entry, at) for entry in before or () if entry not in now and entry.key not in replaced]
    return (*told, *ended)


def _accepted(entry: Acceptance) -> Entry:
    until = "until it changes" if entry.until is None else f"until {aware(entry.until):%Y-%m-%d %H:%M} UTC"
    return Entry(
        identity=f"accepted:{entry.key}:{aware(entry.at):%Y%m%dT%H%M%S%f}",
        at=aware(entry.at),
        what="accepted",
        subject=entry.subject,
        text=f"{entry.code} of {entry.subject.name} was accepted as expected {until}: {entry.reason}",
        clock="console",
        by=entry.who,
        reason=entry.code,
    )


def _ended(entry: Acceptance, at: datetime) -> Entry:
    return Entry(
        identity=f"counts:{entry.key}:{aware(entry.at):%Y%m%dT%H%M%S%f}",
        at=at,
        what="accepted",
        subject=entry.subject,
        text=f"{entry.code} of {entry.subject.name} is no longer accepted and counts again",
        clock="console",
        reason=entry.code,
    )
