"""Services, endpoints, ingresses and network policies."""

from __future__ import annotations

import msgspec

from mission_control.domain.objects.meta import Condition, Meta, Object, Selector, Slim, Traced
from mission_control.domain.objects.storage import Reference


class ServicePort(Slim, frozen=True):
    """A port of a Service; `target_port` is a number or a container port's name."""

    name: str = ""
    port: int = 0
    protocol: str = "TCP"
    target_port: int | str = 0


class ServiceSpec(Slim, frozen=True):
    """`spec` of a Service; without a selector its endpoints are managed by hand."""

    type: str = "ClusterIP"
    selector: dict[str, str] = {}
    ports: tuple[ServicePort, ...] = ()
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    external_name: str = ""


class LoadBalancerAddress(Slim, frozen=True):
    """An address that a load balancer was given."""

    ip: str = ""
    hostname: str = ""


class LoadBalancer(Slim, frozen=True):
    """The addresses of a load balancer."""

    ingress: tuple[LoadBalancerAddress, ...] = ()


class LoadBalanced(Slim, frozen=True):
    """`status` of a Service or an Ingress."""

    load_balancer: LoadBalancer = LoadBalancer()


class Service(Object, frozen=True):
    """v1 Service."""

    metadata: Traced = Traced()
    spec: ServiceSpec = ServiceSpec()
    status: LoadBalanced = LoadBalanced()


class Readiness(Slim, frozen=True):
    """What an endpoint says about itself; None means ready (discovery.k8s.io/v1)."""

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Endpoint(Slim, frozen=True):
    """One address behind a Service."""

    conditions: Readiness = Readiness()
    target_ref: Reference | None = None
    node_name: str = ""


class EndpointPort(Slim, frozen=True):
    """A port that the endpoints serve."""

    name: str = ""
    port: int | None = None


class EndpointSlice(Object, frozen=True):
    """discovery.k8s.io/v1 EndpointSlice."""

    metadata: Meta = Meta()
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class BackendPort(Slim, frozen=True):
    """The port of a Service that an Ingress names, by number or by name."""

    number: int = 0
    name: str = ""


class BackendService(Slim, frozen=True):
    """The Service that an Ingress names."""

    name: str = ""
    port: BackendPort = BackendPort()


class Backend(Slim, frozen=True):
    """Where an Ingress sends requests."""

    service: BackendService | None = None


class HttpPath(Slim, frozen=True):
    """One path of an Ingress rule."""

    path: str = ""
    backend: Backend = Backend()


class HttpPaths(Slim, frozen=True):
    """The paths of an Ingress rule."""

    paths: tuple[HttpPath, ...] = ()


class IngressRule(Slim, frozen=True):
    """One host of an Ingress."""

    host: str = ""
    http: HttpPaths | None = None


class IngressTls(Slim, frozen=True):
    """Hosts and the name of the Secret that holds their certificate."""

    hosts: tuple[str, ...] = ()
    secret_name: str = ""


class IngressSpec(Slim, frozen=True):
    """`spec` of an Ingress."""

    ingress_class_name: str | None = None
    default_backend: Backend | None = None
    rules: tuple[IngressRule, ...] = ()
    tls: tuple[IngressTls, ...] = ()


class Ingress(Object, frozen=True):
    """networking.k8s.io/v1 Ingress."""

    metadata: Traced = Traced()
    spec: IngressSpec = IngressSpec()
    status: LoadBalanced = LoadBalanced()


class IngressClass(Object, frozen=True):
    """networking.k8s.io/v1 IngressClass."""

    metadata: Meta = Meta()


class PolicyPort(Slim, frozen=True):
    """A port that a policy allows; None allows all."""

    protocol: str = "TCP"
    port: int | str | None = None
    end_port: int | None = None


class IpBlock(Slim, frozen=True):
    """An address range that a policy allows."""

    cidr: str = ""


class Peer(Slim, frozen=True):
    """Who a policy allows."""

    pod_selector: Selector | None = None
    namespace_selector: Selector | None = None
    ip_block: IpBlock | None = None


class IngressAllowed(Slim, frozen=True):
    """One ingress rule of a policy; no `peers` allows everybody."""

    peers: tuple[Peer, ...] = msgspec.field(default=(), name="from")
    ports: tuple[PolicyPort, ...] = ()


class EgressAllowed(Slim, frozen=True):
    """One egress rule of a policy; no `peers` allows everybody."""

    peers: tuple[Peer, ...] = msgspec.field(default=(), name="to")
    ports: tuple[PolicyPort, ...] = ()


class NetworkPolicySpec(Slim, frozen=True):
    """`spec` of a policy."""

    pod_selector: Selector = Selector()
    policy_types: tuple[str, ...] = ()
    ingress: tuple[IngressAllowed, ...] = ()
    egress: tuple[EgressAllowed, ...] = ()


class NetworkPolicy(Object, frozen=True):
    """networking.k8s.io/v1 NetworkPolicy."""

    metadata: Traced = Traced()
    spec: NetworkPolicySpec = NetworkPolicySpec()


class RouteParentStatus(Slim, frozen=True):
    """What one gateway says about a route."""

    conditions: tuple[Condition, ...] = ()


class RouteParent(Slim, frozen=True):
    """The gateway that a route asks for."""

    name: str = ""
    namespace: str = ""


class RouteParentState(RouteParentStatus, frozen=True):
    """What a gateway says about a route, and which one it is."""

    parent_ref: RouteParent = RouteParent()


class RouteBackend(Slim, frozen=True):
    """Where a route sends requests; `group` and `kind` are empty for a Service."""

    group: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    port: int | None = None


class RouteRule(Slim, frozen=True):
    """One rule of a route."""

    backend_refs: tuple[RouteBackend, ...] = ()


class RouteSpec(Slim, frozen=True):
    """`spec` of a route."""

    hostnames: tuple[str, ...] = ()
    parent_refs: tuple[RouteParent, ...] = ()
    rules: tuple[RouteRule, ...] = ()


class RouteStatus(Slim, frozen=True):
    """`status` of a route."""

    parents: tuple[RouteParentState, ...] = ()


class HTTPRoute(Object, frozen=True):
    """gateway.networking.k8s.io/v1 HTTPRoute."""

    metadata: Traced = Traced()
    spec: RouteSpec = RouteSpec()
    status: RouteStatus = RouteStatus()
