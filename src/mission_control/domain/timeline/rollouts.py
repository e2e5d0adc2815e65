"""Roll-outs: a ReplicaSet is a revision of its Deployment, and says what differs from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Event, Object, ReplicaSet
from mission_control.domain.objects.pods import Template
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wording import LONG_AGO, aware, subject

_SAME_WRITE = timedelta(seconds=3)
_MOST_PARTS = 3


def rollout(snapshot: Snapshot, revision: ReplicaSet) -> Iterator[Entry]:
    """The roll-out that made a revision, or went back to it; none when nothing tells when that was."""
    owner = maker(snapshot, revision)
    born = revision.metadata.creation_timestamp
    if owner is None or born is None:
        return
    kept = list(snapshot.owned_by(ReplicaSet, owner.uid))
    earlier = [other for other in kept if number(other) < number(revision)]
    before = max(earlier, key=number, default=None)
    is_return = any(_born(other) > aware(born) for other in earlier)
    at = _returned(snapshot, owner, revision) if is_return else aware(born)
    if at is not None:
        yield _entry(owner, revision, before, at, is_return=is_return)


def maker(snapshot: Snapshot, revision: ReplicaSet) -> Object | None:
    """The Deployment or Rollout that a ReplicaSet is a revision of."""
    owner = revision.metadata.controller
    kind = kind_named(owner.kind) if owner else None
    if owner is None or kind is None:
        return None
    found = snapshot.get(kind.shape, revision.namespace, owner.name)
    return found if found is not None and found.uid == owner.uid else None


def number(revision: ReplicaSet) -> int:
    """The number of a revision; 0 for one without."""
    text = revision.metadata.annotations.revision
    return int(text) if text.isdigit() else 0


def difference(old: Template, new: Template) -> str:
    """What differs between two pod templates, in the words that matter to an operator."""
    before = {c.name: c for c in old.spec.containers}
    parts = []
    for container in new.spec.containers:
        was = before.pop(container.name, None)
        if was is None:
            parts.append(f"container {container.name} is new")
        elif was.image != container.image:
            parts.append(f"image {was.image} became {container.image}")
        elif was.resources != container.resources:
            parts.append(f"resources of {container.name}")
        elif was != container:
            parts.append(f"settings of {container.name}")
    parts += [f"container {name} is gone" for name in before]
    restarted = new.metadata.annotations.restarted_at
    if restarted and restarted != old.metadata.annotations.restarted_at:
        parts.append("restarted by hand")
    return ", ".join(parts[:_MOST_PARTS]) or "its pod template"


def _entry(
    owner: Object, revision: ReplicaSet, before: ReplicaSet | None, at: datetime, *, is_return: bool
) -> Entry:
    this = number(revision)
    if before is not None:
        what = difference(before.spec.template, revision.spec.template)
        verb = "was rolled back to an earlier template as" if is_return else "was rolled out to"
        text = f"{owner.name} {verb} revision {this}: {what}"
    elif this > 1:
        text = f"{owner.name} was rolled out to revision {this}; the one before is no longer kept"
    else:
        text = f"{owner.name} was created"
    return Entry(
        identity=f"rollout:{revision.uid or revision.name}:{this}",
        at=at,
        what="rollout" if before is not None or this > 1 else "object",
        subject=subject(owner),
        text=text,
        by=revision.metadata.annotations.change_cause or _writer(owner, at),
    )


def _writer(owner: Object, at: datetime) -> str:
    """Who wrote the owner at that moment, as far as it is the last write."""
    write = getattr(owner.metadata, "last_write", None)
    is_it = write is not None and write.time is not None and abs(aware(write.time) - at) <= _SAME_WRITE
    return write.manager if write is not None and is_it else ""


def _returned(snapshot: Snapshot, owner: Object, revision: ReplicaSet) -> datetime | None:
    """When an old revision was taken up again: only the event of its scaling tells that."""
    found: list[Event] = [
        event
        for event in snapshot.events_about(subject(owner).kind, owner.namespace, owner.name)
        if event.reason == "ScalingReplicaSet" and f"up replica set {revision.name} " in event.message
    ]
    return max((aware(event.last_seen) for event in found if event.last_seen), default=None)


def _born(revision: ReplicaSet) -> datetime:
    born = revision.metadata.creation_timestamp
    return aware(born) if born else LONG_AGO
