"""What changed between two looks at a cluster, at little cost: only objects that differ are looked at.

A kind that may no longer be seen is not deleted, and one that is seen again is not created: only what both
pictures see live is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from mission_control.domain.objects import ConfigMap, Deployment, Object, Rollout
from mission_control.domain.snapshot import Shelf, Snapshot
from mission_control.domain.timeline.entry import Clock, Entry, What
from mission_control.domain.timeline.facts import FOLLOWED, HIDDEN, facts
from mission_control.domain.timeline.releases import releases
from mission_control.domain.timeline.told import TELLING, last_write, told, written
from mission_control.domain.timeline.wording import aware, listed, subject
from mission_control.domain.verdict import Subject

_NONE = Shelf()
_GONE: frozenset[type[Object]] = frozenset(FOLLOWED)
_LONGEST_VALUE = 80


def between(before: Snapshot, after: Snapshot) -> Iterator[Entry]:
    """The entries that the later picture tells and the earlier did not."""
    for shape in TELLING:
        now, then = after.shelves.get(shape, _NONE), before.shelves.get(shape, _NONE)
        for old, new in now.differences(then):
            if new is not None:
                yield from _of(before, after, old, new)
            elif old is not None and shape in _GONE and _sees(before, after, old):
                yield _gone(old, after.taken_at)
    if before.readings.releases is not after.readings.releases:
        known = set(releases(before.readings))
        yield from (entry for entry in releases(after.readings) if entry not in known)


def _sees(before: Snapshot, after: Snapshot, item: Object) -> bool:
    shape = type(item)
    return before.sees(shape, item.namespace) and after.sees(shape, item.namespace)


def _of(before: Snapshot, after: Snapshot, old: Object | None, new: Object) -> Iterator[Entry]:
    known = set(told(before, old)) if old is not None else set()
    yield from (entry for entry in told(after, new) if entry not in known)
    if old is None or old.uid != new.uid:
        return
    change = changed(facts(old), facts(new), new, after)
    if change is None and _is_unseen_change(old, new):
        change = _entry(new, after.taken_at, f"{subject(new).kind} {new.name} was changed", ())
    if change is not None:
        yield change


def _is_unseen_change(old: Object, new: Object) -> bool:
    """Whether the object was changed in a field that the picture does not keep: a variable, a command."""
    if isinstance(new, Deployment | Rollout) or type(new) not in _GONE:
        return False
    return 0 < old.metadata.generation < new.metadata.generation and last_write(new) is not None


def changed(
    was: dict[str, str] | None, now: dict[str, str] | None, item: Object, picture: Snapshot
) -> Entry | None:
    """What changed between two sets of facts of one object; None when nothing did."""
    if was is None or now is None or was == now:
        return None
    if isinstance(item, ConfigMap):
        return _keys_changed(was, now, item, picture.taken_at)
    parts = {
        label: _difference(label, was.get(label), now.get(label))
        for label in dict.fromkeys([*was, *now])
        if was.get(label) != now.get(label)
    }
    text = f"{subject(item).kind} {item.name}: {'; '.join(parts.values())}"
    return _entry(item, picture.taken_at, text, tuple(parts))


def _difference(label: str, was: str | None, now: str | None) -> str:
    if was is None:
        return f"{label} is new"
    if now is None:
        return f"{label} is gone"
    if now.startswith(HIDDEN) or len(was) > _LONGEST_VALUE or len(now) > _LONGEST_VALUE:
        return f"{label} changed"
    return f"{label} {was or 'none'} became {now or 'none'}"


def _keys_changed(was: dict[str, str], now: dict[str, str], item: Object, at: datetime) -> Entry:
    groups = (
        ("changed", [key for key in now if key in was and was[key] != now[key]]),
        ("added", [key for key in now if key not in was]),
        ("removed", [key for key in was if key not in now]),
    )
    said = [
        f"{listed(sorted(keys))} {'was' if len(keys) == 1 else 'were'} {verb}"
        for verb, keys in groups
        if keys
    ]
    keys = tuple(sorted(key for _, some in groups for key in some))
    return _entry(item, at, f"ConfigMap {item.name}: {', '.join(said)}", keys)


def _entry(item: Object, seen: datetime, text: str, keys: tuple[str, ...]) -> Entry:
    """The entry of a change, at the time of its write where that is known, else of the look."""
    write = last_write(item)
    if (
        write is not None
        and write.time is not None
        and abs((seen - aware(write.time)).total_seconds()) < _FRESH
    ):
        return _typed(written(item, write, text, keys))
    about = subject(item)
    identity = f"seen:{item.uid or about.path}:{item.metadata.resource_version}:{text}"
    return _typed(Entry(identity, seen, "config", about, text, "console", keys=keys))


_FRESH = 120.0
"""Seconds after which the last write is taken for an older one, and the change for a controller's."""


def _typed(entry: Entry) -> Entry:
    """The entry with the kind that its fields make it."""
    what: What = entry.what
    if entry.keys == ("replicas",):
        what = "scaling"
    elif entry.subject.kind in ("StatefulSet", "DaemonSet"):
        what = "rollout"
    elif entry.subject.kind == "Node":
        what = "node"
    return msgspec.structs.replace(entry, what=what)


def deleted(about: Subject, uid: str, at: datetime, when: str = "", clock: Clock = "console") -> Entry:
    """The entry of an object that is gone; `when` ends its sentence."""
    return Entry(
        identity=f"gone:{uid or about.path}",
        at=at,
        what="node" if about.kind == "Node" else "object",
        subject=about,
        text=f"{about.kind} {about.name} was deleted{when}",
        clock=clock,
    )


def _gone(item: Object, seen: datetime) -> Entry:
    """The entry of an object that was there at the look before: its end began when it says so."""
    began = item.metadata.deletion_timestamp
    if began is None:
        return deleted(subject(item), item.uid, seen)
    return deleted(subject(item), item.uid, aware(began), clock="cluster")
