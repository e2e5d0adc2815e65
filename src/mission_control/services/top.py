"""What uses most: pods, nodes or components, each against what it asked for and what it may.

Figures are those of the metrics API; where nobody measured, only requests and limits are told. Sorting by use
falls back to requests then, so that the list still says something.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Node, Pod
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, UsageIndex, together
from mission_control.domain.verdict import ComponentHealth, Health, Verdict
from mission_control.services.capacity import ENDED
from mission_control.services.marks import Marks
from mission_control.services.rows import node_gauges, pod_gauges, pods_of, restarts

What = Literal["pods", "nodes", "components"]
Order = Literal["cpu", "memory", "cpu-share", "memory-share", "name"]


class TopRow(msgspec.Struct, frozen=True):
    """One line: what it is, its verdict, cpu in cores and memory in bytes. `pods` None for a pod itself."""

    namespace: str
    name: str
    verdict: Verdict
    cpu: Gauge
    memory: Gauge
    pods: int | None = None
    restarts: int | None = None
    node: str = ""


class Top(msgspec.Struct, frozen=True):
    """The list. `not_measured` says why there are no figures of use; `sees` whether the list is whole."""

    what: What
    at: datetime
    rows: tuple[TopRow, ...]
    total: int
    measured_at: datetime | None
    not_measured: str
    sees: bool


def top(
    snapshot: Snapshot, health: Health, usage: UsageIndex, what: What, order: Order, most: int | None = None
) -> Top:
    """The rows of a list, the largest first; at most so many."""
    rows = list(_ROWS[what](snapshot, health, usage))
    rows.sort(key=lambda row: (row.namespace, row.name))
    if order != "name":
        rows.sort(key=lambda row: _weight(row, order), reverse=True)
    return Top(
        what=what,
        at=snapshot.taken_at,
        rows=tuple(rows[:most]),
        total=len(rows),
        measured_at=usage.usage.at,
        not_measured=usage.usage.refused,
        sees=snapshot.sees(Node if what == "nodes" else Pod),
    )


def _weight(row: TopRow, order: Order) -> tuple[float, float]:
    gauge = row.cpu if order.startswith("cpu") else row.memory
    first = gauge.share if order.endswith("share") else gauge.used
    return (first if first is not None else -1.0, gauge.requested or 0.0)


def _pods(snapshot: Snapshot, health: Health, usage: UsageIndex) -> Iterator[TopRow]:
    marks = Marks(snapshot, health)
    for pod in snapshot.all(Pod):
        if pod.status.phase not in ENDED:
            cpu, memory = pod_gauges(pod, usage)
            yield TopRow(
                pod.namespace,
                pod.name,
                marks.verdict(pod),
                cpu,
                memory,
                restarts=restarts(pod),
                node=pod.spec.node_name,
            )


def _nodes(snapshot: Snapshot, health: Health, usage: UsageIndex) -> Iterator[TopRow]:
    marks = Marks(snapshot, health)
    for node in snapshot.all(Node):
        pods = tuple(pod for pod in snapshot.pods_on(node.name) if pod.status.phase not in ENDED)
        cpu, memory = node_gauges(node, pods, usage)
        yield TopRow("", node.name, marks.verdict(node), cpu, memory, pods=len(pods))


def _components(snapshot: Snapshot, health: Health, usage: UsageIndex) -> Iterator[TopRow]:
    for installation in health.installations:
        for component in installation.components:
            pods = [pod for pod in _component_pods(snapshot, component) if pod.status.phase not in ENDED]
            gauges = [pod_gauges(pod, usage) for pod in pods]
            yield TopRow(
                installation.key,
                component.key,
                component.verdict,
                together([cpu for cpu, _ in gauges]) if gauges else Gauge(),
                together([memory for _, memory in gauges]) if gauges else Gauge(),
                pods=len(pods),
                restarts=sum(map(restarts, pods)),
            )


def _component_pods(snapshot: Snapshot, component: ComponentHealth) -> Iterator[Pod]:
    for ref in component.workloads:
        kind = kind_named(ref.kind)
        item = snapshot.get(kind.shape, ref.namespace, ref.name) if kind else None
        if item is not None:
            yield from pods_of(snapshot, item)


_ROWS = {"pods": _pods, "nodes": _nodes, "components": _components}
