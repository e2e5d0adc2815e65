"""The way of a request: Ingress, Service, endpoints, pods; and the first link of it that is broken.

Each link is looked at in the picture alone. What may not be seen is unknown, never broken; what lies behind a
broken link is not reached and not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

import msgspec

from mission_control.domain.objects import (
    EndpointSlice,
    Ingress,
    IngressClass,
    NetworkPolicy,
    Object,
    Pod,
    Selector,
    Service,
)
from mission_control.domain.objects.network import Backend, BackendPort
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Verdict
from mission_control.services.facts import Link
from mission_control.services.states import state_of

SERVICE_NAME = "kubernetes.io/service-name"
PATIENCE = timedelta(minutes=5)
State = Literal["ok", "broken", "unknown", "unreached"]
_VERDICTS: dict[State, Verdict] = {
    "ok": Verdict.HEALTHY,
    "broken": Verdict.BROKEN,
    "unknown": Verdict.UNKNOWN,
}


class Step(msgspec.Struct, frozen=True):
    """One link of a way: what it is, its object, and how it is in a few words."""

    label: str
    state: State
    says: str
    link: Link | None = None


class Way(msgspec.Struct, frozen=True):
    """The way of one host and path. `broken` is the place of the first broken step; None when all hold."""

    namespace: str
    ingress: str
    host: str
    path: str
    tls: str
    verdict: Verdict
    steps: tuple[Step, ...]
    broken: int | None
    policies: tuple[Link, ...]

    @property
    def says(self) -> str:
        """The first broken link in words."""
        return self.steps[self.broken].says if self.broken is not None else ""


class Behind(msgspec.Struct, frozen=True):
    """What is behind a Service: ready endpoints of all, and their pods; `is_seen` is False when refused."""

    ready: int
    total: int
    pods: tuple[Pod, ...]
    is_seen: bool


class Wiring:
    """Services, endpoints, pods and policies of one picture, indexed as far as somebody asks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._slices: dict[tuple[str, str], list[EndpointSlice]] = {}
        for item in snapshot.all(EndpointSlice):
            self._slices.setdefault((item.namespace, item.labels.get(SERVICE_NAME, "")), []).append(item)
        self._wearing: dict[str, dict[tuple[str, str], list[Pod]]] = {}

    def behind(self, service: Service) -> Behind:
        """The endpoints of a Service; `pods` are theirs, or those that its selector matches."""
        snapshot, namespace = self.snapshot, service.namespace
        found = [
            endpoint
            for item in self._slices.get((namespace, service.name), ())
            for endpoint in item.endpoints
            if not endpoint.conditions.terminating
        ]
        named = [entry.target_ref.name for entry in found if entry.target_ref]
        pods = [pod for name in named if (pod := snapshot.get(Pod, namespace, name)) is not None]
        return Behind(
            ready=sum(entry.conditions.ready is not False for entry in found),
            total=len(found),
            pods=tuple(pods) or self.selected(namespace, Selector(match_labels=service.spec.selector)),
            is_seen=bool(found) or snapshot.sees(EndpointSlice, namespace),
        )

    def selected(self, namespace: str, selector: Selector) -> tuple[Pod, ...]:
        """The pods of a namespace that a selector matches; none for an empty one, which a Service ignores."""
        pairs = list(selector.match_labels.items())
        if not pairs:
            return ()
        wearing = self._labels(namespace)
        fewest = min((wearing.get(pair, []) for pair in pairs), key=len)
        return tuple(pod for pod in fewest if selector.accepts(pod.labels))

    def policies(self, namespace: str, labels: dict[str, str]) -> tuple[NetworkPolicy, ...]:
        """The policies that guard pods with these labels, by name."""
        found = [
            policy
            for policy in self.snapshot.within(NetworkPolicy, namespace)
            if policy.spec.pod_selector.accepts(labels)
        ]
        return tuple(sorted(found, key=lambda policy: policy.name))

    def guards(self, service: Service, behind: Behind) -> tuple[Link, ...]:
        """The policies that touch the pods of a Service."""
        labels = behind.pods[0].labels if behind.pods else service.spec.selector
        return tuple(_link(policy) for policy in self.policies(service.namespace, labels)) if labels else ()

    def _labels(self, namespace: str) -> dict[tuple[str, str], list[Pod]]:
        if namespace not in self._wearing:
            worn: dict[tuple[str, str], list[Pod]] = {}
            for pod in self.snapshot.within(Pod, namespace):
                for pair in pod.labels.items():
                    worn.setdefault(pair, []).append(pod)
            self._wearing[namespace] = worn
        return self._wearing[namespace]


