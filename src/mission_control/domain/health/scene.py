"""What a rule may look at: the picture, the installations in it, the log tails, and short ways through them.

A scene is made once for a judgement. It answers questions that many rules ask, and none about causes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar, cast

from mission_control.domain.installations import Installation, Member, recognised
from mission_control.domain.logtail import LogTail
from mission_control.domain.objects import (
    DaemonSet,
    Deployment,
    Event,
    Job,
    Node,
    Object,
    Pod,
    ReplicaSet,
    Rollout,
    StatefulSet,
    Workload,
    condition,
)
from mission_control.domain.places import Place, Places
from mission_control.domain.product import Product
from mission_control.domain.redact import cut
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.wording import aware as aware  # noqa: PLC0414 (rules ask the scene)
from mission_control.domain.timeline.wording import subject as subject  # noqa: PLC0414 (as above)
from mission_control.domain.verdict import Evidence, Subject, WorkloadRef

RECENT = timedelta(minutes=10)
DEAR_ANSWERS = 25
Answer = TypeVar("Answer")
_SERVING: dict[str, type[Workload | DaemonSet]] = {
    shape.__name__: shape for shape in (Deployment, StatefulSet, Rollout, ReplicaSet, DaemonSet)
}


class Scene:
    """One picture, ready to be judged."""

    def __init__(
        self, snapshot: Snapshot, products: Iterable[Product], tails: Iterable[LogTail] = ()
    ) -> None:
        """Recognise the installations and find the nodes that do not answer."""
        self.snapshot = snapshot
        self.now = snapshot.taken_at
        self.installations: tuple[Installation, ...] = recognised(snapshot, tuple(products))
        self.places = Places(snapshot, self.installations)
        self.tails: dict[tuple[str, str], list[LogTail]] = {}
        for tail in tails:
            self.tails.setdefault((tail.namespace, tail.pod), []).append(tail)
        self._answers: dict[Hashable, object] = {}
        self.dead_nodes: frozenset[str] = snapshot.once((Node,), "dead nodes", self._dead_nodes)

    def _dead_nodes(self) -> frozenset[str]:
        return frozenset(node.name for node in self.snapshot.all(Node) if not is_ready_node(node))

    def once(self, key: Hashable, answer: Callable[[], Answer], otherwise: Answer) -> Answer:
        """An answer worked out once for each key, and for so many keys only: `otherwise` after that."""
        if key not in self._answers:
            if len(self._answers) >= DEAR_ANSWERS:
                return otherwise
            self._answers[key] = answer()
        return cast("Answer", self._answers[key])

    def age(self, moment: datetime | None) -> timedelta | None:
        """How long ago something was; None when that is not known. Never negative."""
        return max(self.now - aware(moment), timedelta()) if moment else None

    def older(self, moment: datetime | None, limit: timedelta) -> bool:
        """Whether a moment is known and at least so long ago."""
        return moment is not None and self.now - aware(moment) >= limit

    def events(self, item: Object, *reasons: str, within: timedelta | None = RECENT) -> list[Event]:
        """The recent events about an object with one of these reasons (all when none), newest first."""
        return self.events_about(type(item).__name__, item.namespace, item.name, *reasons, within=within)

    def events_about(
        self, kind: str, namespace: str, name: str, *reasons: str, within: timedelta | None = RECENT
    ) -> list[Event]:
        """The same for an object that is only known by name."""
        found = [
            event
            for event in self.snapshot.events_about(kind, namespace, name)
            if (not reasons or event.reason in reasons)
            and (within is None or not self.older(event.last_seen, within))
        ]
        return sorted(found, key=lambda event: aware(event.last_seen or self.now), reverse=True)

    def replicas(self, ref: WorkloadRef | None) -> tuple[int, int] | None:
        """How many replicas of a workload are ready and how many are wanted; None where that is not seen."""
        shape = _SERVING.get(ref.kind) if ref else None
        found = self.snapshot.get(shape, ref.namespace, ref.name) if ref and shape else None
        if found is None:
            return None
        if isinstance(found, DaemonSet):
            return (found.status.number_ready, found.status.desired_number_scheduled)
        return (found.status.ready_replicas, wanted(found))

    def serves(self, place: Place) -> bool:
        """Whether the component has a ready replica; outside installations, whether the workload has."""
        member = place.installation.member(place.component) if place.installation else None
        refs = member.workloads if member else (place.workload,)
        counts = [self.replicas(ref) for ref in refs]
        return any(count is not None and count[0] > 0 for count in counts)

    def workload_pods(self, ref: WorkloadRef) -> Iterator[Pod]:
        """The pods of a workload, through its ReplicaSets or Jobs."""
        shape = {**_SERVING, "Job": Job}.get(ref.kind)
        owner = self.snapshot.get(shape, ref.namespace, ref.name) if shape else None
        if owner is None or not owner.uid:
            return
        yield from self.snapshot.owned_by(Pod, owner.uid)
        for replica_set in self.snapshot.owned_by(ReplicaSet, owner.uid):
            yield from self.snapshot.owned_by(Pod, replica_set.uid)

    def member_pods(self, member: Member) -> Iterator[Pod]:
        """The pods of all workloads of a component."""
        for ref in member.workloads:
            yield from self.workload_pods(ref)


def wanted(workload: Workload) -> int:
    """How many replicas a workload asks for; an absent number means one, or what an autoscaler made of it."""
    if workload.spec.replicas is not None:
        return workload.spec.replicas
    return max(1, workload.status.replicas)


def is_ready_node(node: Node) -> bool:
    """Whether a node answers. One without conditions is new and counts as ready."""
    ready = condition(node.status.conditions, "Ready")
    return ready is None or ready.is_true


def is_ready(pod: Pod) -> bool:
    """Whether a pod serves, by its Ready condition."""
    return pod.is_ready


def from_event(event: Event) -> Evidence:
    """An event as evidence: its message, and how often and where it was reported."""
    about = event.involved_object
    times = f"{event.times} times" if event.times > 1 else "once"
    last = event.last_seen
    when = f", last at {last.isoformat()}" if last else ""
    place = Subject(about.kind, about.namespace, about.name)
    return Evidence("event", cut(event.message.strip(), 1000), f"{event.reason}, {times}{when}", place)


def from_field(item: Object, text: str, note: str = "") -> Evidence:
    """A field of an object as evidence: "spec.storageClassName: fast-ssd"."""
    return Evidence("field", cut(text, 1000), note, subject(item))


def who(place: Place, pod: Pod) -> str:
    """What to call the hurt thing in a sentence: the pod where it has a lasting name, else its workload."""
    ref = place.workload
    return (
        ref.name if ref and ref.kind in ("Deployment", "Rollout", "DaemonSet", "Job", "CronJob") else pod.name
    )


def days_hours(span: timedelta) -> str:
    """A length of time as a person says it: "40 s", "3 min", "2 h", "5 d"."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (seconds >= size and size == 86400):  # noqa: PLR2004 - "90 s" says more than "1 min"
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
