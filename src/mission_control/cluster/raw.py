"""Objects, logs and other answers as the API server gives them, for bundles, in pieces of a bounded size.

Everywhere else the console decodes straight into slim structs. Here the whole of it is wanted, and whoever
asks redacts it before it goes anywhere.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from urllib.parse import quote

import httpx2
import msgspec

from mission_control.cluster.connection import Connection, Params
from mission_control.cluster.decoding import ListMeta, Page, key_of
from mission_control.cluster.errors import Expired, NotFound, Unreachable
from mission_control.cluster.scope import Scope, segment
from mission_control.cluster.troubles import network_trouble
from mission_control.domain.logtail import LogRequest

PAGE = 500
_MOST_ANSWER = 16 << 20


async def pages(connection: Connection, scope: Scope, limit: int = PAGE) -> AsyncGenerator[list[bytes], None]:
    """Each page of a list as the JSON of its objects. Raises a ClusterError.

    When the token of the next page runs out, the rest comes in one piece, without what was given already.
    """
    given: set[tuple[str, str]] = set()
    token = ""
    while True:
        params: Params = {"limit": limit, **({"continue": token} if token else {})}
        try:
            meta, items = _page(await connection.get_json(scope.path, params, scope.shown_form), scope)
        except Expired:
            meta, items = _page(await connection.get_json(scope.path, {}, scope.shown_form), scope)
            yield [item for item in items if key_of(item) not in given]
            return
        given.update(map(key_of, items))
        yield items
        token = meta.next_page or ""
        if not token:
            return


def _page(body: bytes, scope: Scope) -> tuple[ListMeta, list[bytes]]:
    try:
        page = msgspec.json.decode(body, type=Page[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreachable(f"The answer for {scope.kind.resource} is not a list.") from error
    return page.metadata, [bytes(item) for item in page.items or ()]


async def log(
    connection: Connection,
    request: LogRequest,
    *,
    lines: int | None = None,
    most: int | None = None,
    since_seconds: int | None = None,
) -> AsyncGenerator[bytes, None]:
    """A container's log piece by piece: its newest `lines`, or from the start at most so many bytes.

    Raises a ClusterError.
    """
    params: dict[str, str | int] = {"container": request.container}
    bounds = {"tailLines": lines, "limitBytes": most, "sinceSeconds": since_seconds}
    params |= {key: value for key, value in bounds.items() if value is not None}
    if request.previous:
        params["previous"] = "true"
    path = f"/api/v1/namespaces/{segment(request.namespace)}/pods/{segment(request.pod)}/log"
    async with connection.stream(path, params, "*/*") as response:
        try:
            async for chunk in response.aiter_bytes():
                yield chunk
        except (httpx2.HTTPError, OSError) as error:
            raise network_trouble(connection.place, error) from error


async def discovery(connection: Connection) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The groups and the resources of each group and version that the cluster serves. Raises a ClusterError.

    A group that does not answer has no resources.
    """
    groups = _list(await connection.get_json("/apis"), "groups")
    core: dict[str, object] = {"groupVersion": "v1", "version": "v1"}
    found: list[dict[str, object]] = [{"name": "", "versions": [core], "preferredVersion": core}, *groups]
    resources = [_tree(await connection.get_json("/api/v1"))]
    for group in groups:
        for version in _list(msgspec.json.encode(group), "versions"):
            name = str(version.get("groupVersion", ""))
            try:
                resources.append(_tree(await connection.get_json(f"/apis/{quote(name)}")))
            except NotFound:
                continue
    return found, resources


async def whole(connection: Connection, path: str, most: int = _MOST_ANSWER) -> bytes:
    """One answer, at most so many bytes of it. Raises a ClusterError."""
    parts, total = [], 0
    async with connection.stream(path, accept="*/*") as response:
        try:
            async for chunk in response.aiter_bytes():
                parts.append(chunk[: most - total])
                total += len(chunk)
                if total >= most:
                    break
        except (httpx2.HTTPError, OSError) as error:
            raise network_trouble(connection.place, error) from error
    return b"".join(parts)


def service_path(namespace: str, service: str, port: str, path: str) -> str:
    """The way to a Service through the API server, which asks for the right `get services/proxy`."""
    steps = "/".join(quote(step) for step in path.strip("/").split("/"))
    return (
        f"/api/v1/namespaces/{segment(namespace)}/services/{segment(service)}:{segment(port)}/proxy/{steps}"
    )


def _tree(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreachable("The API server's answer has another form than expected.") from error


def _list(body: bytes, key: str) -> list[dict[str, object]]:
    found = _tree(body).get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
