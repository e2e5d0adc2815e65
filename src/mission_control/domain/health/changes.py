"""What changed shortly before a fault began: roll-outs, scaling, Helm, nodes, new limits.

Most faults follow a change, and whoever is on call asks for it first. Only what the picture proves is told:
a time stamp of the cluster within ten minutes before the fault. That it is the cause is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, aware, subject
from mission_control.domain.objects import (
    Deployment,
    Event,
    HorizontalPodAutoscaler,
    LimitRange,
    NetworkPolicy,
    Node,
    Object,
    Pod,
    ReplicaSet,
    ResourceQuota,
    Rollout,
)
from mission_control.domain.verdict import Change, Finding, Subject, WorkloadRef

BEFORE = timedelta(minutes=10)
AFTER = timedelta(seconds=5)
"""Time stamps of different sources differ by some seconds."""
MOST = 8
MOST_ROOTS = 25
_LIMITING: tuple[type[Object], ...] = (ResourceQuota, LimitRange, NetworkPolicy)
_BAD_NODE = {"MemoryPressure": "True", "DiskPressure": "True", "PIDPressure": "True", "Ready": "False"}


class Window(msgspec.Struct, frozen=True):
    """The time in which a change counts."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Whether a known moment lies within."""
        return moment is not None and self.begin <= aware(moment) <= self.end


def with_changes(scene: Scene, findings: Iterable[Finding]) -> list[Finding]:
    """The findings; the roots among them, as far as it is cheap, with what changed before they began."""
    told, found = 0, []
    for finding in findings:
        changes = changes_before(scene, finding) if finding.root and told < MOST_ROOTS else ()
        told += finding.root
        found.append(msgspec.structs.replace(finding, changes=changes) if changes else finding)
    return found


def changes_before(scene: Scene, finding: Finding) -> tuple[Change, ...]:
    """The changes in the ten minutes before a finding began, newest first; none when that is not known."""
    if finding.since is None:
        return ()
    since = aware(finding.since)
    window = Window(since - BEFORE, since + AFTER)
    refs = list(dict.fromkeys(_workloads(scene, finding)))
    found = [
        *_releases(scene, finding, window),
        *(change for ref in refs for change in _of_workload(scene, ref, window)),
        *_limits(scene, finding, window),
        *_nodes(scene, finding, refs, window),
    ]
    ordered = sorted(dict.fromkeys(found), key=lambda change: (change.at, change.text), reverse=True)
    return tuple(ordered[:MOST])


def _workloads(scene: Scene, finding: Finding) -> Iterator[WorkloadRef]:
    """The workloads that the fault hurts or is about."""
    about = finding.subject
    if about.kind in ("Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob"):
        yield WorkloadRef(about.kind, about.namespace, about.name)
    for installation in scene.installations:
        member = installation.member(finding.component) if installation.key == finding.installation else None
        if member is not None:
            yield from member.workloads


def _of_workload(scene: Scene, ref: WorkloadRef, window: Window) -> Iterator[Change]:
    rolled: set[str] = set()
    shapes: dict[str, type[Deployment | Rollout]] = {"Deployment": Deployment, "Rollout": Rollout}
    shape = shapes.get(ref.kind)
    owner = scene.snapshot.get(shape, ref.namespace, ref.name) if shape else None
    if owner is not None:
        for revision in scene.snapshot.owned_by(ReplicaSet, owner.uid):
            if window.holds(revision.metadata.creation_timestamp):
                rolled.add(revision.name)
                yield _rolled_out(scene, owner, revision)
    for event in scene.events_about(ref.kind, ref.namespace, ref.name, "ScalingReplicaSet", within=None):
        if window.holds(event.last_seen) and not any(name in event.message for name in rolled):
            yield _from_event(scene, Subject(ref.kind, ref.namespace, ref.name), ref.name, event)
    for scaler in scene.snapshot.within(HorizontalPodAutoscaler, ref.namespace):
        target = scaler.spec.scale_target_ref
        if (target.kind, target.name) != (ref.kind, ref.name):
            continue
        for event in scene.events(scaler, "SuccessfulRescale", within=None):
            if window.holds(event.last_seen):
                yield _from_event(scene, subject(scaler), ref.name, event)


def _from_event(scene: Scene, about: Subject, name: str, event: Event) -> Change:
    return Change(
        aware(event.last_seen or scene.now), f"{name}: {one_line(event.message, 160)}", about, event.reporter
    )


