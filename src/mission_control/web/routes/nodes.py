"""Nodes: what the cluster has to give, what is used of it, and what runs where."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.nodes import NodeQuery, Nodes, nodes


@get(
    ["/nodes", "/nodes.json"],
    opt={"permission": Permission.VIEW_WORKLOADS, "template": "nodes/page.html"},
    summary="The nodes: capacity, use, conditions, taints, versions and what runs where",
    sync_to_thread=False,
)
def nodes_page(
    state: State,
    text: Annotated[str, QueryParameter(name="q", description="words of name, role, zone, taint …")] = "",
    sort: FromQuery[str] = "verdict",
    page: Annotated[int, QueryParameter(ge=1)] = 1,
    only: Annotated[str, QueryParameter(description='"wrong" for what needs a look')] = "",
) -> Nodes:
    """The nodes that the address asks for."""
    parts = state["parts"]
    judged = parts.judgements.latest
    query = NodeQuery(text, sort, page, only == "wrong")
    return nodes(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), query, parts.account)
