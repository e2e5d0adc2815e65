"""Home, which answers whether the cluster is well, and if not, where and why."""

from __future__ import annotations

from litestar import get

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.overview import Home, home
from mission_control.web.asker import Parts


@get(
    ["/", "/.json", "/home.json"],
    opt={"permission": Permission.VIEW_HEALTH, "template": "home/page.html"},
    summary="The whole cluster in one look",
    sync_to_thread=False,
)
def home_page(parts: Parts) -> Home:
    """The cluster in one look."""
    judged = parts.judgements.latest
    return home(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), parts.products)
