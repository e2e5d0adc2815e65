"""Records the objects: listed anew in pages, redacted, written, and kept slim for the judgement.

What is listed where follows the sights of the live picture, so that a console with few rights records what it
sees and says of the rest what the live console says of it.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from mission_control.archive.writing import Writing
from mission_control.cluster.connection import Connection
from mission_control.cluster.decoding import Decoder, Flaw
from mission_control.cluster.errors import ClusterError, Forbidden, NotFound
from mission_control.cluster.raw import PAGE, pages
from mission_control.cluster.scope import Scope
from mission_control.cluster.sharing import Sharing
from mission_control.domain.bundle import layout
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Event, Object
from mission_control.domain.snapshot import Sight
from mission_control.services.diagnostics.gathering import Gathering, beside

_FEW = 50
"""Objects of a page of those that can be large each."""
_MOST_KEPT, _MOST_KEPT_BYTES = 4000, 16 << 20


class Kept:
    """Whole objects of some namespaces, packed, to be described later; at most some megabytes."""

    def __init__(self, namespaces: frozenset[str]) -> None:
        self._namespaces = namespaces
        self._found: dict[tuple[str, str, str], bytes] = {}
        self._bytes = self.left_out = 0

    def keep(self, kind: str, item: Object, content: bytes) -> None:
        """Keep an object if it is in one of the namespaces."""
        if item.namespace not in self._namespaces or isinstance(item, Event):
            return
        packed = zlib.compress(content, 1)
        if len(self._found) >= _MOST_KEPT or self._bytes + len(packed) > _MOST_KEPT_BYTES:
            self.left_out += 1
            return
        self._bytes += len(packed)
        self._found[kind, item.namespace, item.name] = packed

    def __iter__(self) -> Iterator[tuple[str, str, str, bytes]]:
        """Each as kind, namespace, name and redacted JSON."""
        for (kind, namespace, name), packed in self._found.items():
            yield kind, namespace, name, zlib.decompress(packed)


class ListFile:
    """The file of one kind in one namespace, object by object."""

    def __init__(self, writing: Writing, kind: Kind) -> None:
        self._writing, self._count = writing, 0
        head = {
            "kind": f"{kind.kind}List",
            "apiVersion": kind.api_version,
            "metadata": {"resourceVersion": "1"},
        }
        writing.write(msgspec.json.encode(head)[:-1] + b',"items":[')

    def add(self, content: bytes) -> None:
        """One object more."""
        self._writing.write((b",\n" if self._count else b"\n") + content)
        self._count += 1

    def close(self) -> None:
        """The end of the list."""
        self._writing.write(b"\n]}\n")


class ObjectRecorder:
    """Records kinds one after the other; `objects` and `sights` are what the bundle then holds.

    `kept` are the whole objects of the namespaces that are looked at `closely`.
    """

    def __init__(
        self,
        connection: Connection,
        gathering: Gathering,
        since: datetime | None = None,
        closely: Iterable[str] = (),
    ) -> None:
        self._connection, self._gathering, self._since = connection, gathering, since
        self._sharing = Sharing()
        self.objects: list[Object] = []
        self.sights: list[Sight] = []
        self.kept = Kept(frozenset(closely))

    async def record(self, sight: Sight, namespaces: tuple[str, ...]) -> None:
        """Record what a sight covers, as far as the namespaces go (none: everywhere)."""
        if sight.state not in ("live", "stale"):
            self._keep_unseen(sight, namespaces)
            return
        for namespace in _scopes(sight, namespaces):
            place = f"{sight.kind.resource} in {namespace}" if namespace else sight.kind.resource
            try:
                await self._list(Scope(sight.kind, namespace))
            except ClusterError as error:
                self._refuse(sight, namespace, error, place)
            else:
                self.sights.append(Sight(sight.kind, "live", namespace))

    async def record_beside(self, kind: Kind) -> None:
        """Record a kind of the whole cluster that is not part of the picture. Raises a ClusterError."""
        await self._list(Scope(kind, None), _FEW)
        self.objects.clear()

    def leave_out(self, sight: Sight, reason: str) -> None:
        """Say of a kind that it was left out on purpose."""
        self.sights.append(Sight(sight.kind, "refused", sight.namespace, reason))

    def give_up(self, sight: Sight, reason: str) -> None:
        """Say of a kind that there was no time or no server left for it."""
        self.sights.append(Sight(sight.kind, "stale", sight.namespace, reason))
        self._gathering.missing(sight.kind.resource, reason)

    def _keep_unseen(self, sight: Sight, namespaces: tuple[str, ...]) -> None:
        if namespaces and sight.namespace and sight.namespace not in namespaces:
            return
        self.sights.append(sight)
        if sight.state == "refused":
            where = f" in {sight.namespace}" if sight.namespace else ""
            self._gathering.missing(f"{sight.kind.resource}{where}", sight.reason, sight.needs)

    def _refuse(self, sight: Sight, namespace: str | None, error: ClusterError, place: str) -> None:
        """An API that says no now, or is gone: the rest of the bundle goes on without it."""
        needs = f"list {sight.kind.resource}" if isinstance(error, Forbidden) else ""
        if isinstance(error, NotFound) and sight.kind.optional:
            self.sights.append(Sight(sight.kind, "absent", namespace))
            return
        state: Any = "refused" if isinstance(error, Forbidden) else "stale"
        self.sights.append(Sight(sight.kind, state, namespace, error.says, needs))
        self._gathering.missing(place, error.says, needs)
        if not isinstance(error, Forbidden | NotFound):
            raise error

    async def _list(self, scope: Scope, limit: int = PAGE) -> None:
        decoder = Decoder(scope.kind, self._sharing)
        files = _Files(self._gathering, scope)
        async with contextlib.AsyncExitStack() as ending:
            found = await ending.enter_async_context(
                contextlib.aclosing(pages(self._connection, scope, limit))
            )
            ending.push_async_callback(files.close)
            async for page in found:
                await files.add(await beside(partial(self._safe, page, scope.kind, decoder)))

    def _safe(self, page: Iterable[bytes], kind: Kind, decoder: Decoder) -> list[tuple[str, bytes]]:
        """Each object of a page as namespace and redacted JSON; slim ones are kept on the way."""
        safe = []
        for body in page:
            tree = self._gathering.tree(as_kubectl_gives(msgspec.json.decode(body), kind), kind.kind)
            if kind.digests:
                tree = self._gathering.without_values(tree, kind.kind)
            content = msgspec.json.encode(tree)
            item = decoder.item(content)
            if isinstance(item, Flaw):
                self._gathering.limited(f"{kind.kind} {item.key[0]}/{item.key[1]}", "It cannot be read back.")
            elif self._is_old(item):
                continue
            else:
                self.objects.append(item)
                self.kept.keep(kind.kind, item, content)
            safe.append((str(tree.get("metadata", {}).get("namespace") or ""), content))
        return safe

    def _is_old(self, item: Object) -> bool:
        if self._since is None or not isinstance(item, Event):
            return False
        last = item.last_seen
        return last is not None and last < self._since


class _Files:
    """The files of one list: objects come sorted by namespace, so one is open at a time."""

    def __init__(self, gathering: Gathering, scope: Scope) -> None:
        self._gathering, self._scope = gathering, scope
        self._open: ListFile | None = None
        self._namespace = ""
        self._pieces: dict[str, int] = {}
        self._closing = contextlib.AsyncExitStack()

    async def add(self, items: list[tuple[str, bytes]]) -> None:
        """Write the objects of a page."""
        start = 0
        while start < len(items):
            namespace = items[start][0] if self._scope.kind.namespaced else ""
            end = start
            while end < len(items) and (not self._scope.kind.namespaced or items[end][0] == namespace):
                end += 1
            file = await self._file(namespace)
            contents = [content for _, content in items[start:end]]
            await beside(partial(_add_all, file, contents))
            start = end

    async def _file(self, namespace: str) -> ListFile:
        if self._open is not None and self._namespace == namespace:
            return self._open
        await self.close()
        piece = self._pieces.get(namespace, 0)
        self._pieces[namespace] = piece + 1
        path = layout.objects_path(self._scope.kind, namespace, piece)
        writing = await self._closing.enter_async_context(self._gathering.writing(path))
        self._open, self._namespace = ListFile(writing, self._scope.kind), namespace
        return self._open

    async def close(self) -> None:
        """End the file that is open."""
        if self._open is not None:
            self._open.close()
            self._open = None
        await self._closing.aclose()


def _add_all(file: ListFile, contents: list[bytes]) -> None:
    for content in contents:
        file.add(content)


def as_kubectl_gives(tree: Any, kind: Kind) -> Any:
    """An object with its kind, which lists leave out, and without the fields that each manager manages."""
    if not isinstance(tree, dict):
        return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {}}
    metadata = tree.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("managedFields"), list):
        metadata["managedFields"] = [_write(entry) for entry in metadata["managedFields"]]
    return {"apiVersion": kind.api_version, "kind": kind.kind} | {
        key: value for key, value in tree.items() if key not in ("apiVersion", "kind")
    }


def _write(entry: Any) -> Any:
    """Who wrote and when, never what."""
    return (
        {key: value for key, value in entry.items() if key != "fieldsV1"} if isinstance(entry, dict) else {}
    )


def _scopes(sight: Sight, namespaces: tuple[str, ...]) -> tuple[str | None, ...]:
    """Where to list: as the picture does, and only in these namespaces if there are any."""
    if not sight.kind.namespaced or not namespaces:
        return (sight.namespace or None,)
    if sight.namespace:
        return (sight.namespace,) if sight.namespace in namespaces else ()
    return namespaces
