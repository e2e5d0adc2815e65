"""Accepting a finding as expected, and taking that back: the only changes that this site makes.

They change what counts here and nothing in the cluster. Each is told in the audit by the service behind it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Request, post
from litestar.datastructures import State
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from mission_control.access.permissions import Permission
from mission_control.domain.verdict import Subject
from mission_control.services.accepted import Acceptances, By, Refusal, Wish
from mission_control.web.asking import own_address
from mission_control.web.errors import NotDone
from mission_control.web.parts import SiteParts
from mission_control.web.security import check_seal

LASTS: dict[str, timedelta | None] = {
    "8h": timedelta(hours=8),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "change": None,
}
AnyRequest = Request[Any, Any, State]
Form = URLEncodedBody[dict[str, str]]


@post("/accept", opt={"permission": Permission.ACCEPT}, include_in_schema=False)
async def accept(request: AnyRequest, data: Form) -> Redirect:
    """Accept the finding that the form names, for as long as it says."""
    parts, accepted = _parts(request, data)
    until = data.get("lasts", "")
    if until not in LASTS:
        raise NotDone("The form did not say for how long.", "Choose a time, or until it changes.")
    subject = Subject(data.get("kind", ""), data.get("namespace", ""), data.get("name", ""))
    wish = Wish(data.get("code", ""), subject, data.get("reason", ""), LASTS[until])
    judged = parts.judgements.latest
    return _done(await accepted.accept(judged.snapshot, judged.health, wish, _by(request, parts)), data)


@post("/accepted/{number:int}/revoke", opt={"permission": Permission.ACCEPT}, include_in_schema=False)
async def revoke(request: AnyRequest, number: FromPath[int], data: Form) -> Redirect:
    """End an acceptance now; its finding counts again."""
    parts, accepted = _parts(request, data)
    return _done(await accepted.revoke(number, _by(request, parts)), data)


def _parts(request: AnyRequest, data: dict[str, str]) -> tuple[SiteParts, Acceptances]:
    parts: SiteParts = request.app.state["parts"]
    check_seal(parts.door, data.get("seal", ""))
    if parts.accepted is None:
        raise NotDone("This console keeps no state of its own, so nothing can be accepted.", "")
    return parts, parts.accepted


def _by(request: AnyRequest, parts: SiteParts) -> By:
    return By(parts.who, request.client.host if request.client else "")


def _done(kept: object, data: dict[str, str]) -> Redirect:
    """Back to the page of the form, which shows the change."""
    if isinstance(kept, Refusal):
        raise NotDone(kept.says, kept.fix)
    return Redirect(own_address(data.get("back", "")), status_code=303)
