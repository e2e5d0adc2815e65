"""HTTPRoutes that a gateway does not take, or that name a Service or port that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Condition, HTTPRoute, Service
from mission_control.domain.objects.meta import Traced
from mission_control.domain.objects.network import RouteBackend
from mission_control.domain.places import Place

_WANTED = ("Accepted", "ResolvedRefs")


def route_sightings(scene: Scene) -> Iterator[Sighting]:
    """At most one sighting for each route: what it names in vain, else what a gateway says."""
    for route in scene.snapshot.all(HTTPRoute):
        place = _place(scene, route)
        yield from _broken(scene, route, place) or _rejected(route, place)


def _services(route: HTTPRoute) -> Iterator[tuple[str, RouteBackend]]:
    """The Services that a route names, with their namespaces."""
    for rule in route.spec.rules:
        for backend in rule.backend_refs:
            if backend.group == "" and backend.kind in ("", "Service"):
                yield backend.namespace or route.namespace, backend


def _place(scene: Scene, route: HTTPRoute) -> Place:
    for namespace, backend in _services(route):
        place = scene.places.part(Service(metadata=Traced(name=backend.name, namespace=namespace)))
        if place.component is not None:
            return place
    return scene.places.part(route)


def _broken(scene: Scene, route: HTTPRoute, place: Place) -> list[Sighting]:
    for namespace, backend in _services(route):
        if not scene.snapshot.sees(Service, namespace):
            continue
        service = scene.snapshot.get(Service, namespace, backend.name)
        if service is None:
            says = f"HTTPRoute {route.name} sends requests to Service {backend.name}, which does not exist."
            fix = f"Name a Service of namespace {namespace}, or create {backend.name}."
            field = f"backendRefs.name: {backend.name}"
            return [_sighting("ingress-backend-missing", route, place, says, fix, field)]
        ports = [port.port for port in service.spec.ports]
        if backend.port is not None and backend.port not in ports and service.spec.type != "ExternalName":
            has = ", ".join(map(str, ports)) or "none"
            says = (
                f"HTTPRoute {route.name} asks for port {backend.port} of Service {backend.name}, "
                f"which has only {has}."
            )
            fix = f"Set the port in HTTPRoute {route.name} to one that Service {backend.name} has."
            field = f"backendRefs.port: {backend.port}"
            return [_sighting("ingress-backend-missing", route, place, says, fix, field)]
    return []


def _sighting(code: str, route: HTTPRoute, place: Place, says: str, fix: str, field: str) -> Sighting:
    command = f"kubectl describe httproute {route.name} -n {route.namespace}"
    return Sighting(code, subject(route), place, says, fix, command, (from_field(route, field),))


def _rejected(route: HTTPRoute, place: Place) -> list[Sighting]:
    for parent in route.status.parents:
        bad = next((c for c in parent.conditions if c.type in _WANTED and c.status == "False"), None)
        if bad is not None:
            return [_refusal(route, place, parent.parent_ref.name, bad)]
    return []


def _refusal(route: HTTPRoute, place: Place, gateway: str, bad: Condition) -> Sighting:
    why = one_line(bad.message or bad.reason, 200).rstrip(".")
    what = "does not take" if bad.type == "Accepted" else "cannot resolve what is named in"
    return Sighting(
        "route-rejected",
        subject(route),
        place,
        f"Gateway {gateway} {what} HTTPRoute {route.name}: {why}.",
        "Mend what the gateway names: its listeners, the hostnames, or a reference that needs a grant.",
        f"kubectl describe httproute {route.name} -n {route.namespace}",
        (from_field(route, f"{bad.type}: {bad.status}", bad.reason),),
        bad.last_transition_time,
    )
