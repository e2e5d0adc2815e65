"""Asks the product's own endpoints, as its pack names them, through nothing but the API server.

That needs the opt-in right `get services/proxy`. Where it is not given, where a component has no Service and
where nobody answers, the account says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Unreachable
from mission_control.cluster.permissions import Question, review
from mission_control.cluster.raw import service_path, whole
from mission_control.domain.bundle import layout
from mission_control.domain.objects import Service
from mission_control.domain.product import Endpoint, Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health, InstallationHealth
from mission_control.services.diagnostics.gathering import Gathering

_MOST = 1 << 20


async def record_endpoints(
    connection: Connection,
    products: Iterable[Product],
    health: Health,
    snapshot: Snapshot,
    gathering: Gathering,
) -> None:
    """Ask what the packs of the installations name. Raises Unreachable when the API server is gone."""
    packs = {pack.key: pack for pack in products}
    for installation in health.installations:
        pack = packs.get(installation.product)
        if pack is None or not pack.diagnostics:
            continue
        namespace = installation.namespace
        (answer,) = await review(connection, [Question("get", "", "services/proxy", namespace)])
        if not answer.is_allowed:
            what = f"{pack.title}'s own endpoints in {namespace}"
            gathering.missing(what, "They may not be asked.", f"get services/proxy in {namespace}")
            continue
        for endpoint, service in _asked(pack, installation, snapshot):
            await _ask(connection, installation, endpoint, service, gathering)


def _asked(
    pack: Product, installation: InstallationHealth, snapshot: Snapshot
) -> Iterator[tuple[Endpoint, Service | None]]:
    """Each endpoint of a component that is there, with the Service that leads to it."""
    workloads = {c.key: {w.name for w in c.workloads} for c in installation.components if c.workloads}
    services = snapshot.within(Service, installation.namespace)
    for endpoint in pack.diagnostics:
        names = workloads.get(endpoint.component)
        if names is not None:
            found = (s for s in services if s.name in names and _has_port(s, endpoint.port))
            yield endpoint, next(found, None)


def _has_port(service: Service, port: int) -> bool:
    return any(entry.port == port for entry in service.spec.ports)


async def _ask(
    connection: Connection,
    installation: InstallationHealth,
    endpoint: Endpoint,
    service: Service | None,
    gathering: Gathering,
) -> None:
    name = f"{endpoint.component} {endpoint.path}"
    if service is None:
        gathering.missing(name, f"No Service leads to its port {endpoint.port}.")
        return
    path = service_path(installation.namespace, service.name, str(endpoint.port), endpoint.path)
    try:
        content = await whole(connection, path, _MOST)
    except Unreachable:
        raise
    except ClusterError as error:
        gathering.missing(name, error.says)
        return
    steps = (installation.namespace, endpoint.component, endpoint.path.strip("/").replace("/", "_"))
    await gathering.put_text(f"endpoints/{'/'.join(map(layout.part, steps))}.txt", content)
