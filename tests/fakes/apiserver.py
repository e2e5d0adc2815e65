"""An API server in memory: pages, watches, bookmarks, versions, and every fault one can ask of it.

It answers through httpx2's mock transport, so the whole client is real but for the socket. Faults are put on
a resource ("pods") and a verb ("list", "watch") and happen once each, in the order they were given.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from mission_control.cluster.connection import Connection
from mission_control.cluster.troubles import Place
from mission_control.domain.kinds import KINDS

Obj = dict[str, Any]
EVERYWHERE = ""
_GROUPS = {kind.plural: kind.group for kind in KINDS}
GONE, UNAUTHORISED, FORBIDDEN, NOT_FOUND = 410, 401, 403, 404


@dataclass(frozen=True)
class Refuse:
    """Answers with this HTTP status."""

    code: int
    reason: str = ""


@dataclass(frozen=True)
class Break:
    """The connection fails before there is an answer."""


@dataclass(frozen=True)
class Say:
    """A watch that sends these bytes and then ends; `cut`: it ends in the middle of a chunk, as an error."""

    text: bytes = b""
    cut: bool = False


@dataclass(frozen=True)
class Hang:
    """A watch that sends these bytes and then nothing, ever, although things change."""

    text: bytes = b""


Fault = Refuse | Break | Say | Hang


@dataclass
class Watcher:
    """An open watch."""

    resource: str
    namespace: str | None
    partial: bool  # metadata only
    queue: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._parts


@dataclass
class Asked:
    """A request as the server saw it."""

    at: float
    verb: str
    resource: str
    namespace: str | None
    params: dict[str, str]
    accept: str


class FakeApi:
    """The server. `version` is that of its newest change; `oldest` the first a watch may begin from.

    `denied` holds verb, resource and namespace: None denies it wherever it is asked, EVERYWHERE only the
    question for all namespaces. With a `token` only its bearer is let in; `date` is the server's own clock.
    """

    def __init__(self) -> None:
        self.version = 100
        self.oldest = 0
        self.objects: dict[str, dict[tuple[str, str], Obj]] = defaultdict(dict)
        self.asked: list[Asked] = []
        self.reviewed: list[tuple[str, str, str | None]] = []
        self.faults: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self.denied: set[tuple[str, str, str | None]] = set()
        self.served_groups = {k.group for k in KINDS if k.group and not k.optional}
        self.is_down = False
        self.token = ""
        self.date: Callable[[], str] | None = None
        self._history: list[tuple[int, str, str, Obj]] = []
        self._pages: dict[str, tuple[int, int, list[Obj]]] = {}
        self._watchers: list[Watcher] = []

    # --- what happens in the cluster ---
    def put(self, resource: str, namespace: str, name: str, **more: Any) -> Obj:
        """Creates or replaces an object."""
        known = (namespace, name) in self.objects[resource]
        self.version += 1
        meta: Obj = {"name": name, "uid": f"uid-{resource}-{name}", "resourceVersion": str(self.version)}
        if namespace:
            meta["namespace"] = namespace
        meta.update(more.pop("metadata", {}))
        item: Obj = {"metadata": meta, **more}
        self.objects[resource][namespace, name] = item
        self._happen(resource, "MODIFIED" if known else "ADDED", item)
        return item

    def deny_everywhere(self) -> None:
        """Takes all rights but those within namespaces."""
        self.denied |= {(verb, kind.plural, EVERYWHERE) for kind in KINDS for verb in ("list", "watch")}

    def delete(self, resource: str, namespace: str, name: str) -> None:
        """Deletes an object."""
        self.version += 1
        item = copy.deepcopy(self.objects[resource].pop((namespace, name)))
        item["metadata"]["resourceVersion"] = str(self.version)
        self._happen(resource, "DELETED", item)

    def bookmark(self) -> None:
        """Sends a bookmark to every watch."""
        for watcher in self._watchers:
            watcher.queue.put_nowait(line("BOOKMARK", {"metadata": {"resourceVersion": str(self.version)}}))

    def compact(self) -> None:
        """Forgets all history: a watch may only begin from now on."""
        self.oldest = self.version
        self._history.clear()

    def forget(self) -> None:
        """Forgets what nobody can ask for any more, so that a long run holds no more than a short one."""
        self._history = self._history[-100:]
        self.oldest = max(self.oldest, self._history[0][0] - 1) if self._history else self.oldest
        self._pages.clear()

    def close_watches(self) -> None:
        """Ends every open watch in order."""
        for watcher in self._watchers:
            watcher.queue.put_nowait(None)

    def watching(self, resource: str) -> int:
        """How many watches of the resource are open."""
        return sum(watcher.resource == resource for watcher in self._watchers)

    def requests(self, resource: str, verb: str) -> list[Asked]:
        """The requests for a resource so far."""
        return [asked for asked in self.asked if (asked.resource, asked.verb) == (resource, verb)]

    def _happen(self, resource: str, kind: str, item: Obj) -> None:
        event = (self.version, resource, kind, copy.deepcopy(item))
        self._history.append(event)
        for watcher in self._watchers:
            if _covers(watcher, resource, item):
                watcher.queue.put_nowait(line(kind, _seen(item, partial=watcher.partial)))

    # --- how it answers ---
    def connection(self, namespace: str = "default", auth: httpx2.Auth | None = None) -> Connection:
        """A connection to this server."""
        transport = httpx2.MockTransport(self.answer)
        client = httpx2.AsyncClient(base_url="http://fake", transport=transport, auth=auth)
        connection = Connection(client, Place("http://fake", "fake"), namespace)
        connection.version = "v1.34.4"
        return connection

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to one request."""
        if self.is_down:
            raise httpx2.ConnectError("down", request=request) from ConnectionRefusedError()
        given = self._answer(request)
        if self.date:
            given.headers["Date"] = self.date()
        return given

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return status(UNAUTHORISED, "Unauthorized", "Unauthorized")
        params = dict(request.url.params)
        resource, namespace = _parts(request.url.path)
        if not resource or request.method == "POST":
            return self._own_right(request) if resource else self._discovery(request.url.path)
        verb = "watch" if params.get("watch") else "list"
        accept = request.headers["Accept"]
        at = asyncio.get_running_loop().time()
        self.asked.append(Asked(at, verb, resource, namespace, params, accept))
        waiting = self.faults[resource, verb]
        if waiting:
            return self._fail(waiting.popleft(), request)
        if refusal := self._refusal(verb, resource, namespace):
            return refusal
        partial = "PartialObjectMetadata" in accept
        if verb == "watch":
            return self._watch(resource, namespace, int(params["resourceVersion"]), partial=partial)
        return self._list(resource, namespace, params, partial=partial)

    def _refusal(self, verb: str, resource: str, namespace: str | None) -> httpx2.Response | None:
        if {(verb, resource, None), (verb, resource, namespace or EVERYWHERE)} & self.denied:
            says = (
                f'{resource} is forbidden: User "someone" cannot {verb} resource "{resource}" in API group ""'
            )
            return status(FORBIDDEN, "Forbidden", says)
        if _GROUPS.get(resource, "") not in {"", *self.served_groups}:
            return httpx2.Response(NOT_FOUND, content=b"404 page not found")
        return None

    def _own_right(self, request: httpx2.Request) -> httpx2.Response:
        right: Obj = json.loads(request.content)["spec"]["resourceAttributes"]
        self.reviewed.append((right["verb"], right["resource"], right.get("namespace")))
        refusal = self._refusal(right["verb"], right["resource"], right.get("namespace"))
        return httpx2.Response(201, json={"status": {"allowed": refusal is None}})

    def _discovery(self, path: str) -> httpx2.Response:
        group = path.split("/")[2] if path.startswith("/apis/") else ""
        if group not in self.served_groups:
            return status(NOT_FOUND, "NotFound", "the server could not find the requested resource")
        names = [{"name": kind.plural} for kind in KINDS if kind.group == group]
        return httpx2.Response(200, json={"kind": "APIResourceList", "resources": names})

    def _fail(self, fault: Fault, request: httpx2.Request) -> httpx2.Response:
        match fault:
            case Refuse(code, reason):
                return status(code, reason, f"refused with {code}")
            case Break():
                raise httpx2.ReadError("broken", request=request)
            case Say(text, cut):
                return httpx2.Response(200, stream=_Stream(_say(text, cut=cut)))
            case Hang(text):
                return httpx2.Response(200, stream=_Stream(_hang(text)))

    def _list(
        self, resource: str, namespace: str | None, params: dict[str, str], *, partial: bool
    ) -> httpx2.Response:
        version = self.version
        items = [
            _seen(item, partial=partial)
            for item in self.objects[resource].values()
            if namespace in (None, item["metadata"].get("namespace"))
        ]
        offset, limit = 0, int(params.get("limit", "0")) or len(items)
        if token := params.get("continue"):
            if token not in self._pages:
                return status(GONE, "Expired", "The provided continue parameter is too old")
            version, offset, items = self._pages.pop(token)
        meta: Obj = {"resourceVersion": str(version)}
        if offset + limit < len(items):
            meta["continue"] = f"{version}.{offset + limit}.{len(self._pages)}"
            self._pages[meta["continue"]] = (version, offset + limit, items)
        return httpx2.Response(200, json={"metadata": meta, "items": items[offset : offset + limit]})

    def expire_pages(self) -> None:
        """Makes every token for a next page too old."""
        self._pages.clear()

    def _watch(self, resource: str, namespace: str | None, since: int, *, partial: bool) -> httpx2.Response:
        if since < self.oldest:
            return status(GONE, "Expired", "too old resource version")
        watcher = Watcher(resource, namespace, partial)
        for version, what, kind, item in self._history:
            if version > since and _covers(watcher, what, item):
                watcher.queue.put_nowait(line(kind, _seen(item, partial=partial)))
        self._watchers.append(watcher)
        return httpx2.Response(200, stream=_Stream(self._sent(watcher)))

    async def _sent(self, watcher: Watcher) -> AsyncIterator[bytes]:
        try:
            while (part := await watcher.queue.get()) is not None:
                yield part
        finally:
            self._watchers.remove(watcher)


