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
from mission_control.domain.accepted import unfold
from mission_control.domain.verdict import Subject
from mission_control.services.accepted import Acceptances, Refusal, Wish, no_such_acceptance
from mission_control.web.asker import Parts, asker_of, by, sees_all, whole_parts
from mission_control.web.asking import own_address
from mission_control.web.errors import NotDone
from mission_control.web.parts import SiteParts
from mission_control.web.security import NotYours, tell_refusal

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
async def accept(request: AnyRequest, parts: Parts, data: Form) -> Redirect:
    """Accept the finding that the form names, for as long as it says.

    It has to be one that the person sees; what is kept is how it looks in the whole picture, which is judged.
    """
    accepted = _acceptances(parts)
    until = data.get("lasts", "")
    if until not in LASTS:
        raise NotDone("The form did not say for how long.", "Choose a time, or until it changes.")
    subject = Subject(data.get("kind", ""), data.get("namespace", ""), data.get("name", ""))
    wish = Wish(data.get("code", ""), subject, data.get("reason", ""), LASTS[until])
    seen = parts.judgements.latest
    whole = whole_parts(request).judgements.latest
    if any(finding.key == wish.key for finding in unfold(seen.health).findings):
        await _may(request, subject.namespace)
        seen = whole
    return _done(await accepted.accept(seen.snapshot, seen.health, wish, by(request)), data)


@post("/accepted/{number:int}/revoke", opt={"permission": Permission.ACCEPT}, include_in_schema=False)
async def revoke(request: AnyRequest, parts: Parts, number: FromPath[int], data: Form) -> Redirect:
    """End an acceptance now; its finding counts again. One that the person does not see is not there."""
    accepted = _acceptances(parts)
    shown = {entry.acceptance for entry in parts.judgements.latest.health.accepted}
    kept = next((entry for entry in accepted.in_force if entry.number == number), None)
    if kept is not None and kept.acceptance in shown:
        await _may(request, kept.acceptance.subject.namespace)
    elif not sees_all(request):
        return _done(no_such_acceptance(number), data)
    return _done(await accepted.revoke(number, by(request)), data)


async def _may(request: AnyRequest, namespace: str) -> None:
    """Refuse whoever may not accept what is in a namespace that they see."""
    asker = asker_of(request)
    if asker is None or not asker.person.may(Permission.ACCEPT, namespace):
        await tell_refusal(request, Permission.ACCEPT, namespace)
        raise NotYours(Permission.ACCEPT, namespace)


def _acceptances(parts: SiteParts) -> Acceptances:
    if parts.accepted is None:
        raise NotDone("This console keeps no state of its own, so nothing can be accepted.", "")
    return parts.accepted


def _done(kept: object, data: dict[str, str]) -> Redirect:
    """Back to the page of the form, which shows the change."""
    if isinstance(kept, Refusal):
        raise NotDone(kept.says, kept.fix)
    return Redirect(own_address(data.get("back", "")), status_code=303)
