"""Network: the ways in, Services with what is behind them, and policies."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.services.network import NetworkPage, NetworkQuery, network
from mission_control.web.asker import Parts
from mission_control.web.routes.asked import ASK, Ask


@get(
    ["/network", "/network.json"],
    opt={"permission": Permission.VIEW_OBJECTS, "template": "network/page.html"},
    summary="The ways in with their first broken link, Services with their endpoints, policies",
    dependencies=ASK,
    sync_to_thread=False,
)
def network_page(
    parts: Parts,
    ask: NamedDependency[Ask],
    view: Annotated[str, QueryParameter(description="ingress, services or policies")] = "",
    namespace: FromQuery[str] = "",
) -> NetworkPage:
    """The ways in, Services or policies that the address asks for."""
    judged = parts.judgements.latest
    query = NetworkQuery(view, namespace, ask.text, ask.sort, ask.page, ask.wrong)
    return network(judged.snapshot, judged.health, query)
