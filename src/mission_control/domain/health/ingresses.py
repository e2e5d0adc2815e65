"""Ingresses that lead nowhere: a Service or port that does not exist, no class, no address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.services import backends
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Ingress, IngressClass, Service
from mission_control.domain.objects.meta import Traced
from mission_control.domain.places import Place

PATIENCE = timedelta(minutes=5)


def ingress_sightings(scene: Scene) -> Iterator[Sighting]:
    """At most one sighting for each Ingress, the first broken link on its way."""
    for ingress in scene.snapshot.all(Ingress):
        found = _no_class(scene, ingress) or _broken(scene, ingress) or _no_address(scene, ingress)
        if found is not None:
            yield msgspec.structs.replace(found, place=place_of(scene, ingress))


def place_of(scene: Scene, ingress: Ingress) -> Place:
    """The component whose Service it fronts; the installation of its labels when there is none."""
    for name in backends(ingress):
        service = scene.snapshot.get(Service, ingress.namespace, name)
        named = Service(metadata=Traced(name=name, namespace=ingress.namespace))
        place = scene.places.part(service or named)
        if place.component is not None:
            return place
    place = scene.places.part(ingress)
    return place if place.installation else _by_name(scene, ingress)


def _by_name(scene: Scene, ingress: Ingress) -> Place:
    """The installation whose name an Ingress without labels carries, or the Services that it names."""
    names = (ingress.name, *backends(ingress))
    for installation in scene.places.around(ingress.namespace):
        if any(name.startswith(installation.fullname + "-") for name in names):
            return Place(installation)
    return Place()


def _sighting(code: str, ingress: Ingress, says: str, fix: str, field: str) -> Sighting:
    return Sighting(
        code,
        subject(ingress),
        Place(),
        says,
        fix,
        f"kubectl describe ingress {ingress.name} -n {ingress.namespace}",
        (from_field(ingress, field),),
    )


def _no_class(scene: Scene, ingress: Ingress) -> Sighting | None:
    name = ingress.spec.ingress_class_name
    if not name or not scene.snapshot.sees(IngressClass) or scene.snapshot.get(IngressClass, "", name):
        return None
    known = ", ".join(sorted(c.name for c in scene.snapshot.all(IngressClass))) or "none"
    says = f"Ingress {ingress.name} is served by nobody: its class {name} does not exist."
    fix = f"Install the controller of class {name}, or set the class to one that exists: {known}."
    return _sighting("ingress-class-missing", ingress, says, fix, f"spec.ingressClassName: {name}")


def _broken(scene: Scene, ingress: Ingress) -> Sighting | None:
    if not scene.snapshot.sees(Service, ingress.namespace):
        return None
    for name, ports in backends(ingress).items():
        service = scene.snapshot.get(Service, ingress.namespace, name)
        if service is None:
            says = f"Ingress {ingress.name} sends requests to Service {name}, which does not exist."
            fix = f"Name a Service of namespace {ingress.namespace}, or create {name}."
            return _sighting("ingress-backend-missing", ingress, says, fix, f"service.name: {name}")
        for number, label in ports:
            if service.spec.type == "ExternalName" or _has_port(service, number, label):
                continue
            has = ", ".join(f"{p.port} {p.name}".strip() for p in service.spec.ports) or "none"
            asked = label or str(number)
            says = f"Ingress {ingress.name} asks for port {asked} of Service {name}, which has only {has}."
            fix = f"Set the port in Ingress {ingress.name} to one that Service {name} has."
            return _sighting("ingress-backend-missing", ingress, says, fix, f"service.port: {asked}")
    return None


def _has_port(service: Service, number: int, label: str) -> bool:
    return any(
        (label and port.name == label) or (number and port.port == number) for port in service.spec.ports
    )


def _no_address(scene: Scene, ingress: Ingress) -> Sighting | None:
    old = scene.older(ingress.metadata.creation_timestamp, PATIENCE)
    if not old or ingress.status.load_balancer.ingress:
        return None
    says = f"Ingress {ingress.name} has no address, so no controller seems to serve it."
    fix = "Look whether the Ingress controller runs and what its log says about this Ingress."
    found = _sighting("ingress-no-address", ingress, says, fix, "status.loadBalancer: empty")
    return msgspec.structs.replace(found, since=ingress.metadata.creation_timestamp)
