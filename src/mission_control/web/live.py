"""The live stream: how a change in the cluster reaches an open page.

It says only "version 812"; a tab then asks for the inside of its own address and morphs it in. So a slow tab
has no queue that could overflow: it simply gets the newest version next. Tabs of one browser share one stream
(`islands/stream.js`), because a browser allows six connections to a host.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from litestar import get
from litestar.datastructures import State
from litestar.response import ServerSentEvent, ServerSentEventMessage

from mission_control.access.permissions import Permission
from mission_control.services.views import ViewOf, Whole
from mission_control.web.asker import Parts, asker_of
from mission_control.web.asking import AnyRequest
from mission_control.web.parts import SiteParts, stamp

BEAT = 5.0  # seconds between signs of life, so that a dead connection is noticed


@get("/live", opt={"permission": Permission.VIEW_HEALTH}, include_in_schema=False, sync_to_thread=False)
def live(request: AnyRequest, state: State, parts: Parts) -> ServerSentEvent:
    """The stream of versions, until the browser, the session or the console goes."""
    asker, sessions = asker_of(request), parts.gate.sessions

    def is_open() -> bool:
        return asker is not None and sessions.is_open(asker.session)

    return ServerSentEvent(versions(parts, state["closing"], is_open=is_open), retry_duration=1000)


async def versions(
    parts: SiteParts,
    closing: asyncio.Event,
    beat: float = BEAT,
    is_open: Callable[[], bool] = lambda: True,
) -> AsyncGenerator[ServerSentEventMessage, None]:
    """The version now and each newer one; a beat whenever nothing changed for a while.

    Whether the session `is_open` is asked before anything is told.
    """
    told = ""
    while not closing.is_set() and is_open():
        now, version = stamp(parts), parts.judgements.latest.version
        if now != told:
            yield ServerSentEventMessage(now, event="changed")
        else:
            yield ServerSentEventMessage("", event="beat")
        told = now
        await _news(parts.judgements, version, closing, beat)


async def _news(judgements: Whole | ViewOf, after: int, closing: asyncio.Event, beat: float) -> None:
    """Return on a newer version, when the console closes, or after a while."""
    waits = [asyncio.ensure_future(judgements.wait(after)), asyncio.ensure_future(closing.wait())]
    try:
        await asyncio.wait(waits, timeout=beat, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
