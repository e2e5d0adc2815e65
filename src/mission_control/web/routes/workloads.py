"""Workloads: pods and what makes them, as the address asks for them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.workloads import Query, Workloads, workloads


@get(
    ["/workloads", "/workloads.json"],
    opt={"permission": Permission.VIEW_WORKLOADS, "template": "workloads/page.html"},
    summary="Pods and what makes them, sorted, filtered, a hundred at a time",
    sync_to_thread=False,
)
def workloads_page(  # noqa: PLR0913 -- one parameter for each part of the address
    state: State,
    kind: str = "pods",
    namespace: str = "",
    text: Annotated[
        str, Parameter(query="q", description="words of the name, namespace, state or node")
    ] = "",
    sort: str = "verdict",
    page: Annotated[int, Parameter(ge=1)] = 1,
    only: Annotated[str, Parameter(description='"wrong" for what is not well')] = "",
) -> Workloads:
    """The rows that the address asks for."""
    parts = state["parts"]
    judged = parts.judgements.latest
    query = Query(kind, namespace, text, sort, page, only == "wrong")
    return workloads(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), query)
