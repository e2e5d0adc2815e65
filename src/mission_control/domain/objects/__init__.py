"""Kubernetes objects as slim frozen structs: only the fields that a judgement or a page reads.

Decoding straight into these is where the console saves its memory, so a field is added when something reads
it and removed when nothing does. Secrets have no struct here, because the console never lists them.
"""

from mission_control.domain.objects.cluster import (
    ConfigMap,
    Custom,
    Event,
    Namespace,
    Node,
    ScaledObject,
    ServiceAccount,
)
from mission_control.domain.objects.meta import Condition, Meta, Object, Owner, Selector, condition
from mission_control.domain.objects.network import (
    EndpointSlice,
    HTTPRoute,
    Ingress,
    IngressClass,
    NetworkPolicy,
    Service,
)
from mission_control.domain.objects.pods import Container, ContainerStatus, Pod, Template
from mission_control.domain.objects.policy import (
    HorizontalPodAutoscaler,
    LimitRange,
    PodDisruptionBudget,
    ResourceQuota,
)
from mission_control.domain.objects.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from mission_control.domain.objects.workloads import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    Rollout,
    StatefulSet,
    Workload,
)

__all__ = [
    "Condition",
    "ConfigMap",
    "Container",
    "ContainerStatus",
    "CronJob",
    "Custom",
    "DaemonSet",
    "Deployment",
    "EndpointSlice",
    "Event",
    "HTTPRoute",
    "HorizontalPodAutoscaler",
    "Ingress",
    "IngressClass",
    "Job",
    "LimitRange",
    "Meta",
    "Namespace",
    "NetworkPolicy",
    "Node",
    "Object",
    "Owner",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "ReplicaSet",
    "ResourceQuota",
    "Rollout",
    "ScaledObject",
    "Selector",
    "Service",
    "ServiceAccount",
    "StatefulSet",
    "StorageClass",
    "Template",
    "Workload",
    "condition",
]
