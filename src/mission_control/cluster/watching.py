"""One watch: from a version on, the changes of a scope in the order they happened.

The stream ends, is cut in the middle of a line, or goes silent; each is normal and ends the iteration, and
the last version of a whole line is where the next watch begins. Only what the server refuses is an error.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx2
import msgspec

from mission_control.cluster.connection import Connection, Params
from mission_control.cluster.decoding import Decoder, Flaw, Key, key_of, version_of
from mission_control.cluster.errors import Busy, Expired, without_tokens
from mission_control.cluster.scope import Scope
from mission_control.cluster.troubles import Status
from mission_control.domain.objects import Object

_GONE = 410


class Line(msgspec.Struct, frozen=True):
    """One line of a watch stream."""

    type: str
    object: msgspec.Raw


class Change(msgspec.Struct, frozen=True):
    """An object as it is now; `item` None: it is gone, or (with `flaw`) it can no longer be read."""

    key: Key
    item: Object | None = None
    flaw: str = ""


class Batch(msgspec.Struct, frozen=True):
    """The changes that arrived together, and the version they lead to."""

    version: str
    changes: list[Change]


async def batches(
    connection: Connection, scope: Scope, decoder: Decoder, version: str, *, silence: float, lasting: int
) -> AsyncIterator[Batch]:
    """The changes after `version`, until the stream ends or is silent for `silence` seconds.

    `lasting`: after how many seconds the server should end it, so that connections move on. Raises Expired
    when the version is no longer kept (as HTTP status or as an event), Busy for another failure that the
    server tells within the stream, any ClusterError when the watch is not granted.
    """
    params: Params = {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": version,
        "timeoutSeconds": lasting,
    }
    async with connection.stream(scope.path, params, scope.watch_form, patience=silence) as response:
        yield Batch(version, [])
        async for lines in _lines(response, silence):
            batch = _batch(decoder, lines, version)
            version = batch.version
            yield batch


async def _lines(response: httpx2.Response, silence: float) -> AsyncIterator[list[bytes]]:
    """The whole lines of each chunk that arrives; what is left when the stream is cut is dropped."""
    rest = bytearray()
    chunks = response.aiter_bytes()
    while True:
        try:
            async with asyncio.timeout(silence):
                chunk = await anext(chunks, None)
        except (TimeoutError, httpx2.HTTPError, OSError):
            chunk = None
        if chunk is None:
            break
        end = chunk.rfind(b"\n")
        if end < 0:
            rest += chunk
            continue
        whole = bytes(rest) + chunk[:end]
        rest = bytearray(chunk[end + 1 :])
        yield [line for line in whole.split(b"\n") if line]
    with contextlib.suppress(httpx2.HTTPError, OSError):
        await response.aclose()


def _batch(decoder: Decoder, lines: list[bytes], version: str) -> Batch:
    changes: list[Change] = []
    for text in lines:
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.MsgspecError as error:
            raise Busy("The API server sent a line that is no watch event.") from error
        body = bytes(line.object)
        if line.type == "ERROR":
            raise _told(body)
        version = version_of(body) or version
        if line.type != "BOOKMARK":
            changes.append(_change(decoder, line.type, body))
    return Batch(version, changes)


def _change(decoder: Decoder, kind: str, body: bytes) -> Change:
    if kind == "DELETED":
        return Change(key_of(body))
    item = decoder.item(body)
    if isinstance(item, Flaw):
        return Change(item.key, None, item.why)
    return Change((item.namespace, item.name), item)


def _told(body: bytes) -> Busy | Expired:
    try:
        status = msgspec.json.decode(body, type=Status)
    except msgspec.MsgspecError:
        status = Status()
    if status.code == _GONE or status.reason in ("Expired", "Gone"):
        return Expired("That version is no longer kept.")
    return Busy(f"The API server ended the watch: {without_tokens(status.message or 'no reason given')}")
