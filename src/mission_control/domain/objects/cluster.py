"""Namespaces, nodes, events, and objects of which only the existence matters."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import force_setattr

from mission_control.domain.objects.meta import Condition, Meta, Object, Slim, Traced
from mission_control.domain.objects.sealing import sealed
from mission_control.domain.objects.storage import Reference


class NamespaceStatus(Slim, frozen=True):
    """`status` of a namespace; `phase` is Active or Terminating."""

    phase: str = ""


class Namespace(Object, frozen=True):
    """v1 Namespace."""

    metadata: Meta = Meta()
    status: NamespaceStatus = NamespaceStatus()


class ConfigMap(Object, frozen=True):
    """v1 ConfigMap. No value of it is kept: right when it is decoded, each becomes a keyed digest.

    So it can be told which keys changed, and nothing of what they say.
    """

    metadata: Traced = Traced()
    data: dict[str, str] = {}
    binary_data: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Replace the values by their digests, whoever made the struct."""
        force_setattr(self, "data", sealed(self.data))
        force_setattr(self, "binary_data", sealed(self.binary_data))

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each key."""
        return {**self.data, **self.binary_data}


class ServiceAccount(Object, frozen=True):
    """v1 ServiceAccount, read as metadata only."""

    metadata: Meta = Meta()


class Taint(Slim, frozen=True):
    """A taint of a node."""

    key: str = ""
    value: str = ""
    effect: str = ""
    time_added: datetime | None = None


class NodeSpec(Slim, frozen=True):
    """`spec` of a node."""

    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()
    provider_id: str = msgspec.field(default="", name="providerID")


class NodeInfo(Slim, frozen=True):
    """What a node runs."""

    kubelet_version: str = ""
    container_runtime_version: str = ""
    os_image: str = ""
    architecture: str = ""
    kernel_version: str = ""


class NodeAddress(Slim, frozen=True):
    """One address of a node; `type` is InternalIP, Hostname …."""

    type: str = ""
    address: str = ""


class Endpoint(Slim, frozen=True):
    """A port, which Kubernetes writes with a capital letter here."""

    port: int = msgspec.field(default=0, name="Port")


class DaemonEndpoints(Slim, frozen=True):
    """Where the kubelet of a node listens."""

    kubelet_endpoint: Endpoint = Endpoint()


class NodeStatus(Slim, frozen=True):
    """`status` of a node."""

    capacity: dict[str, str] = {}
    allocatable: dict[str, str] = {}
    conditions: tuple[Condition, ...] = ()
    node_info: NodeInfo = NodeInfo()
    addresses: tuple[NodeAddress, ...] = ()
    daemon_endpoints: DaemonEndpoints = DaemonEndpoints()


class Node(Object, frozen=True):
    """v1 Node."""

    metadata: Traced = Traced()
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


class EventSeries(Slim, frozen=True):
    """How often a repeated event was seen, in the newer form."""

    count: int = 0
    last_observed_time: datetime | None = None


class EventSource(Slim, frozen=True):
    """Who reported an event."""

    component: str = ""
    host: str = ""


class Event(Object, frozen=True):
    """v1 Event, which core and events.k8s.io share in storage."""

    metadata: Meta = Meta()
    involved_object: Reference = Reference()
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int = 0
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeries | None = None
    source: EventSource = EventSource()
    reporting_component: str = ""

    @property
    def last_seen(self) -> datetime | None:
        """When it was seen last: the series, then `lastTimestamp`, then the event itself."""
        series = self.series.last_observed_time if self.series else None
        return series or self.last_timestamp or self.event_time or self.metadata.creation_timestamp

    @property
    def first_seen(self) -> datetime | None:
        """When it was seen first."""
        return self.first_timestamp or self.event_time or self.metadata.creation_timestamp

    @property
    def times(self) -> int:
        """How often it was seen; at least once."""
        return max(1, self.count, self.series.count if self.series else 0)

    @property
    def reporter(self) -> str:
        """Which component of Kubernetes reported it."""
        return self.reporting_component or self.source.component


class CustomStatus(Slim, frozen=True):
    """The part of a custom resource's status that is common by convention."""

    conditions: tuple[Condition, ...] = ()


class Custom(Object, frozen=True):
    """A custom resource: metadata and conditions, nothing that its author may have shaped otherwise."""

    metadata: Meta = Meta()
    status: CustomStatus = CustomStatus()


class Scaled(Slim, frozen=True):
    """What a ScaledObject scales; without a kind it is a Deployment."""

    kind: str = ""
    name: str = ""


class ScaledObjectSpec(Slim, frozen=True):
    """`spec` of a ScaledObject."""

    scale_target_ref: Scaled = Scaled()


class ScaledObject(Custom, frozen=True):
    """keda.sh/v1alpha1 ScaledObject."""

    spec: ScaledObjectSpec = ScaledObjectSpec()
