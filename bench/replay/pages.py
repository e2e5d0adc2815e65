"""The pages of every kind, encoded and packed once: as a list, as metadata alone, and as kubectl's Table.

Making them takes half a minute for the large world, so they are kept in a cache folder under a name that
follows from this package's own code.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.replay.parts import VERSION, Obj, moment
from bench.replay.world import Size, World
from mission_control.domain.kinds import KINDS, Kind

PAGE = 500
FORMS = ("list", "metadata", "table")
_LEVEL = 1  # as the API server packs


class Book(msgspec.Struct, frozen=True):
    """All packed pages by "form/plural", how many objects of each kind, and how many bytes unpacked."""

    pages: dict[str, list[bytes]]
    counts: dict[str, int]
    weight: int


def book(size: Size, cache: Path | None = None) -> Book:
    """The pages of a world of that size, made or taken from the cache."""
    if cache is None:
        return make(size)
    kept = cache / f"pages-{_fingerprint(size)}"
    if kept.exists():
        return msgspec.msgpack.decode(kept.read_bytes(), type=Book)
    made = make(size)
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("pages-*"):
        old.unlink()
    half = kept.with_suffix(f".{os.getpid()}")
    half.write_bytes(msgspec.msgpack.encode(made))
    half.rename(kept)
    return made


def _fingerprint(size: Size) -> str:
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.blake2b(code + repr((size, moment()[:10])).encode(), digest_size=8).hexdigest()


def make(size: Size) -> Book:
    """Encodes and packs everything."""
    world = World(size)
    pages: dict[str, list[bytes]] = {f"{form}/{kind.plural}": [] for kind in KINDS for form in FORMS}
    counts: dict[str, int] = {}
    weight = 0
    for kind in KINDS:
        if kind.optional:
            continue
        items = list(_batches(world.every(kind.plural))) or [[]]
        counts[kind.plural] = sum(map(len, items))
        for n, batch in enumerate(items):
            meta: Obj = {"resourceVersion": str(VERSION)}
            if n + 1 < len(items):
                meta |= {"continue": str(n + 1), "remainingItemCount": counts[kind.plural] - PAGE * (n + 1)}
            for form in FORMS:
                body = msgspec.json.encode(_page(kind, form, meta, batch))
                weight += len(body) if form == "list" else 0
                pages[f"{form}/{kind.plural}"].append(packed(body))
    pages["metrics/pods"] = [
        packed(msgspec.json.encode({"kind": "PodMetricsList", "items": _pod_metrics(world)}))
    ]
    pages["metrics/nodes"] = [
        packed(msgspec.json.encode({"kind": "NodeMetricsList", "items": _node_metrics(world)}))
    ]
    return Book(pages, counts, weight)


def _pod_metrics(world: World) -> list[Obj]:
    """What metrics-server says of every pod: one answer, it knows no pages."""
    return [
        {
            "metadata": {"name": item["metadata"]["name"], "namespace": item["metadata"]["namespace"]},
            "timestamp": moment(479),
            "window": "15.2s",
            "containers": [
                {"name": container["name"], "usage": {"cpu": f"{n % 90}123456n", "memory": f"{n % 400}Mi"}}
                for container in item["spec"]["containers"]
            ],
        }
        for n, item in enumerate(world.every("pods"))
    ]


def _node_metrics(world: World) -> list[Obj]:
    usage = {"cpu": "5123456789n", "memory": "60123Mi"}
    return [
        {
            "metadata": {"name": item["metadata"]["name"]},
            "timestamp": moment(479),
            "window": "10s",
            "usage": usage,
        }
        for item in world.every("nodes")
    ]


def _batches(items: Iterator[Obj]) -> Iterator[list[Obj]]:
    batch: list[Obj] = []
    for item in items:
        batch.append(item)
        if len(batch) == PAGE:
            yield batch
            batch = []
    if batch:
        yield batch


def packed(body: bytes) -> bytes:
    """The bytes as gzip."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def _page(kind: Kind, form: str, meta: Obj, items: list[Obj]) -> Obj:
    if form == "table":
        table = {"kind": "Table", "apiVersion": "meta.k8s.io/v1"}
        return {
            **table,
            "metadata": meta,
            "columnDefinitions": _columns(kind),
            "rows": [_row(kind, i) for i in items],
        }
    if form == "metadata":
        made = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
        return {**made, "metadata": meta, "items": [partial(item) for item in items]}
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": meta, "items": items}


def partial(item: Obj) -> Obj:
    """An object's metadata alone."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}


_POD_COLUMNS = (
    "Name",
    "Ready",
    "Status",
    "Restarts",
    "Age",
    "IP",
    "Node",
    "Nominated Node",
    "Readiness Gates",
)
_OTHERS = ("Name", "Detail", "Ready", "Age", "Containers", "Images")
_WIDE = 5


def _columns(kind: Kind) -> list[Obj]:
    names = _POD_COLUMNS if kind.kind == "Pod" else _OTHERS
    return [
        {
            "name": name,
            "type": "string",
            "format": "name" if name == "Name" else "",
            "description": f"{name} of the {kind.kind}, as the reference of the API tells it at some length.",
            "priority": int(n >= _WIDE),
        }
        for n, name in enumerate(names)
    ]


def _row(kind: Kind, item: Obj) -> Obj:
    name = item["metadata"]["name"]
    if kind.kind != "Pod":
        return {"cells": [name, kind.api_version, "1/1", "20d", "<none>", "<none>"], "object": partial(item)}
    statuses = item["status"]["containerStatuses"]
    ready = f"{sum(s['ready'] for s in statuses)}/{len(statuses)}"
    state = next((s["state"]["waiting"]["reason"] for s in statuses if "waiting" in s["state"]), "Running")
    restarts = str(sum(s["restartCount"] for s in statuses))
    cells = [
        name,
        ready,
        state,
        restarts,
        "20d",
        item["status"]["podIP"],
        item["spec"]["nodeName"],
        "<none>",
        "<none>",
    ]
    return {"cells": cells, "object": partial(item)}
