"""Services, Ingresses and NetworkPolicies, in the order in which `kubectl describe` tells it."""

from __future__ import annotations

from mission_control.domain.objects import EndpointSlice, Pod, Service
from mission_control.domain.objects.network import Endpoint
from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.head import annotated, labels
from mission_control.services.describing.lines import (
    NONE,
    Line,
    Lines,
    Tree,
    at,
    listed,
    many,
    moment,
    one,
    pairs,
    selector,
    some,
    under,
)

_SERVICE = "kubernetes.io/service-name"


def service(tree: Tree, snapshot: Snapshot) -> Lines:
    """A Service, with the ready addresses behind each port."""
    spec = at(tree, "spec", default={})
    namespace, name = str(at(tree, "metadata", "namespace")), str(at(tree, "metadata", "name"))
    yield from labels(tree)
    yield from annotated(tree)
    yield one("Selector", ",".join(pairs(spec, "selector")))
    yield one("Type", spec.get("type"))
    yield from some("IP Family Policy", spec.get("ipFamilyPolicy"))
    yield from some("IP Families", listed(spec, "ipFamilies"))
    yield one("IP", spec.get("clusterIP"))
    yield one("IPs", listed(spec, "clusterIPs"))
    yield from some("External IPs", listed(spec, "externalIPs"))
    yield from some("External Name", spec.get("externalName"))
    yield from some("LoadBalancer Ingress", _addresses(tree))
    for port in listed(spec, "ports"):
        word = port.get("name") or "<unset>"
        yield one("Port", f"{word}  {port.get('port')}/{port.get('protocol', 'TCP')}")
        yield one("TargetPort", f"{port.get('targetPort')}/{port.get('protocol', 'TCP')}")
        if port.get("nodePort"):
            yield one("NodePort", f"{word}  {port['nodePort']}/{port.get('protocol', 'TCP')}")
        yield one("Endpoints", _endpoints(name, namespace, snapshot, str(port.get("name") or "")))
    yield one("Session Affinity", spec.get("sessionAffinity"))
    yield from some("External Traffic Policy", spec.get("externalTrafficPolicy"))
    yield from some("Internal Traffic Policy", spec.get("internalTrafficPolicy"))


def _endpoints(name: str, namespace: str, snapshot: Snapshot, port: str) -> str:
    """The ready pods with the port of this name; a service may have them in several slices."""
    if not snapshot.sees(EndpointSlice, namespace):
        return "not seen"
    found = [
        f"{_address(snapshot, endpoint)}:{entry.port}"
        for part in snapshot.within(EndpointSlice, namespace)
        if part.labels.get(_SERVICE) == name
        for entry in part.ports
        if (entry.name or "") == port
        for endpoint in part.endpoints
        if endpoint.conditions.ready is not False
    ]
    return ",".join(sorted(found))


def _address(snapshot: Snapshot, endpoint: Endpoint) -> str:
    """The address of the pod behind an endpoint; the picture keeps none of what is no pod."""
    ref = endpoint.target_ref
    pod = snapshot.get(Pod, ref.namespace, ref.name) if ref and ref.kind == "Pod" else None
    return pod.status.pod_ip if pod and pod.status.pod_ip else "address not kept"


def _addresses(tree: Tree) -> list[str]:
    found = listed(tree, "status", "loadBalancer", "ingress")
    return [str(entry.get("ip") or entry.get("hostname")) for entry in found]


def ingress(tree: Tree, snapshot: Snapshot) -> Lines:
    """An Ingress: where it listens, and where each path leads."""
    spec, namespace = at(tree, "spec", default={}), str(at(tree, "metadata", "namespace", default=""))
    yield from labels(tree)
    yield one("Namespace", namespace)
    yield Line("Address", ", ".join(_addresses(tree)))
    yield one("Ingress Class", spec.get("ingressClassName"))
    default = spec.get("defaultBackend")
    yield one("Default backend", _backend(default, namespace, snapshot) if default else "<default>")
    if listed(spec, "tls"):
        yield Line("TLS")
        for entry in spec["tls"]:
            hosts = ",".join(map(str, listed(entry, "hosts")))
            yield Line("", f"{entry.get('secretName') or 'SNI routes'} terminates {hosts}", 1)
    yield Line("Rules", "" if listed(spec, "rules") else NONE)
    for rule in listed(spec, "rules"):
        for path in listed(rule, "http", "paths"):
            leads = _backend(path.get("backend"), namespace, snapshot)
            yield Line(f"{rule.get('host') or '*'}{path.get('path', '/')}", leads, 1)
    yield from annotated(tree)


def _backend(backend: Tree | None, namespace: str, snapshot: Snapshot) -> str:
    """Where a path leads, and to which ready pods."""
    name = str(at(backend, "service", "name", default=""))
    if not name:
        found = at(backend, "resource", default={})
        return f"{found.get('kind')}/{found.get('name')}"
    port = at(backend, "service", "port", default={})
    wanted = port.get("number") or port.get("name")
    target = snapshot.get(Service, namespace, name)
    if target is None:
        there = "no such Service" if snapshot.sees(Service, namespace) else "not seen"
    else:
        ports = [entry.name or "" for entry in target.spec.ports if wanted in (entry.port, entry.name)]
        there = _endpoints(name, namespace, snapshot, ports[0]) if ports else "no such port"
    return f"{name}:{wanted} ({there})"


def network_policy(tree: Tree, _: Snapshot) -> Lines:
    """A NetworkPolicy: which pods it is about and what it lets through."""
    spec = at(tree, "spec", default={})
    yield one("Created on", moment(at(tree, "metadata", "creationTimestamp")))
    yield from labels(tree)
    yield from annotated(tree)
    chosen = selector(spec, "podSelector")
    types = listed(spec, "policyTypes")
    yield Line("Spec")
    yield one("PodSelector", "every pod of its namespace" if chosen == NONE else chosen, 1)
    for way, peer, key in (("ingress", "From", "from"), ("egress", "To", "to")):
        if way.capitalize() not in types:
            yield Line(f"Not affecting {way} traffic", "", 1)
            continue
        yield Line(f"Allowing {way} traffic", "" if listed(spec, way) else NONE, 1)
        for rule in listed(spec, way):
            yield from under(_rule(rule, peer, listed(rule, key)), 2)
    yield one("Policy Types", types, 1)


def _rule(rule: Tree, label: str, peers: list[Tree]) -> Lines:
    ports = listed(rule, "ports")
    for port in ports or [{}]:
        text = f"{port.get('port', 'any')}/{port.get('protocol', 'TCP')}" if port else "any"
        yield one("To Port", text)
    if not peers:
        yield one(label, "anywhere")
    for peer in peers:
        yield Line(label)
        if "ipBlock" in peer:
            yield Line("IPBlock", "", 1)
            yield one("CIDR", at(peer, "ipBlock", "cidr"), 2)
            yield from many("Except", listed(peer, "ipBlock", "except"), 2)
        for key, word in (("namespaceSelector", "NamespaceSelector"), ("podSelector", "PodSelector")):
            if key in peer:
                yield one(word, selector(peer, key), 1)
