"""The Storage page: claims with who uses them, volumes with what became of their claims, classes.

How full a volume is stands in no object; it is told where kubelets may be asked, and why not where they may
not. A volume without a claim is no fault, but it holds data and costs money, so it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import msgspec

from mission_control.domain.objects import Object, PersistentVolume, PersistentVolumeClaim, StorageClass
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health, Verdict
from mission_control.services.freshness import Freshness, Unseen, freshness
from mission_control.services.listing import cut, fits, ordered
from mission_control.services.marks import Marks
from mission_control.services.volumes import (
    ClaimRow,
    ClassRow,
    VolumeRow,
    claim_rows,
    class_of,
    class_rows,
    is_free,
    size_of,
    verdict_of,
    volume_row,
)

VIEWS: dict[str, type[Object]] = {
    "claims": PersistentVolumeClaim,
    "volumes": PersistentVolume,
    "classes": StorageClass,
}


class StorageQuery(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it. `view` is one of VIEWS."""

    sorts: ClassVar[tuple[str, ...]] = ("verdict", "name", "namespace", "size", "used", "class", "age")
    largest_first: ClassVar[frozenset[str]] = frozenset({"verdict", "size", "used"})

    view: str = "claims"
    namespace: str = ""
    text: str = ""
    sort: str = "verdict"
    page: int = 1
    wrong: bool = False


class ViewTab(msgspec.Struct, frozen=True):
    """A view to choose, with how many objects it has; None when they may not be seen."""

    view: str
    count: int | None


class Storage(msgspec.Struct, frozen=True):
    """The page: the rows of its view, and sums in bytes over all that is seen.

    Of `measured` claims it is known how full they are; `not_measured` says why not of others.
    `free` volumes have no claim and hold `free_size`. `defaults` are the default classes; one is right.
    """

    freshness: Freshness
    query: StorageQuery
    views: tuple[ViewTab, ...]
    namespaces: tuple[str, ...]
    claims: tuple[ClaimRow, ...]
    volumes: tuple[VolumeRow, ...]
    classes: tuple[ClassRow, ...]
    total: int
    all: int
    pages: int
    asked: float
    measured: int
    not_measured: str
    free: int
    free_size: float
    defaults: tuple[str, ...]
    refused: tuple[Unseen, ...]


def storage(snapshot: Snapshot, health: Health, query: StorageQuery) -> Storage:
    """The claims, volumes or classes that a query asks for."""
    if query.sort.lstrip("-") not in StorageQuery.sorts:
        query = msgspec.structs.replace(query, sort=StorageQuery().sort)
    if query.view not in VIEWS:
        query = msgspec.structs.replace(query, view=StorageQuery().view)
    marks = Marks(snapshot, health)
    fill = {(use.namespace, use.claim): use.share for use in snapshot.readings.volumes}
    everything = list(snapshot.all(VIEWS[query.view]))
    found = sorted(_filtered(everything, marks, query), key=lambda item: (item.namespace, item.name))
    page = cut(ordered(found, query, _sort_key(marks, fill, query.sort.lstrip("-"))), query.page)
    seen = freshness(snapshot)
    free = [volume for volume in snapshot.all(PersistentVolume) if is_free(volume)]
    shown = page.items
    return Storage(
        freshness=seen,
        query=msgspec.structs.replace(query, page=page.page),
        views=tuple(_tab(snapshot, view, shape) for view, shape in VIEWS.items()),
        namespaces=tuple(sorted({claim.namespace for claim in snapshot.all(PersistentVolumeClaim)})),
        claims=claim_rows(snapshot, marks, [c for c in shown if isinstance(c, PersistentVolumeClaim)]),
        volumes=tuple(volume_row(snapshot, marks, v) for v in shown if isinstance(v, PersistentVolume)),
        classes=class_rows(snapshot, [c for c in shown if isinstance(c, StorageClass)]),
        total=page.total,
        all=len(everything),
        pages=page.pages,
        asked=sum(size_of(claim) or 0.0 for claim in snapshot.all(PersistentVolumeClaim)),
        measured=len(snapshot.readings.volumes),
        not_measured=next((b.reason for b in snapshot.readings.blind if b.kind == "VolumeUse"), ""),
        free=len(free),
        free_size=sum(size_of(volume) or 0.0 for volume in free),
        defaults=tuple(sorted(entry.name for entry in snapshot.all(StorageClass) if entry.is_default)),
        refused=tuple(entry for entry in seen.refused if entry.kind == VIEWS[query.view].__name__),
    )


def _filtered(items: Iterable[Object], marks: Marks, query: StorageQuery) -> Iterable[Object]:
    words = query.text.lower().split()
    for item in items:
        if query.namespace and query.view == "claims" and item.namespace != query.namespace:
            continue
        if query.wrong and not _needs_a_look(item, marks):
            continue
        if not words or fits(_text(item), words):
            yield item


def _needs_a_look(item: Object, marks: Marks) -> bool:
    is_left = isinstance(item, PersistentVolume) and is_free(item)
    return is_left or verdict_of(marks, item).weight > Verdict.HEALTHY.weight


def _text(item: Object) -> str:
    parts = [item.name, item.namespace, getattr(getattr(item, "status", None), "phase", ""), class_of(item)]
    if isinstance(item, PersistentVolumeClaim):
        parts.append(item.spec.volume_name)
    elif isinstance(item, PersistentVolume) and item.spec.claim_ref:
        parts += [item.spec.claim_ref.namespace, item.spec.claim_ref.name]
    elif isinstance(item, StorageClass):
        parts.append(item.provisioner)
    return " ".join(parts)


def _sort_key(marks: Marks, fill: dict[tuple[str, str], float], sort: str) -> Callable[[Object], Any]:
    keys: dict[str, Callable[[Object], Any]] = {
        "name": lambda item: item.name,
        "namespace": lambda item: item.namespace,
        "size": lambda item: size_of(item) or 0.0,
        "used": lambda item: fill.get((item.namespace, item.name), -1.0),
        "class": class_of,
        "age": lambda item: born.timestamp() if (born := item.metadata.creation_timestamp) else 0.0,
    }
    return keys.get(sort, lambda item: verdict_of(marks, item).weight)


def _tab(snapshot: Snapshot, view: str, shape: type[Object]) -> ViewTab:
    items = snapshot.all(shape)
    return ViewTab(view, len(items) if items or snapshot.sees(shape) else None)
