"""The Network page: the ways in with their first broken link, Services with what is behind them, policies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mission_control.domain.objects import Ingress, NetworkPolicy, Object, Pod, Selector, Service
from mission_control.domain.objects.network import Peer, PolicyPort
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health, Verdict, worst
from mission_control.services.facts import Link
from mission_control.services.freshness import Freshness, Unseen, freshness
from mission_control.services.listing import cut, fits, ordered
from mission_control.services.marks import Marks
from mission_control.services.ways import Way, Wiring, ways

VIEWS: dict[str, type[Object]] = {"ingress": Ingress, "services": Service, "policies": NetworkPolicy}
_MOST_WORDS = 4


class NetworkQuery(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it.

    `view` is one of VIEWS; empty for the ways in, or for Services where there is no Ingress.
    """

    sorts: ClassVar[tuple[str, ...]] = ("verdict", "name", "namespace", "ready", "age")
    largest_first: ClassVar[frozenset[str]] = frozenset({"verdict"})

    view: str = ""
    namespace: str = ""
    text: str = ""
    sort: str = "verdict"
    page: int = 1
    wrong: bool = False


class ServiceRow(msgspec.Struct, frozen=True):
    """A Service in one line: `ready` of `total` endpoints, None when they cannot be seen."""

    namespace: str
    name: str
    verdict: Verdict
    state: str
    says: str
    type: str
    address: str
    ports: str
    ready: int | None
    total: int | None
    policies: tuple[Link, ...]
    hosts: tuple[str, ...]
    created: datetime | None


class PolicyRow(msgspec.Struct, frozen=True):
    """A policy in one line: whom it guards, in which directions, and what it lets through."""

    namespace: str
    name: str
    verdict: Verdict
    says: str
    selects: str
    pods: int | None
    inward: str
    outward: str
    created: datetime | None


class ViewTab(msgspec.Struct, frozen=True):
    """A view to choose, with how many objects it has; None when they may not be seen."""

    view: str
    count: int | None


class NetworkPage(msgspec.Struct, frozen=True):
    """The page: the rows of its view. `broken` counts the ways in that lead nowhere."""

    freshness: Freshness
    query: NetworkQuery
    views: tuple[ViewTab, ...]
    namespaces: tuple[str, ...]
    ways: tuple[Way, ...]
    services: tuple[ServiceRow, ...]
    policies: tuple[PolicyRow, ...]
    broken: int
    total: int
    all: int
    pages: int
    refused: tuple[Unseen, ...]


def network(snapshot: Snapshot, health: Health, query: NetworkQuery) -> NetworkPage:
    """The ways in, Services or policies that a query asks for."""
    query = _checked(snapshot, query)
    wiring, marks = Wiring(snapshot), Marks(snapshot, health)
    found = [way for ingress in snapshot.all(Ingress) for way in ways(wiring, ingress)]
    rows = _rows(wiring, marks, query, found)
    words = query.text.lower().split()
    fitting = [row for row in rows if _is_wanted(row, query, words)]
    fitting.sort(key=lambda row: (row.namespace, _name(row)))
    page = cut(ordered(fitting, query, lambda row: _key(row, query.sort.lstrip("-"))), query.page)
    seen = freshness(snapshot)
    return NetworkPage(
        freshness=seen,
        query=msgspec.structs.replace(query, page=page.page),
        views=tuple(_tab(snapshot, view, len(found)) for view in VIEWS),
        namespaces=tuple(sorted({item.namespace for kind in VIEWS.values() for item in snapshot.all(kind)})),
        ways=tuple(row for row in page.items if isinstance(row, Way)),
        services=tuple(row for row in page.items if isinstance(row, ServiceRow)),
        policies=tuple(row for row in page.items if isinstance(row, PolicyRow)),
        broken=sum(way.verdict is Verdict.BROKEN for way in found),
        total=page.total,
        all=len(rows),
        pages=page.pages,
        refused=tuple(entry for entry in seen.refused if entry.kind in _NEEDED[query.view]),
    )


_NEEDED = {
    "ingress": ("Ingress", "Service", "EndpointSlice"),
    "services": ("Service", "EndpointSlice"),
    "policies": ("NetworkPolicy",),
}
Row = Way | ServiceRow | PolicyRow


def _checked(snapshot: Snapshot, query: NetworkQuery) -> NetworkQuery:
    if query.sort.lstrip("-") not in NetworkQuery.sorts:
        query = msgspec.structs.replace(query, sort=NetworkQuery().sort)
    if query.view not in VIEWS:
        query = msgspec.structs.replace(query, view="ingress" if snapshot.all(Ingress) else "services")
    return query


def _rows(wiring: Wiring, marks: Marks, query: NetworkQuery, found: list[Way]) -> list[Row]:
    """Every row of the view; those of Services and policies are cheap enough to be made for all."""
    if query.view == "ingress":
        return list(found)
    if query.view == "policies":
        return [_policy_row(wiring, marks, item) for item in wiring.snapshot.all(NetworkPolicy)]
    hosts: dict[tuple[str, str], dict[str, None]] = {}
    for way in found:
        for step in way.steps:
            if step.link and step.link.kind == "Service":
                hosts.setdefault((step.link.namespace, step.link.name), {})[way.host or "any host"] = None
    return [
        _service_row(wiring, marks, item, tuple(hosts.get((item.namespace, item.name), ())))
        for item in wiring.snapshot.all(Service)
    ]


def _is_wanted(row: Row, query: NetworkQuery, words: list[str]) -> bool:
    if query.namespace and row.namespace != query.namespace:
        return False
    if query.wrong and row.verdict.weight <= Verdict.UNKNOWN.weight:
        return False
    return not words or fits(_text(row), words)


