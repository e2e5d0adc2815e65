"""The Workloads page: pods and what makes them, across namespaces, sorted, filtered and cut into pages.

Pure functions over the picture, what was measured and what was judged. Sorting looks at every object, so its
keys are cheap; whole rows are made for one page only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from mission_control.domain.kinds import Kind, kind_named
from mission_control.domain.objects import Object, Pod
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import PodUsage, UsageIndex
from mission_control.domain.verdict import Finding, Health, Verdict
from mission_control.services.belonging import NONE, Belonging
from mission_control.services.freshness import Freshness, Unseen, freshness
from mission_control.services.listing import cut, fits, ordered
from mission_control.services.marks import Marks
from mission_control.services.rows import Row, pods_of, restarts, row
from mission_control.services.states import ready_wanted, state_of

KINDS = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Rollout")
MOST_FINDINGS = 6
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Query(msgspec.Struct, frozen=True):
    """What the page is asked to show, exactly as its address says it.

    `kind` is a plural ("pods"), `sort` one of `sorts`, with a minus before it for the other direction.
    `installation` is a key, or "none" for what belongs to no installation.
    """

    sorts: ClassVar[tuple[str, ...]] = (
        *("verdict", "name", "namespace", "ready", "cpu", "memory", "restarts", "node", "age"),
    )
    largest_first: ClassVar[frozenset[str]] = frozenset({"verdict", "cpu", "memory", "restarts"})

    kind: str = "pods"
    namespace: str = ""
    text: str = ""
    sort: str = "verdict"
    page: int = 1
    wrong: bool = False
    installation: str = ""


class KindTab(msgspec.Struct, frozen=True):
    """A kind to choose, with how many there are under the chosen namespace; None when it may not be seen."""

    kind: str
    plural: str
    count: int | None


class Workloads(msgspec.Struct, frozen=True):
    """The page. `total` objects fit the query, of `all` of the kind; `rows` are those of this page.

    `installations` are keys and titles to choose from. `findings` are the roots of the chosen one.
    """

    freshness: Freshness
    query: Query
    kind: str
    kinds: tuple[KindTab, ...]
    namespaces: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    all: int
    pages: int
    measured_at: datetime | None = None
    not_measured: str = ""
    refused: tuple[Unseen, ...] = ()
    installations: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def workloads(
    snapshot: Snapshot,
    health: Health,
    usage: UsageIndex,
    query: Query,
    products: tuple[Product, ...] = (),
) -> Workloads:
    """The rows that a query asks for. `products` tell what belongs to an installation."""
    kind = _kind(query.kind)
    if query.sort.lstrip("-") not in Query.sorts:
        query = msgspec.structs.replace(query, sort=Query().sort)
    marks = Marks(snapshot, health)
    everything = snapshot.all(kind.shape)
    found = _filtered(snapshot, kind, marks, query)
    if query.installation:
        belonging = Belonging(snapshot, products)
        found = [item for item in found if belonging.key(item) == query.installation]
    page = cut(_ordered(snapshot, found, marks, usage, query), query.page)
    seen = freshness(snapshot)
    return Workloads(
        freshness=seen,
        query=msgspec.structs.replace(query, page=page.page, kind=kind.plural),
        kind=kind.kind,
        kinds=tuple(_tab(snapshot, name, query.namespace) for name in KINDS if _is_offered(snapshot, name)),
        namespaces=_namespaces(snapshot),
        rows=tuple(row(snapshot, item, marks, usage) for item in page.items),
        total=page.total,
        all=len(everything),
        pages=page.pages,
        measured_at=usage.usage.at,
        not_measured=usage.usage.refused,
        refused=tuple(entry for entry in seen.refused if entry.kind == kind.kind),
        installations=tuple((entry.key, entry.title) for entry in health.installations),
        findings=_roots(health, query.installation) if seen.allows_verdicts else (),
    )


def _roots(health: Health, installation: str) -> tuple[Finding, ...]:
    """The roots of the chosen installation, or of what belongs to none; nothing when none was chosen."""
    if not installation:
        return ()
    wanted = None if installation == NONE else installation
    found = [entry for entry in health.findings if entry.root and entry.installation == wanted]
    return tuple(sorted(found, key=lambda entry: -entry.verdict.weight)[:MOST_FINDINGS])


def _kind(plural: str) -> Kind:
    """The kind that an address names by its plural; pods for anything else."""
    found = [kind for name in KINDS if (kind := kind_named(name)) is not None]
    return next((kind for kind in found if kind.plural == plural), found[0])


def _filtered(snapshot: Snapshot, kind: Kind, marks: Marks, query: Query) -> list[Object]:
    """What fits a query, by namespace and name."""
    words = query.text.lower().split()
    lines = _lines(snapshot, kind, query.namespace)
    found = [item for text, item in lines if not words or fits(text, words)]
    if query.wrong:
        found = [item for item in found if marks.weight(item) > Verdict.PROGRESSING.weight]
    return found


def _lines(snapshot: Snapshot, kind: Kind, namespace: str) -> Iterator[tuple[str, Object]]:
    """What words are looked for in, and the object, by namespace and name."""
    found = snapshot.by_namespace(kind.shape, "lines", _sorted_lines)
    for name in sorted(found) if not namespace else [namespace]:
        yield from found.get(name, ())


def _sorted_lines(items: Collection[Object]) -> tuple[tuple[str, Object], ...]:
    by_name = sorted(items, key=lambda item: item.metadata.name)
    return tuple((_words(item), item) for item in by_name)


def _words(item: Object) -> str:
    """Name, namespace, state and node."""
    node = item.spec.node_name if isinstance(item, Pod) else ""
    return f"{item.name} {item.namespace} {state_of(item)} {node}".lower()


def _ordered(
    snapshot: Snapshot, found: list[Object], marks: Marks, usage: UsageIndex, query: Query
) -> list[Object]:
    """Sorted, and by namespace and name where the key is equal, in either direction."""
    return ordered(found, query, _key(snapshot, marks, usage, query.sort.lstrip("-")))


def _key(snapshot: Snapshot, marks: Marks, usage: UsageIndex, sort: str) -> Callable[[Object], Any]:
    """What a sort compares; the verdict for a sort that there is not."""
    keys: dict[str, Callable[[Object], Any]] = {
        "name": lambda item: item.name,
        "namespace": lambda item: item.namespace,
        "ready": _unready,
        "cpu": lambda item: sum(entry.cpu for entry in _used(snapshot, item, usage)),
        "memory": lambda item: sum(entry.memory for entry in _used(snapshot, item, usage)),
        "restarts": lambda item: sum(map(restarts, pods_of(snapshot, item))),
        "node": lambda item: item.spec.node_name if isinstance(item, Pod) else "",
        "age": lambda item: item.metadata.creation_timestamp or _LONG_AGO,
    }
    return keys.get(sort, marks.weight)


def _unready(item: Object) -> float:
    ready, wanted = ready_wanted(item)
    return (ready or 0) / wanted if wanted else 1.0


def _used(snapshot: Snapshot, item: Object, usage: UsageIndex) -> list[PodUsage]:
    pods = (item,) if isinstance(item, Pod) else pods_of(snapshot, item)
    found = (usage.pod(pod.metadata.namespace, pod.metadata.name) for pod in pods)
    return [entry for entry in found if entry]


def _tab(snapshot: Snapshot, name: str, namespace: str) -> KindTab:
    kind = kind_named(name)
    assert kind is not None  # noqa: S101 -- KINDS names kinds of the picture
    items = snapshot.within(kind.shape, namespace) if namespace else snapshot.all(kind.shape)
    return KindTab(name, kind.plural, len(items) if items or snapshot.sees(kind.shape, namespace) else None)


def _is_offered(snapshot: Snapshot, name: str) -> bool:
    """Optional kinds only where the cluster has any."""
    kind = kind_named(name)
    return kind is not None and (not kind.optional or bool(snapshot.all(kind.shape)))


def _namespaces(snapshot: Snapshot) -> tuple[str, ...]:
    """The namespaces in which there is something to choose."""
    kinds = [kind for name in KINDS if (kind := kind_named(name)) is not None]
    return tuple(sorted({name for kind in kinds for name in snapshot.namespaces_of(kind.shape)}))
