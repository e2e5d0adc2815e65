"""The timeline: what changed and happened, of everything, an installation or an object."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.services.chronicle import Chronicle
from mission_control.services.timeline import SPAN, TimelinePage, TimelineQuery, timeline
from mission_control.web.asker import Parts
from mission_control.web.routes.asked import ASK, Ask


class Time(msgspec.Struct, frozen=True):
    """Which time is asked for."""

    within: str
    begin: str
    end: str


def _time(
    within: Annotated[str, QueryParameter(description="15m, 1h, 6h, 24h, 7d or 30d until now")] = SPAN,
    begin: Annotated[str, QueryParameter(name="from", description="a moment in ISO 8601 with its zone")] = "",
    end: Annotated[str, QueryParameter(name="to", description="a moment in ISO 8601 with its zone")] = "",
) -> Time:
    return Time(within, begin, end)


@get(
    ["/timeline", "/timeline.json"],
    opt={"permission": Permission.VIEW_TIMELINE, "template": "timeline/page.html"},
    summary="What changed and happened, the newest first",
    dependencies={**ASK, "time": Provide(_time, sync_to_thread=False)},
)
async def timeline_page(
    parts: Parts,
    ask: NamedDependency[Ask],
    time: NamedDependency[Time],
    installation: Annotated[str, QueryParameter(description="namespace/release")] = "",
    component: FromQuery[str] = "",
    kind: Annotated[str, QueryParameter(description="event, rollout, restart, scaling, release …")] = "",
    about: Annotated[str, QueryParameter(description="an object: Kind/namespace/name")] = "",
) -> TimelinePage:
    """The entries that the address asks for."""
    judged = parts.judgements.latest
    about_what = (installation, component, kind, about)
    query = TimelineQuery(*about_what, time.within, time.begin, time.end, ask.text, page=ask.page)
    chronicle = parts.chronicle or Chronicle(parts.products, parts.clock)
    return await timeline(chronicle, judged.snapshot, judged.health, query, parts.account, parts.view)