def ways(wiring: Wiring, ingress: Ingress) -> tuple[Way, ...]:
    """The ways of an Ingress, one for each host and path, and one for what fits none of them."""
    spec = ingress.spec
    listed = [
        (rule.host, path.path or "/", path.backend)
        for rule in spec.rules
        for path in (rule.http.paths if rule.http else ())
    ]
    if spec.default_backend is not None:
        listed.append(("", "everything else" if listed else "/", spec.default_backend))
    secrets = {host: entry.secret_name for entry in spec.tls for host in entry.hosts}
    return tuple(
        _way(wiring, ingress, (host, path), backend, secrets.get(host, "")) for host, path, backend in listed
    )


def _way(wiring: Wiring, ingress: Ingress, at: tuple[str, str], backend: Backend, tls: str) -> Way:
    steps = [_entrance(wiring.snapshot, ingress)]
    policies: tuple[Link, ...] = ()
    if backend.service is None:
        steps.append(Step("Backend", "unknown", "is no Service"))
    else:
        name = backend.service.name
        service = wiring.snapshot.get(Service, ingress.namespace, name)
        steps.append(_service(wiring.snapshot, ingress.namespace, name, service, backend.service.port))
        if service is not None and service.spec.type != "ExternalName":
            behind = wiring.behind(service)
            steps += [_endpoints(service, behind), _pods(behind)]
            policies = wiring.guards(service, behind)
    broken = next((place for place, step in enumerate(steps) if step.state == "broken"), None)
    if broken is not None:
        steps = [*steps[: broken + 1], *map(_after, steps[broken + 1 :])]
    told = _worst(steps)
    return Way(ingress.namespace, ingress.name, *at, tls, _VERDICTS[told], tuple(steps), broken, policies)


def _after(step: Step) -> Step:
    """What lies behind a broken link is not reached; what fails there still says so, as it may be why."""
    return step if step.state == "broken" else msgspec.structs.replace(step, state="unreached")


def _worst(steps: Iterable[Step]) -> State:
    states = {step.state for step in steps}
    return next((state for state in ("broken", "unknown") if state in states), "ok")


def _entrance(snapshot: Snapshot, ingress: Ingress) -> Step:
    """Whether somebody serves the Ingress: its class exists and it was given an address."""
    link, name = _link(ingress), ingress.spec.ingress_class_name or ""
    if name and snapshot.sees(IngressClass) and snapshot.get(IngressClass, "", name) is None:
        return Step("Ingress", "broken", f"class {name} does not exist", link)
    given = ingress.status.load_balancer.ingress
    if given:
        return Step("Ingress", "ok", f"at {given[0].hostname or given[0].ip}", link)
    born = ingress.metadata.creation_timestamp
    is_old = born is not None and snapshot.taken_at - born > PATIENCE
    says = "has no address: no controller serves it" if is_old else "waits for an address"
    return Step("Ingress", "broken" if is_old else "unknown", says, link)


def _service(
    snapshot: Snapshot, namespace: str, name: str, service: Service | None, port: BackendPort
) -> Step:
    link = Link("Service", namespace, name)
    if service is None:
        if snapshot.sees(Service, namespace):
            return Step("Service", "broken", f"Service {name} does not exist")
        return Step("Service", "unknown", "not visible to the console", link)
    if service.spec.type == "ExternalName":
        return Step("Service", "ok", f"leads out to {service.spec.external_name}", link)
    asked = port.name or str(port.number)
    if not any(asked in (entry.name, str(entry.port)) for entry in service.spec.ports):
        has = ", ".join(f"{entry.port} {entry.name}".strip() for entry in service.spec.ports) or "none"
        return Step("Service", "broken", f"has no port {asked}, only {has}", link)
    return Step("Service", "ok", f"port {asked}", link)


def _endpoints(service: Service, behind: Behind) -> Step:
    label = "Endpoints"
    if not behind.is_seen:
        return Step(label, "unknown", "not visible to the console")
    if behind.ready:
        return Step(label, "ok", f"{behind.ready} of {behind.total} ready")
    if behind.total:
        return Step(label, "broken", f"none of {behind.total} is ready")
    if not service.spec.selector:
        return Step(label, "broken", "none: the Service has no selector and nobody wrote any")
    if behind.pods:
        return Step(label, "broken", f"none: no pod of {len(behind.pods)} can serve")
    return Step(label, "broken", "none: no pod has the labels of the selector")


def _pods(behind: Behind) -> Step:
    """The pods behind, told by the one that is furthest from serving."""
    if not behind.pods:
        return Step("Pods", "unreached", "none")
    if behind.ready:
        return Step("Pods", "ok", _count(len(behind.pods)), _link(behind.pods[0]))
    worst = behind.pods[0]
    return Step("Pods", "broken", f"{_count(len(behind.pods))}, {state_of(worst)}", _link(worst))


def _count(pods: int) -> str:
    return "1 pod" if pods == 1 else f"{pods} pods"


def _link(item: Object) -> Link:
    return Link(type(item).__name__, item.namespace, item.name)
