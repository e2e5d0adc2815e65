"""Coming in and going out, and choosing a theme.

Whoever comes in gets a new session whatever cookie the browser had, so that an id that somebody else put
there is worth nothing; the session of that cookie ends.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Response

from mission_control.access.gate import Admitted, Turned
from mission_control.access.permissions import Permission
from mission_control.web.asker import asker_of, caller_of, cookie_name, session_id_of, whole_parts
from mission_control.web.asking import THEMES, own_address
from mission_control.web.security import NotSignedIn
from mission_control.web.sign_in import SignInPage, sign_in_page

AnyRequest = Request[Any, Any, State]
Form = URLEncodedBody[dict[str, str]]
_YEAR = 365 * 24 * 3600
_UNAUTHORISED, _TOO_MANY = 401, 429


@get("/enter", opt={"permission": Permission.PUBLIC}, include_in_schema=False)
async def enter(request: AnyRequest, token: FromQuery[str] = "") -> Redirect:
    """Spend the token of the printed address for a session; a browser that has one already just goes on."""
    admitted = await whole_parts(request).gate.with_ticket(token, caller_of(request))
    if admitted is None:
        if asker_of(request) is not None:
            return Redirect("/", status_code=303)
        raise NotSignedIn
    return await let_in(request, admitted, "/")


@get("/sign-in", opt={"permission": Permission.PUBLIC}, include_in_schema=False)
async def sign_in_form(
    request: AnyRequest, back: FromQuery[str] = "/", view: FromQuery[str] = "account"
) -> Response[bytes]:
    """The form; whoever is in already goes on."""
    if whole_parts(request).gate.accounts is None:
        raise NotSignedIn
    if asker_of(request) is not None:
        return Response(b"", status_code=303, headers={"location": own_address(back)})
    return sign_in_page(request, SignInPage(back, "token" if view == "token" else "account"), 200)


@post("/sign-in", opt={"permission": Permission.PUBLIC}, include_in_schema=False)
async def sign_in(request: AnyRequest, data: Form) -> Response[bytes] | Redirect:
    """Come in with an account or with a token of the cluster."""
    gate, caller = whole_parts(request).gate, caller_of(request)
    view = "token" if data.get("view") == "token" else "account"
    if view == "token":
        outcome = await gate.with_token(data.get("token", ""), caller)
    else:
        outcome = await gate.with_password(data.get("name", ""), data.get("password", ""), caller)
    if isinstance(outcome, Turned):
        page = SignInPage(data.get("back", "/"), view, "", outcome.says, outcome.fix, outcome.wait)
        return sign_in_page(request, page, _TOO_MANY if outcome.wait else _UNAUTHORISED)
    return await let_in(request, outcome, own_address(data.get("back", "/")))


@post("/sign-out", opt={"permission": Permission.OWN_ACCOUNT}, include_in_schema=False)
async def sign_out(request: AnyRequest) -> Redirect:
    """End this session and forget its cookie."""
    asker = asker_of(request)
    if asker is not None:
        await whole_parts(request).gate.sign_out(asker.session, caller_of(request))
    gone = Cookie(key=cookie_name(request.headers.get("host", "")), value="", max_age=0, httponly=True)
    return Redirect("/sign-in", status_code=303, cookies=[gone])


async def let_in(request: AnyRequest, admitted: Admitted, where: str) -> Redirect:
    """Hand the new session to the browser, and end the one that its cookie had before."""
    sessions = whole_parts(request).gate.sessions
    before = sessions.find(session_id_of(request))
    if before is not None:
        await sessions.end(before.hash)
    cookie = Cookie(
        key=cookie_name(request.headers.get("host", "")),
        value=admitted.session_id,
        httponly=True,
        samesite="strict",
        secure=request.scope["scheme"] == "https",
    )
    return Redirect(where, status_code=303, cookies=[cookie])


@post("/theme", opt={"permission": Permission.PUBLIC}, include_in_schema=False, sync_to_thread=False)
def choose_theme(
    data: Form,
) -> Redirect:
    """Keep a theme in this browser and go back to the page it was chosen on."""
    theme = data.get("theme", "auto")
    cookie = Cookie(
        key="mc_theme", value=theme if theme in THEMES else "auto", max_age=_YEAR, samesite="strict"
    )
    return Redirect(own_address(data.get("back", "/")), status_code=303, cookies=[cookie])