def _rolled_out(scene: Scene, owner: Deployment | Rollout, revision: ReplicaSet) -> Change:
    at = aware(revision.metadata.creation_timestamp or scene.now)
    number = revision.metadata.annotations.revision
    earlier = [
        other
        for other in scene.snapshot.owned_by(ReplicaSet, owner.uid)
        if _number(other) < _number(revision)
    ]
    by = revision.metadata.annotations.change_cause
    if not earlier:
        return Change(at, f"{owner.name} was created", subject(owner), by)
    what = _difference(max(earlier, key=_number), revision)
    return Change(at, f"{owner.name} was rolled out to revision {number}: {what}", subject(owner), by)


def _number(revision: ReplicaSet) -> int:
    text = revision.metadata.annotations.revision
    return int(text) if text.isdigit() else 0


def _difference(old: ReplicaSet, new: ReplicaSet) -> str:
    """What differs between two revisions, in the words that matter to an operator."""
    before = {c.name: c for c in old.spec.template.spec.containers}
    parts = []
    for container in new.spec.template.spec.containers:
        was = before.get(container.name)
        if was is None:
            parts.append(f"container {container.name} is new")
        elif was.image != container.image:
            parts.append(f"image {was.image} became {container.image}")
        elif was.resources != container.resources:
            parts.append(f"resources of {container.name}")
        elif was != container:
            parts.append(f"settings of {container.name}")
    restarted = new.spec.template.metadata.annotations.restarted_at
    if restarted and restarted != old.spec.template.metadata.annotations.restarted_at:
        parts.append("restarted by hand")
    return ", ".join(parts[:3]) or "its pod template"


def _releases(scene: Scene, finding: Finding, window: Window) -> Iterator[Change]:
    for release in scene.snapshot.readings.releases:
        if release.status == "superseded" and not release.is_read:
            continue  # its label says when the next one came
        if release.key == finding.installation and release.at is not None and window.holds(release.at):
            chart = f", {release.chart}-{release.version}" if release.chart else ""
            text = f"Helm made revision {release.revision} of {release.name} ({release.status}{chart})"
            yield Change(aware(release.at), text, Subject("Release", release.namespace, release.name), "helm")


def _limits(scene: Scene, finding: Finding, window: Window) -> Iterator[Change]:
    """New quotas, limits and policies in the namespace, which change what others may do."""
    namespace = finding.subject.namespace or (finding.installation or "").partition("/")[0]
    for shape in _LIMITING:
        for item in scene.snapshot.within(shape, namespace):
            born = item.metadata.creation_timestamp
            if born is not None and window.holds(born):
                yield Change(aware(born), f"{shape.__name__} {item.name} was created", subject(item), "")


def _nodes(scene: Scene, finding: Finding, refs: list[WorkloadRef], window: Window) -> Iterator[Change]:
    """What happened to the nodes of the hurt pods."""
    pods: Iterable[Pod] = (pod for ref in refs for pod in scene.workload_pods(ref))
    names = {pod.spec.node_name for pod in pods if pod.spec.node_name}
    if finding.subject.kind == "Node":
        names.add(finding.subject.name)
    for name in sorted(names):
        node = scene.snapshot.get(Node, "", name)
        if node is not None:
            yield from _of_node(scene, node, window)


def _of_node(scene: Scene, node: Node, window: Window) -> Iterator[Change]:
    about = subject(node)
    for entry in node.status.conditions:
        moment, bad = entry.last_transition_time, _BAD_NODE.get(entry.type)
        if moment is not None and window.holds(moment) and bad is not None:
            is_bad = entry.status in (bad, "Unknown")
            if entry.type == "Ready":
                word = "stopped being ready" if is_bad else "became ready"
                yield Change(aware(moment), f"Node {node.name} {word}", about, "kubelet")
            elif is_bad:
                yield Change(aware(moment), f"Node {node.name} came under {entry.type}", about, "kubelet")
    for taint in node.spec.taints:
        if taint.time_added is not None and window.holds(taint.time_added):
            yield Change(
                aware(taint.time_added), f"Node {node.name} was tainted {taint.key}:{taint.effect}", about, ""
            )
    for event in scene.events(node, "Rebooted", "NodeNotSchedulable", within=None):
        if window.holds(event.last_seen):
            yield _from_event(scene, about, f"Node {node.name}", event)
