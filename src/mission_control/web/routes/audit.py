"""Audit: who did what, when, from where, with which result; as a page and as a file to take away."""

from __future__ import annotations

from time import monotonic
from typing import Annotated, Any
from urllib.parse import unquote_plus

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Stream

from mission_control.access.permissions import Permission
from mission_control.services.audit import AuditPage, AuditQuery, AuditRecord, Line
from mission_control.storage.chain import Entry
from mission_control.web.asker import Parts, by, caller_of
from mission_control.web.asking import own_address
from mission_control.web.errors import NotDone
from mission_control.web.parts import SiteParts
from mission_control.web.routes.asked import ASK, Ask
from mission_control.web.tables import FORMS, table

AnyRequest = Request[Any, Any, State]


def _query(
    ask: NamedDependency[Ask],
    who: FromQuery[str] = "",
    action: FromQuery[str] = "",
    result: FromQuery[str] = "",
    within: Annotated[str, QueryParameter(description="1h, 24h, 7d or 30d")] = "",
) -> AuditQuery:
    return AuditQuery(who, action, result, within, ask.text, ask.sort or "at", ask.page)


_FILTER = {**ASK, "wanted": Provide(_query, sync_to_thread=False)}


@get(
    ["/audit", "/audit.json"],
    opt={"permission": Permission.VIEW_AUDIT, "template": "audit/page.html", "fresh": True},
    summary="Who did what here, when, from where, with which result",
    dependencies=_FILTER,
)
async def audit_page(parts: Parts, wanted: NamedDependency[AuditQuery]) -> AuditPage:
    """The entries that the address asks for."""
    return await _record(parts).page(wanted)


@get(
    "/audit/export",
    opt={"permission": Permission.VIEW_AUDIT},
    summary="The entries that the address asks for, the oldest first, as JSON Lines or CSV",
    dependencies=_FILTER,
)
async def export_audit(
    request: AnyRequest,
    parts: Parts,
    wanted: NamedDependency[AuditQuery],
    form: Annotated[str, QueryParameter(description="jsonl or csv")] = "jsonl",
) -> Stream:
    """A file of entries; the export is an entry itself, and the last line of an export without a filter."""
    if form not in FORMS:
        raise NotDone(f"There is no export as {form!r}.", "Choose jsonl or csv.")
    asked = unquote_plus(request.scope["query_string"].decode("latin-1"))
    entry = Entry(by(request).who, "audit.export", form, origin=caller_of(request).origin, detail=asked)
    rows = _record(parts).export(wanted, entry)
    return await table(f"audit-{parts.clock():%Y%m%dT%H%M%SZ}", form, rows, Line)


@post("/audit/verify", opt={"permission": Permission.VIEW_AUDIT}, include_in_schema=False)
async def verify_audit(request: AnyRequest, parts: Parts, data: URLEncodedBody[dict[str, str]]) -> Redirect:
    """Check the chain now, and record that and how it ended."""
    began = monotonic()
    found = await _record(parts).verify()
    took = round((monotonic() - began) * 1000)
    result = "whole" if found.broken_at is None else "broken"
    who = by(request)
    entry = Entry(who.who, "audit.verify", result=result, origin=who.origin, detail=found.says, took_ms=took)
    await _record(parts).record(entry)
    return Redirect(own_address(data.get("back", "/audit")), status_code=303)


def _record(parts: SiteParts) -> AuditRecord:
    if parts.audit is None:
        raise NotDone(
            "This console keeps no state of its own, so there is no audit.", "Start it with `serve`."
        )
    return parts.audit
