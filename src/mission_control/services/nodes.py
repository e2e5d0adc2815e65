"""The Nodes page: what the cluster has to give, what is asked of it and used, and what runs where.

The picture gives capacity, conditions and taints, the metrics API what is used. A figure that nobody measured
stays None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mission_control.domain.objects import Node, Pod
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, UsageIndex
from mission_control.domain.verdict import Health, Verdict
from mission_control.services.capacity import ENDED, Capacity, capacity, namespace_lines, number
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.listing import cut, fits, ordered
from mission_control.services.marks import Marks, node_troubles
from mission_control.services.roles import Grant
from mission_control.services.rows import node_gauges
from mission_control.services.sightless import denied
from mission_control.services.states import state_of

_ROLE = "node-role.kubernetes.io/"
_ZONES = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_MACHINES = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")


class NodeQuery(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it."""

    sorts: ClassVar[tuple[str, ...]] = ("verdict", "name", "cpu", "memory", "pods", "version", "age")
    largest_first: ClassVar[frozenset[str]] = frozenset({"verdict", "cpu", "memory", "pods"})

    text: str = ""
    sort: str = "verdict"
    page: int = 1
    wrong: bool = False


class Tenant(msgspec.Struct, frozen=True):
    """An installation with pods on a node; without a key, what belongs to none."""

    installation: str
    title: str
    pods: int


class NodeRow(msgspec.Struct, frozen=True):
    """A node in one line. `troubles` are the conditions that it should not have, `says` its worst finding.

    `is_cordoned`: somebody keeps new pods away.
    """

    name: str
    verdict: Verdict
    state: str
    says: str
    is_cordoned: bool
    troubles: tuple[str, ...]
    taints: tuple[str, ...]
    roles: tuple[str, ...]
    zone: str
    machine: str
    cpu: Gauge
    memory: Gauge
    pods: Gauge
    tenants: tuple[Tenant, ...]
    version: str
    runtime: str
    system: str
    created: datetime | None


class Release(msgspec.Struct, frozen=True):
    """A version of the kubelet and how many nodes run it."""

    version: str
    nodes: int


class Nodes(msgspec.Struct, frozen=True):
    """The page. `grant` says what would let the console see nodes, when it may not."""

    freshness: Freshness
    query: NodeQuery
    rows: tuple[NodeRow, ...]
    total: int
    all: int
    pages: int
    ready: int
    versions: tuple[Release, ...]
    capacity: Capacity | None
    sees_pods: bool
    grant: Grant | None = None


def nodes(
    snapshot: Snapshot, health: Health, usage: UsageIndex, query: NodeQuery, account: str = ""
) -> Nodes:
    """The nodes that a query asks for."""
    if query.sort.lstrip("-") not in NodeQuery.sorts:
        query = msgspec.structs.replace(query, sort=NodeQuery().sort)
    marks = Marks(snapshot, health)
    everything = snapshot.all(Node)
    words = query.text.lower().split()
    found = [node for node in everything if not words or fits(_text(node), words)]
    if query.wrong:
        found = [node for node in found if _needs_a_look(node, marks)]
    found.sort(key=lambda node: node.name)
    page = cut(ordered(found, query, lambda node: _key(snapshot, marks, usage, query.sort, node)), query.page)
    seen = freshness(snapshot)
    return Nodes(
        freshness=seen,
        query=msgspec.structs.replace(query, page=page.page),
        rows=tuple(_row(snapshot, marks, usage, node) for node in page.items),
        total=page.total,
        all=len(everything),
        pages=page.pages,
        ready=sum(state_of(node) == "Ready" for node in everything),
        versions=_versions(everything),
        capacity=capacity(snapshot, usage, namespace_lines(snapshot, usage)) if everything else None,
        sees_pods=snapshot.sees(Pod),
        grant=None if everything else denied(snapshot, health, "Node", account),
    )


