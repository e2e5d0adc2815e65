"""What changed shortly before a fault began: roll-outs, scaling, Helm, nodes, new limits, edited settings.

Most faults follow a change, and whoever is on call asks for it first. Told are the entries of the timeline
about what the fault hurts and what that depends on, within ten minutes before it. That one of them is the
cause is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, aware
from mission_control.domain.health.surroundings import Around, around
from mission_control.domain.objects import ReplicaSet, StatefulSet
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.happened import happened
from mission_control.domain.timeline.releases import releases
from mission_control.domain.timeline.told import told, wrote
from mission_control.domain.verdict import Change, Finding

BEFORE = timedelta(minutes=10)
AFTER = timedelta(seconds=5)
"""Time stamps of different sources differ by some seconds."""
LATELY = timedelta(hours=1)
MOST = 8
MOST_ROOTS = 25
_LONGEST = 160
_TOLD_EVENTS = ("ScalingReplicaSet", "SuccessfulRescale", "Rebooted", "NodeNotSchedulable")
_TOLD_OF_SETS = (*_TOLD_EVENTS, "SuccessfulDelete")
"""A StatefulSet that is scaled down tells no more than that it deleted a pod."""


class Window(msgspec.Struct, frozen=True):
    """The time in which a change counts."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Whether a known moment lies within."""
        return moment is not None and self.begin <= aware(moment) <= self.end


def with_changes(scene: Scene, findings: Iterable[Finding]) -> list[Finding]:
    """The findings; the roots among them, as far as it is cheap, with what changed before they began."""
    told_of, found = 0, []
    for finding in findings:
        changes = changes_before(scene, finding) if finding.root and told_of < MOST_ROOTS else ()
        told_of += finding.root
        found.append(msgspec.structs.replace(finding, changes=changes) if changes else finding)
    return found


def changes_before(scene: Scene, finding: Finding) -> tuple[Change, ...]:
    """The changes in the ten minutes before a finding began, newest first.

    Where nothing tells when it began, those of the last hour: it may have begun with any of them.
    """
    if finding.since is None:
        window = Window(scene.now - LATELY, scene.now + AFTER)
    else:
        window = Window(aware(finding.since) - BEFORE, aware(finding.since) + AFTER)
    near = around(scene, finding)
    entries = {entry.identity: entry for entry in _told(scene, finding, near) if window.holds(entry.at)}
    for entry in scene.snapshot.readings.seen:
        if window.holds(entry.at) and entry.is_change and near.concerns(entry.subject):
            entries[entry.identity] = (
                entry  # the console saw what changed, which the object alone does not tell
            )
    left = _without_parts(near, entries.values())
    ordered = sorted({_change(entry): None for entry in left}, key=lambda c: (c.at, c.text), reverse=True)
    return tuple(ordered[:MOST])


def _told(scene: Scene, finding: Finding, near: Around) -> Iterator[Entry]:
    """What the objects around a finding tell of themselves, and Helm of its installation."""
    for item in near.items:
        yield from (entry for entry in told(scene.snapshot, item) if entry.is_change and entry.what != "job")
        yield from wrote(scene.snapshot, item)
        reasons = _TOLD_OF_SETS if isinstance(item, StatefulSet) else _TOLD_EVENTS
        for event in scene.events(item, *reasons, within=None):
            yield from happened(scene.snapshot, event)
    for entry in releases(scene.snapshot.readings):
        if entry.installation == finding.installation:
            yield entry


def _without_parts(near: Around, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries without the events of scalings that a roll-out or a change of replicas among them tells."""
    found = list(entries)
    made = {entry.identity.split(":")[1] for entry in found if entry.identity.startswith("rollout:")}
    sets = [item for item in near.items if isinstance(item, ReplicaSet)]
    names = [item.name for item in sets if item.uid in made or item.name in made]
    scaled = {entry.subject for entry in found if "replicas" in entry.keys}
    for entry in found:
        is_told = entry.subject in scaled or any(name in entry.text for name in names)
        if not (is_told and entry.reason in ("ScalingReplicaSet", "SuccessfulDelete")):
            yield entry


def _change(entry: Entry) -> Change:
    """The entry as a finding tells it."""
    if not entry.reason:
        return entry.change
    name = f"Node {entry.subject.name}" if entry.subject.kind == "Node" else entry.subject.name
    message = entry.text.removeprefix(f"{entry.reason}: ")
    return Change(entry.at, f"{name}: {one_line(message, _LONGEST)}", entry.subject, entry.by)
