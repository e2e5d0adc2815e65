"""What pods and nodes use now, as the metrics API says it: cores and bytes at one moment.

Usage is never part of a verdict. Where it was refused or the cluster serves no metrics, `refused` says why,
and the pages show requests and limits alone.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec


class ContainerUsage(msgspec.Struct, frozen=True, gc=False):
    """What one container uses: `cpu` in cores, `memory` in bytes."""

    name: str
    cpu: float
    memory: float


class PodUsage(msgspec.Struct, frozen=True, gc=False):
    """What the containers of one pod use."""

    namespace: str
    pod: str
    containers: tuple[ContainerUsage, ...]

    @property
    def cpu(self) -> float:
        """Cores of all containers together."""
        return sum(container.cpu for container in self.containers)

    @property
    def memory(self) -> float:
        """Bytes of all containers together."""
        return sum(container.memory for container in self.containers)

    def of(self, container: str) -> ContainerUsage | None:
        """What one container uses, or None when it was not measured."""
        return next((entry for entry in self.containers if entry.name == container), None)


class NodeUsage(msgspec.Struct, frozen=True, gc=False):
    """What one node uses: `cpu` in cores, `memory` in bytes."""

    name: str
    cpu: float
    memory: float


class Usage(msgspec.Struct, frozen=True):
    """All that was measured at `at`; None before the first answer. `refused` says why there is nothing."""

    pods: tuple[PodUsage, ...] = ()
    nodes: tuple[NodeUsage, ...] = ()
    at: datetime | None = None
    refused: str = ""


class _Reading:
    """A reading that is equal only to itself, so that finding its index again costs nothing."""

    __slots__ = ("usage",)

    def __init__(self, usage: Usage) -> None:
        self.usage = usage

    def __hash__(self) -> int:
        return id(self.usage)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reading) and other.usage is self.usage


class _Names(msgspec.Struct, frozen=True):
    pods: dict[tuple[str, str], PodUsage]
    nodes: dict[str, NodeUsage]
    namespaces: dict[str, tuple[float, float]]


@lru_cache(maxsize=2)
def _names(reading: _Reading) -> _Names:
    """The index of a reading, made once however many pages ask for it."""
    usage = reading.usage
    namespaces: dict[str, tuple[float, float]] = {}
    for pod in usage.pods:
        cpu, memory = namespaces.get(pod.namespace, (0.0, 0.0))
        namespaces[pod.namespace] = (cpu + pod.cpu, memory + pod.memory)
    pods = {(entry.namespace, entry.pod): entry for entry in usage.pods}
    return _Names(pods, {entry.name: entry for entry in usage.nodes}, namespaces)


class UsageIndex:
    """Usage by name, so that a page of rows costs a lookup each."""

    __slots__ = ("_names", "usage")

    def __init__(self, usage: Usage) -> None:
        """Index a reading."""
        self.usage = usage
        self._names = _names(_Reading(usage))

    def pod(self, namespace: str, name: str) -> PodUsage | None:
        """What a pod uses, or None when it was not measured."""
        return self._names.pods.get((namespace, name))

    def namespace(self, name: str) -> tuple[float, float] | None:
        """Cores and bytes of all pods of a namespace together, or None when none was measured."""
        return self._names.namespaces.get(name)

    def node(self, name: str) -> NodeUsage | None:
        """What a node uses, or None when it was not measured."""
        return self._names.nodes.get(name)


class Gauge(msgspec.Struct, frozen=True):
    """One resource now, against what was asked for and what is allowed, in cores or bytes; None: not known.

    For a container `limit` is its limit, for a node or a cluster what can be allocated.
    """

    used: float | None = None
    requested: float | None = None
    limit: float | None = None

    @property
    def share(self) -> float | None:
        """The part of the limit that is used, 0 to 1 and beyond; None without both figures."""
        return self.used / self.limit if self.used is not None and self.limit else None


def together(gauges: list[Gauge]) -> Gauge:
    """The sum of gauges. A limit that one of them lacks is no limit for the sum either."""
    return Gauge(
        used=_sum([gauge.used for gauge in gauges]),
        requested=_sum([gauge.requested for gauge in gauges]),
        limit=None if any(gauge.limit is None for gauge in gauges) else _sum([g.limit for g in gauges]),
    )


def _sum(numbers: list[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
