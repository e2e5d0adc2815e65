"""An object described fact by fact: the facts of `kubectl describe`, in its order, redacted.

Made from the object as the API server has it now, because the picture keeps only what judgements need; what
stands around it (pods, ReplicaSets, endpoints) comes from the picture. Values of Secrets and ConfigMaps are
in neither.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from mission_control.domain.redact import redact_object
from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.bounds import (
    account,
    anything,
    autoscaler,
    budget,
    limit_range,
    namespace,
    quota,
)
from mission_control.services.describing.jobs import cron_job, job
from mission_control.services.describing.lines import Line, Lines, Tree, at, one
from mission_control.services.describing.network import ingress, network_policy, service
from mission_control.services.describing.nodes import node
from mission_control.services.describing.pods import daemon_set, deployment, pod, replica_set, stateful_set
from mission_control.services.describing.storage import claim, storage_class, volume

_KINDS: dict[str, Callable[[Tree, Snapshot], Lines]] = {
    "CronJob": cron_job,
    "DaemonSet": daemon_set,
    "Deployment": deployment,
    "HorizontalPodAutoscaler": autoscaler,
    "Ingress": ingress,
    "Job": job,
    "LimitRange": limit_range,
    "Namespace": namespace,
    "NetworkPolicy": network_policy,
    "Node": node,
    "PersistentVolume": volume,
    "PersistentVolumeClaim": claim,
    "Pod": pod,
    "PodDisruptionBudget": budget,
    "ReplicaSet": replica_set,
    "ResourceQuota": quota,
    "Service": service,
    "ServiceAccount": account,
    "StatefulSet": stateful_set,
    "StorageClass": storage_class,
}
_PLACED_LATER = ("Ingress",)
_UNSHOWN = ("ConfigMap", "Secret")


def describe(raw: bytes, kind: str, snapshot: Snapshot) -> tuple[Line, ...]:
    """The facts of an object from its JSON."""
    tree: Tree = redact_object(msgspec.json.decode(raw))
    if kind in _UNSHOWN:
        tree = {key: tree[key] for key in ("apiVersion", "kind", "metadata") if key in tree}
    return tuple(_lines(tree, kind, snapshot))


def _lines(tree: Tree, kind: str, snapshot: Snapshot) -> Lines:
    yield one("Name", at(tree, "metadata", "name"))
    if at(tree, "metadata", "namespace") and kind not in _PLACED_LATER:
        yield one("Namespace", at(tree, "metadata", "namespace"))
    yield from _KINDS.get(kind, anything)(tree, snapshot)


__all__ = ["Line", "describe"]
