"""Logs: the page, its stream, and the download of a whole range."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal
from urllib.parse import quote

import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ValidationException
from litestar.params import FromQuery
from litestar.response import Redirect

from mission_control.access.permissions import Permission
from mission_control.cluster.errors import ClusterError
from mission_control.domain.logs.entries import Entry
from mission_control.domain.logs.filters import ExpressionProblem
from mission_control.services.diagnosis import worst_key
from mission_control.services.logs.logs import Logs
from mission_control.services.logs.page import LogAsk, LogsPage, logs_page
from mission_control.services.logs.query import LogQuery, Unreadable, filtering, moment
from mission_control.services.logs.session import Batch
from mission_control.web import logstream
from mission_control.web.asker import Parts, asker_of, by
from mission_control.web.asking import AnyRequest, address_of, wants_json
from mission_control.web.errors import NotDone
from mission_control.web.logstream import LogFile
from mission_control.web.parts import SiteParts

_READ_SECONDS = 8.0
_TWIN_TAIL, _TWIN_LINES = 200, 2000
_STREAM_SECONDS = 600.0  # after which the browser comes again, and is asked again who it is


_LISTS = ("component", "pod", "container")


def _ask(request: AnyRequest) -> LogAsk:
    """What the address says: `q` and `exclude` are expressions, `since` and `until` 15m or a moment."""
    said: dict[str, object] = {}
    for field in LogAsk.__struct_fields__:
        given = [text for text in request.query_params.getall(field, []) if text]
        if given:
            said[field] = given if field in _LISTS else given[-1]
    try:
        return msgspec.convert(said, LogAsk, strict=False)
    except msgspec.ValidationError as error:
        raise ValidationException(str(error)) from error


_OPT = {"permission": Permission.VIEW_LOGS}
_ASKED = {"ask": Provide(_ask, sync_to_thread=False)}


@get(
    ["/logs", "/logs.json"],
    opt={**_OPT, "template": "logs/page.html"},
    summary="Logs of many containers as one story; as JSON the newest lines",
    dependencies=_ASKED,
)
async def logs_page_route(
    request: AnyRequest, parts: Parts, ask: NamedDependency[LogAsk]
) -> LogsPage | Redirect:
    """What the address asks for. Without anything it is the installation that needs a look first."""
    judged = parts.judgements.latest
    if ask.selection.names_nothing and not wants_json(request):
        key = worst_key(judged.health) or next((one.key for one in judged.health.installations), "")
        if key:
            return Redirect(f"/logs?installation={quote(key)}", status_code=303)
    logs = _logs(parts)
    page = logs_page(judged.snapshot, judged.health, logs.catalog(), ask, address_of(request), logs.kept)
    return (
        await logstream.with_entries(page, _told(logs, parts, ask))
        if wants_json(request)
        else _checked(page, parts)
    )


def _checked(page: LogsPage, parts: SiteParts) -> LogsPage:
    """The page with what is wrong with its expressions or moments."""
    try:
        _query(parts, page.ask, follow=True)
    except (ExpressionProblem, Unreadable) as problem:
        return logstream.with_problem(page, problem.says, problem.fix)
    return page


@get("/logs/stream", opt=_OPT, include_in_schema=False, dependencies=_ASKED)
async def logs_stream(
    request: AnyRequest, state: State, parts: Parts, ask: NamedDependency[LogAsk]
) -> LogFile:
    """The lines as they come, a batch of JSON a line, until the browser, the session or the console goes."""
    asker, sessions = asker_of(request), parts.gate.sessions
    query = _asked(parts, ask, follow=not ask.until and ask.previous != "only")
    session = _logs(parts).session(query)

    def is_open() -> bool:
        return asker is not None and sessions.is_open(asker.session) and not state["closing"].is_set()

    told = logstream.lines(session.batches(), query, is_open, _STREAM_SECONDS)
    return LogFile(told, "application/x-ndjson")


@get(
    "/logs/download", opt=_OPT, summary="A whole range as a file; recorded in the audit", dependencies=_ASKED
)
async def logs_download(
    request: AnyRequest,
    parts: Parts,
    ask: NamedDependency[LogAsk],
    form: FromQuery[Literal["text", "jsonl"]] = "text",
) -> LogFile:
    """All lines of the range, streamed; what is missing is said where it is missing, and at the end."""
    query = _asked(parts, ask, follow=False)
    if parts.note is not None:
        detail = f"{form}, from {ask.since or 'the beginning'} until {ask.until or 'now'}"
        await parts.note(
            by(request), "download-logs", ask.installation or ask.workload or ", ".join(ask.pod), detail
        )
    batches = _logs(parts).session(query).batches()
    told = logstream.as_text(batches) if form == "text" else logstream.as_json_lines(batches)
    kind = "text/plain; charset=utf-8" if form == "text" else "application/x-ndjson"
    name = f"logs-{parts.clock():%Y%m%d-%H%M%S}.{'txt' if form == 'text' else 'jsonl'}"
    return LogFile(told, kind, name)


def _logs(parts: SiteParts) -> Logs:
    if parts.logs is None:
        raise NotDone(
            "This is a recorded picture, which has no logs to follow.", "Ask the live console for them."
        )
    return parts.logs


def _query(parts: SiteParts, ask: LogAsk, *, follow: bool) -> LogQuery:
    now = parts.clock()
    texts = [(text,) if text else () for text in (ask.q, ask.exclude, ask.highlight)]
    wanted = filtering(texts[0], texts[1], texts[2])
    since, until = moment(ask.since, now), moment(ask.until, now)
    return LogQuery(ask.selection, wanted, since, until, ask.tail, follow, ask.previous)


def _asked(parts: SiteParts, ask: LogAsk, *, follow: bool) -> LogQuery:
    """The query, or why it cannot be asked, as the one shape of errors."""
    try:
        return _query(parts, ask, follow=follow)
    except (ExpressionProblem, Unreadable) as problem:
        raise NotDone(problem.says, problem.fix) from problem


async def _told(logs: Logs, parts: SiteParts, ask: LogAsk) -> tuple[Entry, ...]:
    """The newest lines, as far as they can be read in some seconds."""
    query = _asked(parts, ask, follow=False)
    if query.tail is None:
        query = logstream.with_tail(query, _TWIN_TAIL)
    found: list[Entry] = []
    try:
        async with asyncio.timeout(_READ_SECONDS):
            await _collect(logs.session(query).batches(), found)
    except (TimeoutError, ClusterError):
        found.append(Entry(logs.upstreams.now(), "", "Not everything was read in time.", "", "trouble"))
    return tuple(found[-_TWIN_LINES:])


async def _collect(batches: AsyncGenerator[Batch, None], found: list[Entry]) -> None:
    async for batch in batches:
        found += batch.entries
