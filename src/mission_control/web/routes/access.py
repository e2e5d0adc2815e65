"""What the console may not see, of one kind or at all, and the Role that would let it."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath, FromQuery

from mission_control.access.permissions import Permission
from mission_control.services.sightless import Sightless, Unread, sightless, unread
from mission_control.web.asker import Parts


@get(
    "/access/{kind:str}",
    opt={"permission": Permission.VIEW_HEALTH, "template": "access/page.html"},
    summary="A refused kind and the Role that would grant it; append .json for JSON",
    sync_to_thread=False,
)
def access_page(parts: Parts, kind: FromPath[str], namespace: FromQuery[str] = "") -> Sightless:
    """Why a kind is not seen, what that leaves out, and how to change it."""
    judged = parts.judgements.latest
    return sightless(judged.snapshot, judged.health, kind.removesuffix(".json"), namespace, parts.account)


@get(
    ["/access", "/access.json"],
    opt={"permission": Permission.VIEW_HEALTH, "template": "access/all.html"},
    summary="All that is refused, and one text of Roles that would grant it",
    sync_to_thread=False,
)
def unread_page(parts: Parts) -> Unread:
    """Every refused kind, and what grants all of them."""
    return unread(parts.judgements.latest.snapshot, parts.account)
