"""Network policies that cut what the product needs: both ends of each required edge, taken together.

A pod that no policy selects accepts everything; one that is selected accepts what any of its policies allows
(networking/v1). Where a rule cannot be decided from the picture, such as an address range or a namespace
that is not seen, it is taken to allow.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.installations import WORKLOADS, Installation, Member, template_labels
from mission_control.domain.objects import Namespace, NetworkPolicy, Pod, Service
from mission_control.domain.objects.network import Peer, PolicyPort
from mission_control.domain.places import Place
from mission_control.domain.product import Dependency

_SHAPES = {shape.__name__: shape for shape in WORKLOADS}
NAMESPACE_NAME = "kubernetes.io/metadata.name"


class End(msgspec.Struct, frozen=True):
    """One end of an edge: what policies see of its pods."""

    namespace: str
    labels: dict[str, str]
    ports: dict[str, int] = {}


def policy_sightings(scene: Scene) -> Iterator[Sighting]:
    """For each required edge that the policies do not allow, a sighting on the policy to blame."""
    for installation in scene.installations:
        policies = list(scene.snapshot.within(NetworkPolicy, installation.namespace))
        for edge in installation.product.dependencies if policies else ():
            source, target = installation.member(edge.source), installation.member(edge.target)
            if edge.required and edge.port and source and target:
                yield from _edge(scene, installation, edge, (source, target), policies)


def _edge(
    scene: Scene,
    installation: Installation,
    edge: Dependency,
    members: tuple[Member, Member],
    policies: list[NetworkPolicy],
) -> Iterator[Sighting]:
    ends = tuple(_end(scene, member) for member in members)
    source, target = ends
    if source is None or target is None:
        return
    ports = _ports(scene, installation, members[1], target, edge.port or 0)
    blocked = _blocked(scene, [p for p in policies if _guards(p, "Ingress", target)], source, target, ports)
    outward = _blocked(
        scene, [p for p in policies if _guards(p, "Egress", source)], target, target, ports, out=True
    )
    policy = blocked or outward
    if policy is None:
        return
    ref = members[0].workloads[0] if members[0].workloads else None
    effect = f": {edge.effect}" if edge.effect else ""
    way = "into" if blocked else "out to"
    yield Sighting(
        "network-policy-blocks",
        subject(policy),
        Place(installation, members[0].key, ref),
        f"Policy {policy.name} does not let {members[0].title} {way} {members[1].title}, "
        f"port {edge.port}{effect}.",
        f"Let that policy allow {members[0].title} to {members[1].title} on port {edge.port}, or delete it.",
        f"kubectl describe networkpolicy {policy.name} -n {policy.namespace}",
        (from_field(policy, f"spec.policyTypes: {', '.join(policy.spec.policy_types) or 'Ingress'}"),),
        policy.metadata.creation_timestamp,
    )


def _end(scene: Scene, member: Member) -> End | None:
    for ref in member.workloads:
        shape = _SHAPES.get(ref.kind)
        workload = scene.snapshot.get(shape, ref.namespace, ref.name) if shape else None
        if workload is None:
            continue
        pod: Pod | None = next(iter(scene.workload_pods(ref)), None)
        ports = {p.name: p.container_port for c in pod.spec.containers for p in c.ports} if pod else {}
        return End(ref.namespace, template_labels(workload), ports)
    return None


def _ports(scene: Scene, installation: Installation, member: Member, target: End, port: int) -> set[int]:
    """The pods' own ports behind a Service's port; policies know nothing of Services."""
    found = {port}
    for name in member.services:
        service = scene.snapshot.get(Service, installation.namespace, name)
        for entry in service.spec.ports if service else ():
            if entry.port == port:
                behind = entry.target_port
                found.add(target.ports.get(behind, port) if isinstance(behind, str) else behind or port)
    return found


def _guards(policy: NetworkPolicy, direction: str, end: End) -> bool:
    types = policy.spec.policy_types or (("Ingress", "Egress") if policy.spec.egress else ("Ingress",))
    return direction in types and policy.spec.pod_selector.accepts(end.labels)


def _blocked(
    scene: Scene, policies: list[NetworkPolicy], peer: End, target: End, ports: set[int], *, out: bool = False
) -> NetworkPolicy | None:
    """The policy to blame when none of those that guard a pod lets the peer through."""
    for policy in policies:
        for rule in policy.spec.egress if out else policy.spec.ingress:
            open_to = not rule.peers or any(_is(scene, policy.namespace, p, peer) for p in rule.peers)
            if open_to and (not rule.ports or any(_fits(p, ports, target) for p in rule.ports)):
                return None
    return min(policies, key=lambda policy: policy.name, default=None)


def _is(scene: Scene, namespace: str, peer: Peer, end: End) -> bool:
    if peer.ip_block is not None:
        return True
    if peer.namespace_selector is None:
        here = namespace == end.namespace
    else:
        found = scene.snapshot.get(Namespace, "", end.namespace)
        labels = {NAMESPACE_NAME: end.namespace, **(found.labels if found else {})}
        known = found is not None or set(peer.namespace_selector.match_labels) <= {NAMESPACE_NAME}
        here = peer.namespace_selector.accepts(labels) or not known
    return here and (peer.pod_selector is None or peer.pod_selector.accepts(end.labels))


def _fits(allowed: PolicyPort, ports: set[int], target: End) -> bool:
    if allowed.protocol not in ("TCP", ""):
        return False
    if allowed.port is None:
        return True
    first = target.ports.get(allowed.port, -1) if isinstance(allowed.port, str) else allowed.port
    return any(first <= port <= (allowed.end_port or first) for port in ports)
