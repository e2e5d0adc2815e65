"""What an object's page says beside its state: the few fields of each kind that an operator looks for first.

Everything else is in the YAML. A fact that names another object links to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mission_control.domain.objects import (
    CronJob,
    DaemonSet,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Job,
    Node,
    Object,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
    ReplicaSet,
    Rollout,
    Service,
    StatefulSet,
    StorageClass,
)


class Link(msgspec.Struct, frozen=True):
    """Another object, by name."""

    kind: str
    namespace: str
    name: str


class Fact(msgspec.Struct, frozen=True):
    """A label and what it says; `link` when that is the name of an object."""

    label: str
    text: str
    link: Link | None = None


def facts(item: Object) -> tuple[Fact, ...]:
    """The facts of an object that are known; an empty field is left out."""
    return tuple(fact for fact in _facts(item) if fact.text)


def _facts(item: Object) -> Iterator[Fact]:
    match item:
        case Pod():
            yield from _of_pod(item)
        case Deployment() | StatefulSet() | ReplicaSet() | Rollout() | DaemonSet():
            yield from _of_workload(item)
        case Job() | CronJob():
            yield from _of_job(item)
        case PersistentVolumeClaim() | PersistentVolume() | StorageClass():
            yield from _of_storage(item)
        case Node():
            yield from _of_node(item)
        case Service() | Ingress():
            yield from _of_network(item)
        case HorizontalPodAutoscaler():
            yield from _of_autoscaler(item)


def _of_pod(pod: Pod) -> Iterator[Fact]:
    node = pod.spec.node_name
    yield Fact("Node", node, Link("Node", "", node)) if node else Fact("Node", "not placed yet")
    yield Fact("Pod IP", pod.status.pod_ip)
    yield Fact("QoS class", pod.status.qos_class)
    account = pod.spec.service_account_name
    yield Fact("Account", account, Link("ServiceAccount", pod.namespace, account))
    yield Fact("Priority", pod.spec.priority_class_name)
    for volume in pod.spec.volumes:
        if volume.persistent_volume_claim:
            claim = volume.persistent_volume_claim.claim_name
            yield Fact("Claim", claim, Link("PersistentVolumeClaim", pod.namespace, claim))
    yield Fact("Message", pod.status.message)


def _of_workload(item: Deployment | StatefulSet | ReplicaSet | Rollout | DaemonSet) -> Iterator[Fact]:
    yield Fact("Images", ", ".join(entry.image for entry in item.spec.template.spec.containers))
    yield Fact("Revision", item.metadata.annotations.revision)
    if not isinstance(item, DaemonSet):
        yield Fact("Replicas", f"{item.status.updated_replicas} of {item.status.replicas} updated")
        yield Fact("Paused", "yes, changes wait" if item.spec.paused else "")
        service = item.spec.service_name
        yield Fact("Service", service, Link("Service", item.namespace, service))
        claims = ", ".join(entry.metadata.name for entry in item.spec.volume_claim_templates)
        yield Fact("Claims", claims)
    account = item.spec.template.spec.service_account_name
    yield Fact("Account", account, Link("ServiceAccount", item.namespace, account))
    yield Fact("Selector", _pairs(item.spec.selector.match_labels))


def _of_job(item: Job | CronJob) -> Iterator[Fact]:
    if isinstance(item, CronJob):
        zone = f" ({item.spec.time_zone})" if item.spec.time_zone else ""
        yield Fact("Schedule", f"{item.spec.schedule}{zone}")
        yield Fact("Suspended", "yes" if item.spec.suspend else "no")
        return
    yield Fact("Tries", f"{item.status.failed} failed, at most {item.spec.backoff_limit + 1}")
    yield Fact("Running", _pods(item.status.active) if item.status.active else "")
    deadline = item.spec.active_deadline_seconds
    yield Fact("Deadline", f"{deadline} s" if deadline is not None else "")
    yield Fact("Helm hook", item.metadata.annotations.hook)


def _of_storage(item: PersistentVolumeClaim | PersistentVolume | StorageClass) -> Iterator[Fact]:
    if isinstance(item, StorageClass):
        yield Fact("Provisioner", item.provisioner)
        yield Fact("Binding", item.volume_binding_mode)
        yield Fact("Default", "yes" if item.is_default else "no")
        yield Fact("Expansion", "allowed" if item.allow_volume_expansion else "not allowed")
        yield Fact("Reclaim", item.reclaim_policy)
        return
    name = item.spec.storage_class_name
    yield Fact("Class", name or "the default", Link("StorageClass", "", name) if name else None)
    yield Fact("Access", ", ".join(item.spec.access_modes))
    if isinstance(item, PersistentVolumeClaim):
        yield Fact("Asks for", item.spec.resources.requests.get("storage", ""))
        yield Fact("Has", item.status.capacity.get("storage", ""))
        yield Fact("Volume", item.spec.volume_name, Link("PersistentVolume", "", item.spec.volume_name))
        return
    yield Fact("Size", item.spec.capacity.get("storage", ""))
    if item.spec.claim_ref:
        claim = item.spec.claim_ref
        yield Fact("Claim", claim.name, Link("PersistentVolumeClaim", claim.namespace, claim.name))
    yield Fact("Reclaim", item.spec.persistent_volume_reclaim_policy)


def _of_node(node: Node) -> Iterator[Fact]:
    info = node.status.node_info
    yield Fact("Kubelet", info.kubelet_version)
    yield Fact("Runtime", info.container_runtime_version)
    yield Fact("System", f"{info.os_image} {info.architecture}".strip())
    yield Fact("Scheduling", "cordoned" if node.spec.unschedulable else "open")
    yield Fact("Taints", ", ".join(f"{taint.key}:{taint.effect}" for taint in node.spec.taints))


def _of_network(item: Service | Ingress) -> Iterator[Fact]:
    if isinstance(item, Service):
        yield Fact("Type", item.spec.type)
        yield Fact("Cluster IP", item.spec.cluster_ip)
        yield Fact("Ports", ", ".join(f"{port.port} to {port.target_port}" for port in item.spec.ports))
        yield Fact("Selector", _pairs(item.spec.selector))
        return
    yield Fact("Class", item.spec.ingress_class_name or item.metadata.annotations.ingress_class)
    yield Fact("Hosts", ", ".join(rule.host or "any" for rule in item.spec.rules))
    for rule in item.spec.rules:
        for path in rule.http.paths if rule.http else ():
            if path.backend.service:
                name = path.backend.service.name
                yield Fact(f"To {path.path or '/'}", name, Link("Service", item.namespace, name))


def _of_autoscaler(item: HorizontalPodAutoscaler) -> Iterator[Fact]:
    target = item.spec.scale_target_ref
    yield Fact("Scales", target.name, Link(target.kind, item.namespace, target.name))
    yield Fact("Bounds", f"{item.spec.min_replicas} to {item.spec.max_replicas} replicas")
    yield Fact("Now", f"{item.status.current_replicas} replicas, wants {item.status.desired_replicas}")


def _pairs(labels: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items())


def _pods(many: int) -> str:
    return "1 pod" if many == 1 else f"{many} pods"
