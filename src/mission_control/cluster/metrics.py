"""Reads what pods and nodes use now, from the metrics API (metrics.k8s.io), which many clusters do not serve.

No metrics, and no right to them, are answers; only a server that cannot be reached is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import Busy, ClusterError, Forbidden, NotFound, Unreachable
from mission_control.cluster.scope import segment
from mission_control.domain.quantity import quantity
from mission_control.domain.usage import ContainerUsage, NodeUsage, PodUsage, Usage

_GROUP = "/apis/metrics.k8s.io/v1beta1"


class Meta(msgspec.Struct, frozen=True, gc=False):
    """`metadata` of a measurement."""

    name: str = ""
    namespace: str = ""


class Measured(msgspec.Struct, frozen=True, gc=False):
    """Quantities of cpu and memory."""

    cpu: str = "0"
    memory: str = "0"


class ContainerMetrics(msgspec.Struct, frozen=True, gc=False):
    """One container."""

    name: str = ""
    usage: Measured = Measured()


class PodMetrics(msgspec.Struct, frozen=True, gc=False):
    """One pod."""

    metadata: Meta = Meta()
    timestamp: datetime | None = None
    containers: tuple[ContainerMetrics, ...] | None = ()


class NodeMetrics(msgspec.Struct, frozen=True, gc=False):
    """One node."""

    metadata: Meta = Meta()
    timestamp: datetime | None = None
    usage: Measured = Measured()


class PodList(msgspec.Struct, frozen=True):
    """The answer for pods."""

    items: tuple[PodMetrics, ...] | None = ()


class NodeList(msgspec.Struct, frozen=True):
    """The answer for nodes."""

    items: tuple[NodeMetrics, ...] | None = ()


Answer = TypeVar("Answer", PodList, NodeList)


async def usage(connection: Connection, namespaces: tuple[str, ...] | None) -> Usage:
    """What is used now, everywhere or in these namespaces; in the context's one when everywhere is refused.

    `refused` says why there is nothing. Raises Unreachable when the server does not answer.
    """
    try:
        pods = await _pods(connection, namespaces)
    except Unreachable:
        raise
    except NotFound:
        return Usage(
            refused="The cluster serves no metrics (metrics.k8s.io); metrics-server is not installed."
        )
    except Busy:
        return Usage(refused="The cluster's metrics are not available now; metrics-server does not answer.")
    except Forbidden:
        return Usage(refused="Metrics may not be read: list pods.metrics.k8s.io.")
    except ClusterError as error:
        return Usage(refused=error.says)
    try:
        nodes = (await _get(connection, f"{_GROUP}/nodes", NodeList)).items or ()
    except Unreachable:
        raise
    except ClusterError:
        nodes = ()
    # of 30,000 pods this takes a while, in which the loop goes on
    return await asyncio.to_thread(_usage, pods, nodes)


def _usage(pods: Sequence[PodMetrics], nodes: Sequence[NodeMetrics]) -> Usage:
    stamps = [stamp for stamp in (*(pod.timestamp for pod in pods), *(n.timestamp for n in nodes)) if stamp]
    return Usage(
        pods=tuple(_pod(entry) for entry in pods),
        nodes=tuple(NodeUsage(entry.metadata.name, *_amounts(entry.usage)) for entry in nodes),
        at=max(stamps, default=datetime.now(UTC)),
    )


async def _pods(connection: Connection, namespaces: tuple[str, ...] | None) -> list[PodMetrics]:
    if namespaces is None:
        try:
            return list((await _get(connection, f"{_GROUP}/pods", PodList)).items or ())
        except Forbidden:
            namespaces = (connection.namespace,)
    found: list[PodMetrics] = []
    for namespace in namespaces:
        path = f"{_GROUP}/namespaces/{segment(namespace)}/pods"
        found.extend((await _get(connection, path, PodList)).items or ())
    return found


async def _get(connection: Connection, path: str, form: type[Answer]) -> Answer:
    body = await connection.get_json(path)
    try:
        return await asyncio.to_thread(msgspec.json.decode, body, type=form)
    except msgspec.MsgspecError as error:
        raise ClusterError(
            "The metrics of the cluster cannot be read; its answer has another form."
        ) from error


def _pod(entry: PodMetrics) -> PodUsage:
    containers = tuple(ContainerUsage(part.name, *_amounts(part.usage)) for part in entry.containers or ())
    return PodUsage(entry.metadata.namespace, entry.metadata.name, containers)


def _amounts(figures: Measured) -> tuple[float, float]:
    return (quantity(figures.cpu) or 0.0, quantity(figures.memory) or 0.0)
