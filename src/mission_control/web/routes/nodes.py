"""Nodes: what the cluster has to give, what is used of it, and what runs where."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.nodes import NodeQuery, Nodes, nodes
from mission_control.web.asker import Parts
from mission_control.web.routes.asked import ASK, Ask


@get(
    ["/nodes", "/nodes.json"],
    opt={"permission": Permission.VIEW_WORKLOADS, "template": "nodes/page.html"},
    summary="The nodes: capacity, use, conditions, taints, versions and what runs where",
    dependencies=ASK,
    sync_to_thread=False,
)
def nodes_page(
    parts: Parts,
    ask: NamedDependency[Ask],
) -> Nodes:
    """The nodes that the address asks for."""
    judged = parts.judgements.latest
    query = NodeQuery(ask.text, ask.sort, ask.page, ask.wrong)
    return nodes(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), query, parts.account)
