"""The kinds of object that the picture holds: what to ask the API server for, and what their absence means.

Secrets are not in this list and must never be: a right to list them is a right to read every value.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

import msgspec

from mission_control.domain import objects
from mission_control.domain.product import CustomKind, Product


class Kind(msgspec.Struct, frozen=True):
    """One kind of object.

    `essential`: without sight of it a component is unknown (causes.md, "What cannot be seen").
    `metadata_only`: asked for as PartialObjectMetadata, so that values never arrive. `digests`: listed and
    watched whole all the same, because the picture keeps a digest of each value, and few at once, because one
    may be large. `optional`: watched only where the cluster serves it.
    """

    kind: str
    plural: str
    group: str
    version: str
    shape: type[objects.Object]
    namespaced: bool = True
    essential: bool = False
    metadata_only: bool = False
    optional: bool = False
    digests: bool = False

    @property
    def resource(self) -> str:
        """The name by which RBAC and `kubectl get` know it: "pods", "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """`apiVersion` of its objects: "v1", "apps/v1"."""
        return f"{self.group}/{self.version}" if self.group else self.version


KINDS: tuple[Kind, ...] = (
    Kind("Pod", "pods", "", "v1", objects.Pod, essential=True),
    Kind("Deployment", "deployments", "apps", "v1", objects.Deployment, essential=True),
    Kind("StatefulSet", "statefulsets", "apps", "v1", objects.StatefulSet, essential=True),
    Kind("DaemonSet", "daemonsets", "apps", "v1", objects.DaemonSet, essential=True),
    Kind("ReplicaSet", "replicasets", "apps", "v1", objects.ReplicaSet, essential=True),
    Kind("Job", "jobs", "batch", "v1", objects.Job, essential=True),
    Kind("CronJob", "cronjobs", "batch", "v1", objects.CronJob),
    Kind("Service", "services", "", "v1", objects.Service),
    Kind("EndpointSlice", "endpointslices", "discovery.k8s.io", "v1", objects.EndpointSlice, essential=True),
    Kind("Ingress", "ingresses", "networking.k8s.io", "v1", objects.Ingress),
    Kind("NetworkPolicy", "networkpolicies", "networking.k8s.io", "v1", objects.NetworkPolicy),
    Kind("ConfigMap", "configmaps", "", "v1", objects.ConfigMap, metadata_only=True, digests=True),
    Kind("ServiceAccount", "serviceaccounts", "", "v1", objects.ServiceAccount, metadata_only=True),
    Kind("PersistentVolumeClaim", "persistentvolumeclaims", "", "v1", objects.PersistentVolumeClaim),
    Kind("ResourceQuota", "resourcequotas", "", "v1", objects.ResourceQuota),
    Kind("LimitRange", "limitranges", "", "v1", objects.LimitRange),
    Kind("PodDisruptionBudget", "poddisruptionbudgets", "policy", "v1", objects.PodDisruptionBudget),
    Kind(
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        "autoscaling",
        "v2",
        objects.HorizontalPodAutoscaler,
    ),
    Kind("Event", "events", "", "v1", objects.Event),
    Kind("Namespace", "namespaces", "", "v1", objects.Namespace, namespaced=False),
    Kind("Node", "nodes", "", "v1", objects.Node, namespaced=False),
    Kind("PersistentVolume", "persistentvolumes", "", "v1", objects.PersistentVolume, namespaced=False),
    Kind("StorageClass", "storageclasses", "storage.k8s.io", "v1", objects.StorageClass, namespaced=False),
    Kind("IngressClass", "ingressclasses", "networking.k8s.io", "v1", objects.IngressClass, namespaced=False),
    Kind("Rollout", "rollouts", "argoproj.io", "v1alpha1", objects.Rollout, essential=True, optional=True),
    Kind("ScaledObject", "scaledobjects", "keda.sh", "v1alpha1", objects.ScaledObject, optional=True),
    Kind("HTTPRoute", "httproutes", "gateway.networking.k8s.io", "v1", objects.HTTPRoute, optional=True),
)

_BY_SHAPE = {kind.shape: kind for kind in KINDS}
_BY_NAME = {kind.kind: kind for kind in KINDS}


def kind_of(shape: type[objects.Object]) -> Kind:
    """The kind whose objects have this shape; KeyError when the picture does not hold it."""
    return _BY_SHAPE[shape]


def kind_named(name: str) -> Kind | None:
    """The kind with this name ("Pod"), or None when the picture does not hold it."""
    return _BY_NAME.get(name)


def kinds_with(products: Iterable[Product]) -> tuple[Kind, ...]:
    """All kinds of the picture: those that it always holds, and those that packs name."""
    known = {(kind.group, kind.kind) for kind in KINDS}
    named = {(custom.group, custom.kind): custom for pack in products for custom in pack.resources}
    return (*KINDS, *(_custom(custom) for key, custom in sorted(named.items()) if key not in known))


@cache
def _custom(custom: CustomKind) -> Kind:
    """The kind of a custom resource, with a shape of its own: the picture tells kinds by their shape."""
    shape = cast(
        "type[objects.Custom]", msgspec.defstruct(custom.kind, [], bases=(objects.Custom,), frozen=True)
    )
    return Kind(
        custom.kind,
        custom.plural,
        custom.group,
        custom.version,
        shape,
        namespaced=custom.namespaced,
        optional=True,
    )
