"""What all tellers need: an object as a subject, times that can be compared, lists of names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mission_control.domain.objects import Object
from mission_control.domain.verdict import Subject

LONG_AGO = datetime.min.replace(tzinfo=UTC)


def aware(moment: datetime) -> datetime:
    """A time that can be compared: one without a zone is taken as UTC, as the API server writes it."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def subject(item: Object) -> Subject:
    """An object as the subject of an entry."""
    return Subject(type(item).__name__, item.namespace, item.name)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names as a person lists them: "A, B and 3 more"."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
