"""How the console itself is: signs of life, metrics, and its page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from mission_control.access.permissions import Permission
from mission_control.services.metering import exposition
from mission_control.services.own_health import OwnHealth, Readiness
from mission_control.web.asker import Parts, whole_parts

_NOT_YET = 503
AnyRequest = Request[Any, Any, State]
_OPEN = {"permission": Permission.PUBLIC, "any_host": True}
"""These show nothing of the cluster, and the kubelet or Prometheus ask by the pod's address."""


@get("/healthz", opt=_OPEN, include_in_schema=False, sync_to_thread=False)
def sign_of_life() -> dict[str, str]:
    """That the process answers; it says nothing about any cluster."""
    return {"status": "ok"}


@get("/readyz", opt=_OPEN, include_in_schema=False, sync_to_thread=False)
def readiness(request: AnyRequest) -> Response[Readiness]:
    """Whether pages can be answered. A cluster that is silent, or a full volume, is a page and no reason."""
    parts = whole_parts(request)
    is_stopping = request.app.state["closing"].is_set()
    seen = parts.judgements.latest.snapshot
    known, total = seen.loading
    grave = [
        trouble.kind for trouble in (parts.own_state.troubles if parts.own_state else ()) if trouble.grave
    ]
    ready = Readiness(
        "stopping" if is_stopping else "ready",
        "complete" if total and known == total else "incomplete",
        ", ".join(grave) or "well",
    )
    return Response(ready, status_code=_NOT_YET if is_stopping else 200, media_type="application/json")


@get("/metrics", opt=_OPEN, include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[str]:
    """The console's own health for Prometheus."""
    text = exposition(await whole_parts(request).own_health.look())
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


@get(
    ["/settings/console", "/settings/console.json"],
    opt={"permission": Permission.VIEW_OWN_HEALTH, "template": "settings/console.html", "fresh": True},
    summary="The console's own health: memory, what it costs the API server, its state, its audit",
)
async def own_health_page(parts: Parts) -> OwnHealth:
    """How the console itself is."""
    return await parts.own_health.look()
