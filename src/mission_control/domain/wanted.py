"""What is worth reading beside the watches, told from the picture: records, certificates, use of volumes.

Little is asked for: records where Helm has left its marks, certificates that an Ingress names, kubelets of
nodes on which a pod has mounted a claim.
"""

from __future__ import annotations

import msgspec

from mission_control.domain.objects import (
    DaemonSet,
    Deployment,
    Ingress,
    Namespace,
    Node,
    Object,
    StatefulSet,
    condition,
)
from mission_control.domain.snapshot import Snapshot

MOST = 60
"""How many namespaces are asked for their records."""
FEW = 30
"""A cluster with so few namespaces is asked for the records of each, marked or not."""
_MARKED: tuple[type[Object], ...] = (Deployment, StatefulSet, DaemonSet)


def marked_namespaces(snapshot: Snapshot) -> tuple[str, ...]:
    """The namespaces in which Helm has left its marks on a workload."""
    found = {
        item.namespace
        for shape in _MARKED
        for item in snapshot.all(shape)
        if item.metadata.annotations.release_name
    }
    return tuple(sorted(found))


def release_namespaces(snapshot: Snapshot) -> tuple[str, ...]:
    """The namespaces to ask for records: marked or named ones; all where they are few."""
    named = snapshot.cluster.namespaces
    known = named or tuple(sorted(n.name for n in snapshot.all(Namespace)))
    rest = known if named or len(known) <= FEW else ()
    return tuple(dict.fromkeys([*marked_namespaces(snapshot), *rest]))[:MOST]


def tls_secrets(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """The Secrets that Ingresses name for their certificates, by namespace and name."""
    found = {
        (ingress.namespace, entry.secret_name)
        for ingress in snapshot.all(Ingress)
        for entry in ingress.spec.tls
        if entry.secret_name
    }
    return tuple(sorted(found))


class Kubelet(msgspec.Struct, frozen=True):
    """The kubelet of a node. `address` is its host and port; empty while the node has not told it."""

    node: str
    address: str = ""


def kubelets(snapshot: Snapshot) -> tuple[Kubelet, ...]:
    """The kubelets of the nodes that answer and have a pod with a claim running."""
    running = (pod for pod in snapshot.pods_with_claims() if pod.status.phase == "Running")
    names = {pod.spec.node_name for pod in running} - {""}
    found = ((name, snapshot.get(Node, "", name)) for name in sorted(names))
    return tuple(Kubelet(name, _address(node)) for name, node in found if node is None or _answers(node))


def _answers(node: Node) -> bool:
    ready = condition(node.status.conditions, "Ready")
    return ready is None or ready.is_true


def _address(node: Node | None) -> str:
    if node is None:
        return ""
    port = node.status.daemon_endpoints.kubelet_endpoint.port
    host = next((entry.address for entry in node.status.addresses if entry.type == "InternalIP"), "")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}" if host and port else ""
