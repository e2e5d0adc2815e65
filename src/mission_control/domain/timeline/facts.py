"""The few facts of an object whose change an operator wants to hear of, as labels and short texts.

Two sets of facts of one object tell what changed between two looks. What may not be shown, or is too long to
be read, is a digest: then only that it changed is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from mission_control.domain.objects import (
    ConfigMap,
    CronJob,
    DaemonSet,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    LimitRange,
    NetworkPolicy,
    Node,
    Object,
    PersistentVolumeClaim,
    PodDisruptionBudget,
    ResourceQuota,
    Rollout,
    Service,
    StatefulSet,
    StorageClass,
)
from mission_control.domain.objects.pods import Template

Pairs = Iterator[tuple[str, str]]
HIDDEN = "#"
"""What the text of a fact begins with that is a digest."""


def facts(item: Object) -> dict[str, str] | None:
    """The facts of an object; None for a kind whose changes are told otherwise or not at all."""
    teller = _FACTS.get(type(item))
    return dict(teller(item)) if teller is not None else None


def _digest(part: object) -> str:
    return (
        HIDDEN + hashlib.blake2b(msgspec.json.encode(part, order="deterministic"), digest_size=8).hexdigest()
    )


def _pairs(values: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(values.items())) or "none"


def _of_template(template: Template) -> Pairs:
    spec = template.spec
    for container in (*spec.init_containers, *spec.containers):
        yield f"image of {container.name}", container.image
        yield (
            f"resources of {container.name}",
            _resources(container.resources.requests, container.resources.limits),
        )
        yield f"environment of {container.name}", _digest([container.env, container.env_from])
    yield "volumes", _digest(spec.volumes)
    yield "service account", spec.service_account_name
    yield "node selector", _pairs(spec.node_selector)
    yield "restart by hand", template.metadata.annotations.restarted_at


def _resources(requests: dict[str, str], limits: dict[str, str]) -> str:
    return f"requests {_pairs(requests)}; limits {_pairs(limits)}"


def _deployment(item: Deployment | Rollout) -> Pairs:
    """Its template is told by the ReplicaSet that it makes."""
    yield "replicas", "" if item.spec.replicas is None else str(item.spec.replicas)
    yield "paused", "yes" if item.spec.paused else "no"


def _stateful(item: StatefulSet) -> Pairs:
    yield "replicas", "" if item.spec.replicas is None else str(item.spec.replicas)
    yield from _of_template(item.spec.template)


def _daemon(item: DaemonSet) -> Pairs:
    yield from _of_template(item.spec.template)


def _schedule(item: CronJob) -> Pairs:
    yield "schedule", item.spec.schedule
    yield "suspended", "yes" if item.spec.suspend else "no"


def _scaler(item: HorizontalPodAutoscaler) -> Pairs:
    yield "least replicas", str(item.spec.min_replicas)
    yield "most replicas", str(item.spec.max_replicas)
    yield "target", item.spec.scale_target_ref.name
    yield "metrics", _digest(item.spec.metrics)


def _service(item: Service) -> Pairs:
    yield "type", item.spec.type
    yield "selector", _pairs(item.spec.selector)
    yield "ports", ", ".join(f"{port.port} to {port.target_port}" for port in item.spec.ports)


def _ingress(item: Ingress) -> Pairs:
    yield "class", item.spec.ingress_class_name or ""
    yield "rules", _digest([item.spec.rules, item.spec.default_backend])
    yield "certificates", ", ".join(entry.secret_name for entry in item.spec.tls)


def _policy(item: NetworkPolicy) -> Pairs:
    yield "rules", _digest(item.spec)


def _quota(item: ResourceQuota) -> Pairs:
    yield "limits", _pairs(item.status.hard)


def _limits(item: LimitRange) -> Pairs:
    yield "limits", _digest(item.spec)


def _budget(item: PodDisruptionBudget) -> Pairs:
    yield "bounds", f"least available {item.spec.min_available}, most unavailable {item.spec.max_unavailable}"


def _claim(item: PersistentVolumeClaim) -> Pairs:
    yield "size", item.spec.resources.requests.get("storage", "")


def _class(item: StorageClass) -> Pairs:
    yield "default", "yes" if item.is_default else "no"


def _node(item: Node) -> Pairs:
    yield "scheduling", "cordoned" if item.spec.unschedulable else "open"
    yield "kubelet", item.status.node_info.kubelet_version


def _config(item: ConfigMap) -> Pairs:
    for key, digest in item.digests.items():
        yield key, HIDDEN + digest


_FACTS: dict[type[Object], Callable[[Any], Pairs]] = {
    Deployment: _deployment,
    Rollout: _deployment,
    StatefulSet: _stateful,
    DaemonSet: _daemon,
    CronJob: _schedule,
    HorizontalPodAutoscaler: _scaler,
    Service: _service,
    Ingress: _ingress,
    NetworkPolicy: _policy,
    ResourceQuota: _quota,
    LimitRange: _limits,
    PodDisruptionBudget: _budget,
    PersistentVolumeClaim: _claim,
    StorageClass: _class,
    Node: _node,
    ConfigMap: _config,
}
FOLLOWED = tuple(_FACTS)
