"""The live stream: how a change in the cluster reaches an open page.

It says only "version 812"; a tab then asks for the inside of its own address and morphs it in. So a slow tab
has no queue that could overflow: it simply gets the newest version next. Tabs of one browser share one stream
(`islands/stream.js`), because a browser allows six connections to a host.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from litestar import get
from litestar.datastructures import State
from litestar.response import ServerSentEvent, ServerSentEventMessage

from mission_control.access.permissions import Permission
from mission_control.web.parts import Judgements

BEAT = 5.0  # seconds between signs of life, so that a dead connection is noticed


@get("/live", opt={"permission": Permission.VIEW_HEALTH}, include_in_schema=False, sync_to_thread=False)
def live(state: State) -> ServerSentEvent:
    """The stream of versions."""
    return ServerSentEvent(versions(state["parts"].judgements), retry_duration=1000)


async def versions(judgements: Judgements, beat: float = BEAT) -> AsyncIterator[ServerSentEventMessage]:
    """The version now and each newer one; a beat whenever nothing changed for a while."""
    version = judgements.latest.version
    yield ServerSentEventMessage(str(version), event="changed")
    while True:
        try:
            version = await asyncio.wait_for(judgements.wait(version), beat)
        except TimeoutError:
            yield ServerSentEventMessage("", event="beat")
        else:
            yield ServerSentEventMessage(str(version), event="changed")
