"""The replaying API server: HTTP/1.1 with packed pages, discovery, open watches, and a door for the bench.

It answers from bytes that lie ready, so what a client costs is the client's own. Below /replay/ a bench asks
it to let things happen: `POST /replay/live?rate=50&seconds=60`, `POST /replay/mark`, `GET /replay/state`.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import msgspec

from bench.replay.changes import Changes, Line
from bench.replay.pages import Book
from bench.replay.parts import Obj
from bench.replay.world import World
from mission_control.domain.kinds import KINDS

BOOKMARKS = 60.0
_KINDS = {kind.plural: kind for kind in KINDS if not kind.optional}
_VERSION = {"major": "1", "minor": "34", "gitVersion": "v1.34.4", "platform": "linux/amd64"}
_VERBS = ["delete", "get", "list", "patch", "watch"]
_LOG = b"INFO starting\nERROR cannot read configuration: no such file\n"


class Request(msgspec.Struct, frozen=True):
    """One request, taken apart."""

    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]

    @property
    def form(self) -> str:
        """Which of the three forms is asked for."""
        accept = self.headers.get("accept", "")
        return "table" if "as=Table" in accept else "metadata" if "as=PartialObject" in accept else "list"


class Replay:
    """The server of one world."""

    def __init__(self, world: World, book: Book) -> None:
        self.changes = Changes(world)
        self._book = book
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes a connection; its task is ours, so that it ends quietly with the server."""
        self._keep(asyncio.create_task(self.serve(reader, writer)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while request := await _request(reader):
                await self._answer(request, writer)
                await writer.drain()
        writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        parts = request.path.strip("/").split("/")
        if parts[0] == "replay":
            _send(writer, 200, self._door(parts[-1], request.query))
            return
        if (document := _document(request.path)) is not None:
            _send(writer, 200, document)
            return
        plural = parts[-1]
        if parts[-1] == "log":
            _send_bytes(writer, 200, _LOG, "text/plain")
        elif request.path.startswith("/apis/metrics.k8s.io/"):
            self._page(request, writer, f"metrics/{plural}", 0)
        elif plural not in _KINDS or "namespaces" in parts[:-1]:
            _send(writer, 404, {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404})
        elif request.query.get("watch") in ("true", "1"):
            await self._watch(request, writer, plural)
        else:
            self._page(request, writer, f"{request.form}/{plural}", int(request.query.get("continue", 0)))

    def _page(self, request: Request, writer: asyncio.StreamWriter, name: str, number: int) -> None:
        body = self._book.pages[name][number]
        takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
        body = body if takes_gzip else zlib.decompress(body, 31)
        _send_bytes(writer, 200, body, "application/json", "Content-Encoding: gzip\r\n" if takes_gzip else "")

    async def _watch(self, request: Request, writer: asyncio.StreamWriter, plural: str) -> None:
        version = int(request.query.get("resourceVersion") or self.changes.version)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        async for lines in self._lines(plural, version):
            text = b"".join(line.metadata if request.form == "metadata" else line.whole for line in lines)
            writer.write(b"%x\r\n%b\r\n" % (len(text), text))
            await writer.drain()
            if writer.is_closing():
                return

    async def _lines(self, plural: str, version: int) -> AsyncIterator[list[Line]]:
        kind = _KINDS[plural]
        while True:
            found = self.changes.since(plural, version)
            if not found:
                before = self.changes.version
                await self.changes.wait(plural, BOOKMARKS)
                found = self.changes.since(plural, version)
                if not found:
                    about = {"kind": kind.kind, "apiVersion": kind.api_version}
                    about |= {"metadata": {"resourceVersion": str(before)}}  # type: ignore[dict-item]
                    text = msgspec.json.encode({"type": "BOOKMARK", "object": about}) + b"\n"
                    found = [Line(before, text, text)]
            version = found[-1].version
            yield found

    def _door(self, name: str, query: dict[str, str]) -> Obj:
        if name == "mark":
            return {"mark": self.changes.mark()}
        if name == "live":
            self._keep(asyncio.create_task(self.changes.live(float(query["rate"]), float(query["seconds"]))))
        return {"changes": self.changes.made, "counts": self._book.counts, "bytes": self._book.weight}


async def _request(reader: asyncio.StreamReader) -> Request | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    verb, target, _ = head[0].split(" ", 2)
    headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in head[1:]) if key}
    await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Request(verb, path, dict(parse_qsl(query)), headers)


def _send(writer: asyncio.StreamWriter, code: int, tree: Obj) -> None:
    _send_bytes(writer, code, msgspec.json.encode(tree), "application/json")


def _send_bytes(writer: asyncio.StreamWriter, code: int, body: bytes, form: str, more: str = "") -> None:
    head = f"HTTP/1.1 {code} OK\r\nContent-Type: {form}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    writer.write(head.encode() + body)


def _document(path: str) -> Obj | None:
    """The discovery documents, as kubectl asks for them when a server knows no aggregated discovery."""
    groups = sorted({(kind.group, kind.version) for kind in _KINDS.values() if kind.group})
    if path == "/version":
        return dict(_VERSION)
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        named = [
            ({"groupVersion": f"{group}/{version}", "version": version}, group) for group, version in groups
        ]
        listed = [{"name": group, "versions": [one], "preferredVersion": one} for one, group in named]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
    within = path.removeprefix("/apis/").removeprefix("/api/")
    found = [kind for kind in _KINDS.values() if kind.api_version == within]
    if not found:
        return None
    resources = [
        {
            "name": k.plural,
            "singularName": k.kind.lower(),
            "namespaced": k.namespaced,
            "kind": k.kind,
            "verbs": _VERBS,
        }
        for k in found
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": within, "resources": resources}