def _text(row: Row) -> str:
    match row:
        case Way():
            steps = " ".join(f"{step.link.name if step.link else ''} {step.says}" for step in row.steps)
            return f"{row.namespace} {row.ingress} {row.host}{row.path} {steps}"
        case ServiceRow():
            return f"{row.namespace} {row.name} {row.type} {row.state} {row.ports} {row.address}"
        case _:
            return f"{row.namespace} {row.name} {row.selects} {row.inward} {row.outward}"


def _name(row: Row) -> str:
    return f"{row.ingress} {row.host}{row.path}" if isinstance(row, Way) else row.name


def _key(row: Row, sort: str) -> Any:
    if sort == "name":
        return _name(row)
    if sort == "namespace":
        return row.namespace
    if sort == "ready" and isinstance(row, ServiceRow):
        return row.ready or 0
    if sort == "age" and not isinstance(row, Way):
        return row.created.timestamp() if row.created else 0.0
    return row.verdict.weight


def _service_row(wiring: Wiring, marks: Marks, service: Service, hosts: tuple[str, ...]) -> ServiceRow:
    behind = wiring.behind(service)
    is_out = service.spec.type == "ExternalName"
    found = marks.findings(service)
    state, seen = _service_state(service, behind.ready, behind.total, is_seen=behind.is_seen)
    given = service.status.load_balancer.ingress
    address = service.spec.external_name or (given[0].hostname or given[0].ip if given else "")
    return ServiceRow(
        namespace=service.namespace,
        name=service.name,
        verdict=worst([*(entry.verdict for entry in found), seen]),
        state=state,
        says=found[0].says if found else "",
        type=service.spec.type,
        address=address or service.spec.cluster_ip,
        ports=", ".join(str(port.port) for port in service.spec.ports),
        ready=None if is_out or not behind.is_seen else behind.ready,
        total=None if is_out or not behind.is_seen else behind.total,
        policies=wiring.guards(service, behind),
        hosts=hosts,
        created=service.metadata.creation_timestamp,
    )


def _service_state(service: Service, ready: int, total: int, *, is_seen: bool) -> tuple[str, Verdict]:
    """A Service without any endpoint may be meant so; one whose endpoints all fail serves nobody now."""
    if service.spec.type == "ExternalName":
        return "Leads out", Verdict.HEALTHY
    if not is_seen:
        return "Not visible", Verdict.UNKNOWN
    if not total:
        return "No endpoints", Verdict.UNKNOWN
    if not ready:
        return "None ready", Verdict.BROKEN
    return ("Ready", Verdict.HEALTHY) if ready == total else ("Partly ready", Verdict.PROGRESSING)


def _policy_row(wiring: Wiring, marks: Marks, policy: NetworkPolicy) -> PolicyRow:
    spec, found = policy.spec, marks.findings(policy)
    types = spec.policy_types or (("Ingress", "Egress") if spec.egress else ("Ingress",))
    inward = [_allowed(rule.peers, rule.ports) for rule in spec.ingress]
    outward = [_allowed(rule.peers, rule.ports) for rule in spec.egress]
    return PolicyRow(
        namespace=policy.namespace,
        name=policy.name,
        verdict=worst([entry.verdict for entry in found]),
        says=found[0].says if found else "",
        selects=_selector(spec.pod_selector) or "all pods",
        pods=_guarded(wiring, policy),
        inward=("; ".join(inward) or "nothing") if "Ingress" in types else "",
        outward=("; ".join(outward) or "nothing") if "Egress" in types else "",
        created=policy.metadata.creation_timestamp,
    )


def _guarded(wiring: Wiring, policy: NetworkPolicy) -> int | None:
    """How many pods a policy guards; None when pods cannot be seen."""
    selector, everything = policy.spec.pod_selector, wiring.snapshot.within(Pod, policy.namespace)
    if not everything and not wiring.snapshot.sees(Pod, policy.namespace):
        return None
    if selector.match_labels:
        return len(wiring.selected(policy.namespace, selector))
    return sum(selector.accepts(pod.labels) for pod in everything)


def _allowed(peers: Iterable[Peer], ports: Iterable[PolicyPort]) -> str:
    """A rule in a few words: "app=web in all namespaces, port 8080"."""
    who = [_peer(peer) for peer in peers] or ["everybody"]
    if len(who) > _MOST_WORDS:
        who = [*who[:_MOST_WORDS], f"{len(who) - _MOST_WORDS} more"]
    where = [_port(port) for port in ports]
    return " or ".join(who) + (f", port {', '.join(where)}" if where else "")


def _peer(peer: Peer) -> str:
    if peer.ip_block is not None:
        return peer.ip_block.cidr
    pods = (_selector(peer.pod_selector) if peer.pod_selector else "") or "all pods"
    if peer.namespace_selector is None:
        return pods
    return f"{pods} in {_selector(peer.namespace_selector) or 'all namespaces'}"


def _port(port: PolicyPort) -> str:
    first = "any" if port.port is None else str(port.port)
    return f"{first} to {port.end_port}" if port.end_port else first


def _selector(selector: Selector) -> str:
    pairs = [f"{key}={value}" for key, value in selector.match_labels.items()]
    pairs += [
        f"{entry.key} {entry.operator} {','.join(entry.values)}".strip()
        for entry in selector.match_expressions
    ]
    return ", ".join(pairs)


def _tab(snapshot: Snapshot, view: str, found: int) -> ViewTab:
    """How many rows a view has; `found` ways in."""
    shape = VIEWS[view]
    many = len(snapshot.all(shape))
    return ViewTab(
        view, None if not many and not snapshot.sees(shape) else found if shape is Ingress else many
    )
