"""What was last known of an object, kept so that a console that was away can tell what changed meanwhile.

Only the facts that the timeline tells are kept, and of what may not be shown a digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from mission_control.domain.objects import Object
from mission_control.domain.redact import redact
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.differences import changed, deleted
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.facts import FOLLOWED, facts
from mission_control.domain.timeline.told import last_write, written
from mission_control.domain.timeline.wording import aware, subject
from mission_control.domain.verdict import Subject

AWAY = " while the console was not looking"


class Known(msgspec.Struct, frozen=True):
    """An object as it was last seen. `generation` also counts changes of what is not among its facts."""

    subject: Subject
    uid: str
    facts: dict[str, str]
    generation: int = 0


def known(item: Object) -> Known | None:
    """What is kept of an object, redacted; None for kinds that are not followed and what has no identity."""
    found = facts(item)
    if found is None or not item.uid:
        return None
    safe = {redact(label): redact(text) for label, text in found.items()}
    return Known(subject(item), item.uid, safe, item.metadata.generation)


def everything_known(snapshot: Snapshot) -> dict[Subject, Known]:
    """What is known of all followed objects of a picture."""
    found = (known(item) for shape in FOLLOWED for item in snapshot.all(shape))
    return {entry.subject: entry for entry in found if entry is not None}


def meanwhile(before: Mapping[Subject, Known], snapshot: Snapshot) -> Iterator[Entry]:
    """What changed between what was known and the picture of a console that looks again."""
    seen: set[Subject] = set()
    for shape in FOLLOWED:
        for item in snapshot.all(shape):
            about = subject(item)
            seen.add(about)
            was = before.get(about)
            if was is not None and was.uid == item.uid:
                yield from _changed(was, item, snapshot)
    kinds = {shape.__name__: shape for shape in FOLLOWED}
    for about, was in before.items():
        if about not in seen and about.kind in kinds and snapshot.sees(kinds[about.kind], about.namespace):
            yield deleted(about, was.uid, snapshot.taken_at, AWAY)


def _changed(was: Known, item: Object, snapshot: Snapshot) -> Iterator[Entry]:
    now = known(item)
    entry = changed(was.facts, now.facts, item, snapshot) if now is not None else None
    if entry is None:
        return
    write = last_write(item)
    if write is not None and write.time is not None:
        better = written(item, write, entry.text, entry.keys)
        yield msgspec.structs.replace(better, what=entry.what, at=aware(write.time))
    else:
        yield msgspec.structs.replace(entry, text=entry.text + AWAY)
