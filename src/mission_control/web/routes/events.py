"""Events: what the cluster reports, each happening told once."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.services.happenings import EventQuery, Happenings, happenings
from mission_control.web.asker import Parts
from mission_control.web.routes.asked import ASK, Ask


@get(
    ["/events", "/events.json"],
    opt={"permission": Permission.VIEW_OBJECTS, "template": "events/page.html"},
    summary="What the cluster reports, told once and counted",
    dependencies=ASK,
    sync_to_thread=False,
)
def events_page(
    parts: Parts,
    ask: NamedDependency[Ask],
    namespace: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    event_type: Annotated[str, QueryParameter(name="type", description="Warning or Normal")] = "",
    about: Annotated[str, QueryParameter(description="an object: Kind/namespace/name")] = "",
    within: Annotated[str, QueryParameter(description="5m, 15m or 1h")] = "",
) -> Happenings:
    """The happenings that the address asks for."""
    judged = parts.judgements.latest
    query = EventQuery(namespace, event_type, kind, about, within, ask.text, ask.sort, ask.page)
    return happenings(judged.snapshot, judged.health, query, parts.account)
