"""What an object tells of its own past, by time stamps that the cluster itself wrote.

So it is true also of what happened before the console looked, and the same whenever it is asked: an object
that is listed anew is not "created" now, it was created when it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import (
    Event,
    Job,
    Node,
    Object,
    Pod,
    ReplicaSet,
    condition,
)
from mission_control.domain.objects.meta import Write
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import Entry, What
from mission_control.domain.timeline.happened import happened
from mission_control.domain.timeline.restarts import restarts
from mission_control.domain.timeline.rollouts import rollout
from mission_control.domain.timeline.wording import LONG_AGO, aware, subject

_MADE: frozenset[str] = frozenset(
    {
        "StatefulSet", "DaemonSet", "CronJob", "Service", "Ingress", "NetworkPolicy", "ConfigMap",
        "Namespace", "PersistentVolumeClaim", "PersistentVolume", "ResourceQuota", "LimitRange", "Node",
        "PodDisruptionBudget", "HorizontalPodAutoscaler", "ScaledObject", "HTTPRoute", "StorageClass",
        "IngressClass",
    }
)  # fmt: skip
"""Kinds whose creation is told. Of Deployments their first roll-out is, of pods what made them."""
_BAD_NODE = {"MemoryPressure": "True", "DiskPressure": "True", "PIDPressure": "True", "Ready": "False"}
_AT_BIRTH = timedelta(seconds=2)
_RECENT_WRITE = timedelta(seconds=3)


def told(snapshot: Snapshot, item: Object) -> Iterator[Entry]:
    """What the object tells; the picture knows what it belongs to."""
    teller = _TELLERS.get(type(item))
    if teller is not None:
        yield from teller(snapshot, item)
    if type(item).__name__ in _MADE:
        yield from _creation(item)


def wrote(snapshot: Snapshot, item: Object) -> Iterator[Entry]:
    """The object's last write, for a first look: what it changed is not known."""
    write = last_write(item)
    if write is not None and not _is_told_otherwise(snapshot, item, write):
        yield written(item, write)


def last_write(item: Object) -> Write | None:
    """Who changed the object last, and when, when that was neither its creation nor a controller."""
    write: Write | None = getattr(item.metadata, "last_write", None)
    if write is None or write.time is None:
        return None
    born = item.metadata.creation_timestamp
    if born is not None and abs(aware(write.time) - aware(born)) < _AT_BIRTH:
        return None
    return write


def written(item: Object, write: Write, text: str = "", keys: tuple[str, ...] = ()) -> Entry:
    """The entry of a write; without `text` it is not known what it changed."""
    about = subject(item)
    return Entry(
        identity=f"write:{item.uid or about.path}:{item.metadata.generation}:{_stamp(write.time)}",
        at=aware(write.time or LONG_AGO),
        what="node" if isinstance(item, Node) else "config",
        subject=about,
        text=text or f"{about.kind} {item.name} was changed",
        by=write.manager,
        keys=keys,
    )


def _is_told_otherwise(snapshot: Snapshot, item: Object, write: Write) -> bool:
    """Whether a roll-out or an event tells of the same write, and better."""
    at = aware(write.time or LONG_AGO)
    for revision in snapshot.owned_by(ReplicaSet, item.uid) if item.uid else ():
        born = revision.metadata.creation_timestamp
        if born is not None and abs(aware(born) - at) <= _RECENT_WRITE:
            return True
    return any(
        event.reason == "ScalingReplicaSet"
        and event.last_seen
        and abs(aware(event.last_seen) - at) <= _RECENT_WRITE
        for event in snapshot.events_about(type(item).__name__, item.namespace, item.name)
    )


def _stamp(moment: datetime | None) -> str:
    return f"{aware(moment):%Y%m%dT%H%M%S}" if moment else ""


def _creation(item: Object) -> Iterator[Entry]:
    born = item.metadata.creation_timestamp
    if born is not None:
        about = subject(item)
        what: What = "node" if isinstance(item, Node) else "object"
        write: Write | None = getattr(item.metadata, "last_write", None)
        is_birth = write is not None and write.time and abs(aware(write.time) - aware(born)) < _AT_BIRTH
        by = write.manager if write is not None and is_birth else ""
        yield Entry(
            f"made:{item.uid or about.path}",
            aware(born),
            what,
            about,
            f"{about.kind} {item.name} was created",
            by=by,
        )


def _node(_: Snapshot, node: Node) -> Iterator[Entry]:
    about = subject(node)

    def entry(mark: str, moment: datetime, text: str, by: str = "", *, is_bad: bool = False) -> Entry:
        identity = f"node:{node.uid or node.name}:{mark}:{_stamp(moment)}"
        return Entry(identity, aware(moment), "node", about, text, by=by, is_bad=is_bad)

    for state in node.status.conditions:
        moment, bad = state.last_transition_time, _BAD_NODE.get(state.type)
        if moment is None or bad is None or _is_first(node, moment):
            continue
        is_bad = state.status in (bad, "Unknown")
        mark = f"{state.type}:{state.status}"
        if state.type == "Ready":
            word = "stopped being ready" if is_bad else "became ready"
            yield entry(mark, moment, f"Node {node.name} {word}", "kubelet", is_bad=is_bad)
        elif is_bad:
            yield entry(mark, moment, f"Node {node.name} came under {state.type}", "kubelet", is_bad=True)
        else:
            yield entry(mark, moment, f"Node {node.name} is no longer under {state.type}", "kubelet")
    for taint in node.spec.taints:
        if taint.time_added is not None:
            text = f"Node {node.name} was tainted {taint.key}:{taint.effect}"
            yield entry(f"taint:{taint.key}:{taint.effect}", taint.time_added, text)


def _is_first(node: Node, moment: datetime) -> bool:
    """Whether a condition is as it was when the node came, which is no change."""
    born = node.metadata.creation_timestamp
    return born is not None and aware(moment) - aware(born) < timedelta(seconds=90)


def _job(_: Snapshot, job: Job) -> Iterator[Entry]:
    owner = job.metadata.controller
    is_scheduled = owner is not None and owner.kind == "CronJob"
    about, name = subject(job), job.uid or job.name
    failed, done = condition(job.status.conditions, "Failed"), condition(job.status.conditions, "Complete")
    if failed is not None and failed.is_true and failed.last_transition_time:
        why = f": {failed.reason}" if failed.reason else ""
        at = aware(failed.last_transition_time)
        yield Entry(f"job:{name}:failed", at, "job", about, f"Job {job.name} failed{why}", is_bad=True)
    elif done is not None and done.is_true and job.status.completion_time and not is_scheduled:
        at = aware(job.status.completion_time)
        yield Entry(f"job:{name}:done", at, "job", about, f"Job {job.name} was completed")
    if job.status.start_time and not is_scheduled:
        at = aware(job.status.start_time)
        yield Entry(f"job:{name}:begun", at, "job", about, f"Job {job.name} was started")


Teller = Callable[[Snapshot, Any], Iterator[Entry]]
_TELLERS: dict[type[Object], Teller] = {
    Event: happened,
    ReplicaSet: rollout,
    Pod: restarts,
    Node: _node,
    Job: _job,
}
TELLING: tuple[type[Object], ...] = tuple(
    kind.shape
    for kind in KINDS
    if kind.kind in _MADE or kind.shape in _TELLERS or kind.kind in ("Deployment", "Rollout")
)
"""The kinds that tell anything, or whose changes are told."""
