"""Workloads: pods and what makes them, as the address asks for them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.workloads import Query, Workloads, workloads
from mission_control.web.asker import Parts
from mission_control.web.routes.asked import ASK, Ask


@get(
    ["/workloads", "/workloads.json"],
    opt={"permission": Permission.VIEW_WORKLOADS, "template": "workloads/page.html"},
    summary="Pods and what makes them, sorted, filtered, a hundred at a time",
    dependencies=ASK,
    sync_to_thread=False,
)
def workloads_page(
    parts: Parts,
    ask: NamedDependency[Ask],
    kind: FromQuery[str] = "pods",
    namespace: FromQuery[str] = "",
    installation: Annotated[str, QueryParameter(description='namespace/release, or "none"')] = "",
) -> Workloads:
    """The rows that the address asks for."""
    judged = parts.judgements.latest
    query = Query(kind, namespace, ask.text, ask.sort, ask.page, ask.wrong, installation)
    return workloads(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), query, parts.products)
