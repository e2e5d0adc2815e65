"""Workloads: pods and what makes them, as the address asks for them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.workloads import Query, Workloads, workloads


@get(
    ["/workloads", "/workloads.json"],
    opt={"permission": Permission.VIEW_WORKLOADS, "template": "workloads/page.html"},
    summary="Pods and what makes them, sorted, filtered, a hundred at a time",
    sync_to_thread=False,
)
def workloads_page(
    state: State,
    kind: FromQuery[str] = "pods",
    namespace: FromQuery[str] = "",
    text: Annotated[str, QueryParameter(name="q", description="words of name, namespace, state, node")] = "",
    sort: FromQuery[str] = "verdict",
    page: Annotated[int, QueryParameter(ge=1)] = 1,
    only: Annotated[str, QueryParameter(description='"wrong" for what is not well')] = "",
) -> Workloads:
    """The rows that the address asks for."""
    parts = state["parts"]
    judged = parts.judgements.latest
    query = Query(kind, namespace, text, sort, page, only == "wrong")
    return workloads(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), query)
