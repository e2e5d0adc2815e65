"""What is worth reading beside the watches, told from the picture: release records and certificates.

Little is asked for: records where Helm has left its marks, certificates that an Ingress names.
"""

from __future__ import annotations

from mission_control.domain.objects import (
    DaemonSet,
    Deployment,
    Ingress,
    Namespace,
    Object,
    StatefulSet,
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