def line(kind: str, item: Obj) -> bytes:
    """One line of a watch."""
    return json.dumps({"type": kind, "object": item}).encode() + b"\n"


def gone_event() -> bytes:
    """The line by which a server says within a stream that the version is no longer kept."""
    return line(
        "ERROR", {"kind": "Status", "metadata": {}, "status": "Failure", "reason": "Expired", "code": GONE}
    )


def status(code: int, reason: str, message: str) -> httpx2.Response:
    """A failure as the API server words it."""
    body = {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code}
    return httpx2.Response(code, json=body)


async def _say(text: bytes, *, cut: bool) -> AsyncIterator[bytes]:
    if text:
        yield text
    if cut:
        raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


async def _hang(text: bytes) -> AsyncIterator[bytes]:
    if text:
        yield text
    await asyncio.get_running_loop().create_future()


def _seen(item: Obj, *, partial: bool) -> Obj:
    return {"metadata": item["metadata"]} if partial else item


def _covers(watcher: Watcher, resource: str, item: Obj) -> bool:
    return resource == watcher.resource and watcher.namespace in (None, item["metadata"].get("namespace"))


def _parts(path: str) -> tuple[str, str | None]:
    """Resource and namespace of a collection's path; no resource for a discovery document."""
    rest = path.strip("/").split("/")
    rest = rest[2:] if rest[0] == "api" else rest[3:]
    if len(rest) == 3 and rest[0] == "namespaces":
        return rest[2], rest[1]
    return (rest[0], None) if rest else ("", None)
