"""Coming in with the one-time token, choosing a theme, and the sign of life."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from mission_control.access.permissions import Permission
from mission_control.web.asking import THEMES, own_address
from mission_control.web.parts import SiteParts
from mission_control.web.security import NotSignedIn, cookie_name, has_session

_YEAR = 365 * 24 * 3600


@get("/enter", opt={"permission": Permission.PUBLIC}, include_in_schema=False)
async def enter(request: Request[Any, Any, State], token: FromQuery[str] = "") -> Redirect:
    """Spend the token of the printed address for a session; a browser that has one already just goes on."""
    parts: SiteParts = request.app.state["parts"]
    origin = request.client.host if request.client else ""
    session = parts.door.enter(token)
    if session is None:
        if has_session(request):
            return Redirect("/", status_code=303)
        await parts.entrance.was_refused(origin)
        raise NotSignedIn
    await parts.entrance.came_in(origin)
    cookie = Cookie(
        key=cookie_name(request.headers.get("host", "")),
        value=session,
        httponly=True,
        samesite="strict",
        secure=request.scope["scheme"] == "https",
    )
    return Redirect("/", status_code=303, cookies=[cookie])


@post("/theme", opt={"permission": Permission.PUBLIC}, include_in_schema=False, sync_to_thread=False)
def choose_theme(
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Keep a theme in this browser and go back to the page it was chosen on."""
    theme = data.get("theme", "auto")
    cookie = Cookie(
        key="mc_theme", value=theme if theme in THEMES else "auto", max_age=_YEAR, samesite="strict"
    )
    return Redirect(own_address(data.get("back", "/")), status_code=303, cookies=[cookie])


@get("/healthz", opt={"permission": Permission.PUBLIC}, include_in_schema=False, sync_to_thread=False)
def sign_of_life() -> dict[str, str]:
    """That the process answers; it says nothing about any cluster."""
    return {"status": "ok"}
