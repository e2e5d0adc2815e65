"""Events of the cluster as entries: each event object is one, counted by the cluster, in its newest words.

Many an event tells of a change: a scaling, a node. Those get the kind of what they tell of, so that a filter
for scaling finds it whoever scaled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Event, ReplicaSet
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import Entry, What
from mission_control.domain.timeline.rollouts import maker, number
from mission_control.domain.timeline.wording import aware
from mission_control.domain.verdict import Subject

MOST_TEXT = 500
_SCALING = (
    "ScalingReplicaSet",
    "SuccessfulRescale",
    "KEDAScaleTargetActivated",
    "KEDAScaleTargetDeactivated",
)
_SCALED = re.compile(r"^Scaled (?:up|down) replica set (?P<set>\S+)")
_ROLLING = timedelta(minutes=2)
"""So long after a revision was made, what scales it belongs to the roll-out."""


def happened(snapshot: Snapshot, event: Event) -> Iterator[Entry]:
    """The entry of an event; none for one without any time."""
    last, first = event.last_seen, event.first_seen
    if last is None:
        return
    about = event.involved_object
    kind = kind_named(about.kind)
    namespace = about.namespace if kind is None or kind.namespaced else ""
    message = " ".join(event.message.split())
    text = message if len(message) <= MOST_TEXT else message[: MOST_TEXT - 2].rstrip() + " …"
    yield Entry(
        identity=f"event:{event.uid or f'{event.namespace}/{event.name}'}",
        at=aware(last),
        what=_what(snapshot, event),
        subject=Subject(about.kind, namespace, about.name),
        text=f"{event.reason}: {text}" if event.reason else text,
        by=event.reporter,
        times=event.times,
        first=aware(first) if first else None,
        is_bad=event.type not in ("Normal", ""),
        reason=event.reason,
    )


def _what(snapshot: Snapshot, event: Event) -> What:
    if event.involved_object.kind == "Node":
        return "node"
    if event.reason not in _SCALING:
        return "event"
    match = _SCALED.match(event.message) if event.reason == "ScalingReplicaSet" else None
    return "rollout" if match and _is_rolling(snapshot, event, match["set"]) else "scaling"


def _is_rolling(snapshot: Snapshot, event: Event, name: str) -> bool:
    """Whether a ReplicaSet was scaled by a roll-out, and not because somebody wants more or less."""
    revision = snapshot.get(ReplicaSet, event.namespace, name)
    owner = maker(snapshot, revision) if revision is not None else None
    if revision is None or owner is None:
        return True
    if any(number(other) > number(revision) for other in snapshot.owned_by(ReplicaSet, owner.uid)):
        return True
    born, seen = revision.metadata.creation_timestamp, event.last_seen
    return born is not None and seen is not None and aware(seen) - aware(born) < _ROLLING
