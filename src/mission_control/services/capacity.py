"""What the cluster has, what pods ask of it and what they use, as a whole and by namespace.

One pass over the pods, because Home asks for it at every change. Figures that nobody measured or may read
stay None; they are never shown as zero.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec

from mission_control.domain.objects import Node, Pod, condition
from mission_control.domain.objects.pods import Container
from mission_control.domain.quantity import quantity
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, UsageIndex

number = lru_cache(maxsize=4096)(quantity)
ENDED = frozenset({"Succeeded", "Failed"})


class Capacity(msgspec.Struct, frozen=True):
    """The nodes together: cpu in cores and memory in bytes of what can be allocated, and places for pods."""

    nodes: int
    nodes_ready: int
    cpu: Gauge
    memory: Gauge
    pods: Gauge
    measured_at: datetime | None = None
    not_measured: str = ""


class NamespaceLine(msgspec.Struct, frozen=True):
    """A namespace in one line: its pods that run or should, how many are ready, and what they take."""

    namespace: str
    pods: int
    ready: int
    cpu: Gauge
    memory: Gauge


class _Sum:
    """What is added up for one namespace."""

    __slots__ = ("asked_cpu", "asked_memory", "measured", "pods", "ready", "used_cpu", "used_memory")

    def __init__(self) -> None:
        self.pods = self.ready = self.measured = 0
        self.asked_cpu = self.asked_memory = self.used_cpu = self.used_memory = 0.0

    def add(self, pod: Pod, usage: UsageIndex) -> None:
        self.pods += 1
        self.ready += is_ready(pod)
        for container in lasting_containers(pod):
            requests = container.resources.requests
            self.asked_cpu += number(requests.get("cpu")) or 0.0
            self.asked_memory += number(requests.get("memory")) or 0.0
        measured = usage.pod(pod.namespace, pod.name)
        if measured:
            self.measured += 1
            self.used_cpu += measured.cpu
            self.used_memory += measured.memory


def is_ready(pod: Pod) -> bool:
    """Whether the pod's Ready condition holds."""
    ready = condition(pod.status.conditions, "Ready")
    return ready is not None and ready.is_true


def lasting_containers(pod: Pod) -> tuple[Container, ...]:
    """The containers that run as long as the pod: its own and its sidecars (init, restartPolicy Always)."""
    return (*pod.spec.containers, *(c for c in pod.spec.init_containers if c.restart_policy == "Always"))


def namespace_lines(snapshot: Snapshot, usage: UsageIndex) -> tuple[NamespaceLine, ...]:
    """A line for each namespace that has pods, by name. Pods that have ended count for nothing."""
    sums: dict[str, _Sum] = {}
    for pod in snapshot.all(Pod):
        if pod.status.phase not in ENDED:
            sums.setdefault(pod.namespace, _Sum()).add(pod, usage)
    return tuple(_line(namespace, sums[namespace]) for namespace in sorted(sums))


def _line(namespace: str, total: _Sum) -> NamespaceLine:
    is_measured = total.measured > 0
    return NamespaceLine(
        namespace,
        total.pods,
        total.ready,
        cpu=Gauge(total.used_cpu if is_measured else None, total.asked_cpu),
        memory=Gauge(total.used_memory if is_measured else None, total.asked_memory),
    )


def capacity(snapshot: Snapshot, usage: UsageIndex, lines: tuple[NamespaceLine, ...]) -> Capacity | None:
    """The nodes together; None when no node may be seen."""
    nodes = snapshot.all(Node)
    if not nodes:
        return None
    has_pods = snapshot.sees(Pod)
    measured = [found for found in (usage.node(node.name) for node in nodes) if found]
    ready = [condition(node.status.conditions, "Ready") for node in nodes]
    return Capacity(
        nodes=len(nodes),
        nodes_ready=sum(entry is not None and entry.is_true for entry in ready),
        cpu=Gauge(
            sum(found.cpu for found in measured) if measured else None,
            sum(line.cpu.requested or 0 for line in lines) if has_pods else None,
            _allocatable(snapshot, "cpu"),
        ),
        memory=Gauge(
            sum(found.memory for found in measured) if measured else None,
            sum(line.memory.requested or 0 for line in lines) if has_pods else None,
            _allocatable(snapshot, "memory"),
        ),
        pods=Gauge(
            used=sum(line.pods for line in lines) if has_pods else None, limit=_allocatable(snapshot, "pods")
        ),
        measured_at=usage.usage.at,
        not_measured=usage.usage.refused,
    )


def _allocatable(snapshot: Snapshot, resource: str) -> float:
    return sum(number(node.status.allocatable.get(resource)) or 0.0 for node in snapshot.all(Node))
