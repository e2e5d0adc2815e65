"""Services that lead nowhere: no ready pod behind them, or a port that no pod has.

A Service whose pods are not ready is no fault of the Service. Only one whose component does have ready pods,
under labels that the selector does not match, is told; and only where something needs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mission_control.domain.health.repairs import impact
from mission_control.domain.health.scene import Scene, from_field, is_ready, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.installations import Installation, Member
from mission_control.domain.objects import EndpointSlice, Ingress, Pod, Selector, Service
from mission_control.domain.objects.network import ServicePort
from mission_control.domain.places import Place

SERVICE_NAME = "kubernetes.io/service-name"
DNS_LABEL, DNS_VALUE = "k8s-app", "kube-dns"


def service_sightings(scene: Scene) -> Iterator[Sighting]:
    """Faults of the Services of installations, and of the cluster's name service."""
    for installation in scene.installations:
        for member in installation.members:
            for name in member.services:
                service = scene.snapshot.get(Service, installation.namespace, name)
                if service is not None and service.spec.selector:
                    yield from _of_member(scene, Place(installation, member.key), member, service)
    yield from _name_service(scene)


def _of_member(scene: Scene, place: Place, member: Member, service: Service) -> Iterator[Sighting]:
    ready = [pod for pod in scene.member_pods(member) if is_ready(pod)]
    if not ready:
        return
    selector = Selector(match_labels=service.spec.selector)
    behind = [pod for pod in ready if selector.accepts(pod.labels)]
    if behind:
        yield from _wrong_ports(place, service, behind[0])
        return
    others = scene.snapshot.within(Pod, service.namespace)
    if any(is_ready(pod) and selector.accepts(pod.labels) for pod in others):
        return
    if place.installation is not None and _is_needed(scene, place.installation, member, service):
        yield _no_endpoints(place, service, ready[0])


def _is_needed(scene: Scene, installation: Installation, member: Member, service: Service) -> bool:
    """Whether somebody comes through it: another component, users from outside, or an Ingress."""
    if member.vital or service.spec.type in ("LoadBalancer", "NodePort"):
        return True
    if any(edge.target == member.key for edge in installation.product.dependencies):
        return True
    ingresses = scene.snapshot.within(Ingress, service.namespace)
    return any(service.name in backends(ingress) for ingress in ingresses)


def backends(ingress: Ingress) -> dict[str, list[tuple[int, str]]]:
    """The Services that an Ingress names, with the ports it asks of each as number or name."""
    found: dict[str, list[tuple[int, str]]] = {}
    listed = [path.backend for rule in ingress.spec.rules if rule.http for path in rule.http.paths]
    for backend in (ingress.spec.default_backend, *listed):
        if backend is not None and backend.service is not None:
            port = backend.service.port
            found.setdefault(backend.service.name, []).append((port.number, port.name))
    return found


def _no_endpoints(place: Place, service: Service, pod: Pod) -> Sighting:
    wants = ", ".join(f"{key}={value}" for key, value in service.spec.selector.items())
    wrong = {key: value for key, value in service.spec.selector.items() if pod.labels.get(key) != value}
    has = ", ".join(f"{key}={pod.labels.get(key, 'nothing')}" for key in wrong)
    return Sighting(
        "service-no-endpoints",
        subject(service),
        place,
        f"Service {service.name} leads nowhere: its selector matches no pod; ready pods have {has}. "
        f"{impact(place)}".strip(),
        f"Set the selector of Service {service.name} to the labels of its pods; an upgrade does it too.",
        f"kubectl get service {service.name} -n {service.namespace} -o wide",
        (from_field(service, f"spec.selector: {wants}"), from_field(pod, f"metadata.labels: {has}")),
    )


def _wrong_ports(place: Place, service: Service, pod: Pod) -> Iterator[Sighting]:
    """Ports that surely lead nowhere: a name that no container has, or numbers none of which is declared.

    A container may listen on a port that it does not declare, so one undeclared number among others is none.
    """
    containers = (*pod.spec.containers, *pod.spec.init_containers)
    ports = [(port.name, port.container_port) for container in containers for port in container.ports]
    wrong = [wanted for wanted in service.spec.ports if ports and not _is_served(wanted, ports)]
    some_fit = len(wrong) < len(service.spec.ports)
    for wanted in wrong:
        target = wanted.target_port or wanted.port
        if some_fit and not _is_name(target):
            continue
        has = ", ".join(f"{name or 'unnamed'} {number}" for name, number in ports)
        yield Sighting(
            "service-port-mismatch",
            subject(service),
            place,
            f"Port {wanted.port} of Service {service.name} leads to {target}; its pods have only {has}.",
            f"Set targetPort of Service {service.name} to a port that the pods have.",
            f"kubectl describe service {service.name} -n {service.namespace}",
            (from_field(service, f"spec.ports[].targetPort: {target}"), from_field(pod, f"ports: {has}")),
        )


def _is_name(target: int | str) -> bool:
    return isinstance(target, str) and not target.isdigit()


def _is_served(wanted: ServicePort, ports: list[tuple[str, int]]) -> bool:
    target = wanted.target_port or wanted.port
    if _is_name(target):
        return any(name == target for name, _ in ports)
    return any(number == int(target) for _, number in ports)


def _name_service(scene: Scene) -> Iterator[Sighting]:
    """Cluster DNS without a ready endpoint; nothing is said where it cannot be seen."""
    if not scene.snapshot.sees(EndpointSlice, "kube-system"):
        return
    for service in scene.snapshot.within(Service, "kube-system"):
        if service.labels.get(DNS_LABEL) != DNS_VALUE and service.name != DNS_VALUE:
            continue
        slices = [
            s for s in scene.snapshot.within(EndpointSlice, "kube-system")
            if s.labels.get(SERVICE_NAME) == service.name
        ]  # fmt: skip
        if not slices or any(e.conditions.ready is not False for s in slices for e in s.endpoints):
            continue
        for installation in scene.installations or (None,):
            yield Sighting(
                "dns-failing",
                subject(service),
                Place(installation),
                "No name in the cluster can be looked up: its name service has no ready pod.",
                "Look at the pods of the name service in namespace kube-system.",
                f"kubectl get pods -n kube-system -l {DNS_LABEL}={DNS_VALUE}",
                (from_field(slices[0], "endpoints: none is ready"),),
                nobody=True,
            )