def _text(node: Node) -> str:
    """What the filter looks through: name, state, roles, zone, machine, version, taints, troubles."""
    return " ".join(
        [
            node.name,
            state_of(node),
            *_roles(node),
            _label(node, _ZONES),
            _label(node, _MACHINES),
            node.status.node_info.kubelet_version,
            *_taints(node),
            *(["cordoned"] if node.spec.unschedulable else []),
            *node_troubles(node),
        ]
    )


def _needs_a_look(node: Node, marks: Marks) -> bool:
    """Whether a node is not well or takes no new pods."""
    return node.spec.unschedulable or marks.verdict(node).weight > Verdict.HEALTHY.weight


def _key(snapshot: Snapshot, marks: Marks, usage: UsageIndex, sort: str, node: Node) -> Any:
    born, able, used = node.metadata.creation_timestamp, node.status.allocatable, usage.node(node.name)
    keys: dict[str, Callable[[], Any]] = {
        "name": lambda: node.name,
        "cpu": lambda: used.cpu / (number(able.get("cpu")) or 1.0) if used else -1.0,
        "memory": lambda: used.memory / (number(able.get("memory")) or 1.0) if used else -1.0,
        "pods": lambda: len(snapshot.pods_on(node.name)),
        "version": lambda: node.status.node_info.kubelet_version,
        "age": lambda: born.timestamp() if born else 0.0,
    }
    return keys.get(sort.lstrip("-"), lambda: marks.verdict(node).weight)()


def _row(snapshot: Snapshot, marks: Marks, usage: UsageIndex, node: Node) -> NodeRow:
    pods = tuple(pod for pod in snapshot.pods_on(node.name) if pod.status.phase not in ENDED)
    has_pods = snapshot.sees(Pod)
    cpu, memory = node_gauges(node, pods, usage)
    found = marks.findings(node)
    info = node.status.node_info
    return NodeRow(
        name=node.name,
        verdict=marks.verdict(node),
        state=state_of(node),
        says=found[0].says if found else "",
        is_cordoned=node.spec.unschedulable,
        troubles=node_troubles(node),
        taints=_taints(node),
        roles=_roles(node),
        zone=_label(node, _ZONES),
        machine=_label(node, _MACHINES),
        cpu=cpu,
        memory=memory,
        pods=Gauge(len(pods) if has_pods else None, None, number(node.status.allocatable.get("pods"))),
        tenants=_tenants(marks, pods),
        version=info.kubelet_version,
        runtime=info.container_runtime_version,
        system=f"{info.os_image} {info.architecture}".strip(),
        created=node.metadata.creation_timestamp,
    )


def _tenants(marks: Marks, pods: tuple[Pod, ...]) -> tuple[Tenant, ...]:
    """Whose pods there are, the most first; those that belong to no installation last."""
    counts: Counter[tuple[str, str]] = Counter()
    for pod in pods:
        home = marks.home(pod)
        counts[(home[0].key, home[0].title) if home else ("", "")] += 1
    ranked = sorted(counts.items(), key=lambda entry: (not entry[0][0], -entry[1], entry[0]))
    return tuple(Tenant(key, title, count) for (key, title), count in ranked)


def _versions(found: Any) -> tuple[Release, ...]:
    counts = Counter(node.status.node_info.kubelet_version for node in found)
    return tuple(Release(version, count) for version, count in counts.most_common() if version)


def _taints(node: Node) -> tuple[str, ...]:
    """Taints as `kubectl describe` writes them; the cordon's own is told by the state."""
    return tuple(
        f"{taint.key}{'=' if taint.value else ''}{taint.value}:{taint.effect}"
        for taint in node.spec.taints
        if taint.key != "node.kubernetes.io/unschedulable"
    )


def _roles(node: Node) -> tuple[str, ...]:
    return tuple(sorted(key.removeprefix(_ROLE) for key in node.labels if key.startswith(_ROLE)))


def _label(node: Node, keys: tuple[str, ...]) -> str:
    return next((node.labels[key] for key in keys if key in node.labels), "")
