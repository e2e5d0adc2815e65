"""Objects as somebody has saved them with kubectl: YAML or JSON, one or many, in files of any name.

What kinds are there is seen, what is not there says so. The moment is the newest one that any object tells,
because whoever saved them seldom wrote it down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import yaml

from mission_control.archive.errors import Hostile, Unreadable
from mission_control.archive.reading import Archive, read
from mission_control.cluster.decoding import Decoder, Flaw
from mission_control.cluster.sharing import Sharing
from mission_control.domain.bundle.picture import shelves
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Event, Object
from mission_control.domain.snapshot import ClusterFacts, Sight, Snapshot

MOST_OF_ONE = 64 << 20
_ENDINGS = (".yaml", ".yml", ".json")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 100


class Loose(msgspec.Struct, frozen=True):
    """The picture of loose objects, and what a reader must know of it."""

    snapshot: Snapshot
    says: tuple[str, ...]


def loose_picture(archive: Archive, kinds: tuple[Kind, ...], now: datetime) -> Loose:
    """The picture of all objects in an archive. Raises Unreadable when there is none."""
    known = {(kind.group, kind.kind): kind for kind in kinds}
    sharing = Sharing()
    decoders = {key: Decoder(kind, sharing) for key, kind in known.items()}
    objects: list[Object] = []
    others: dict[str, int] = {}
    flaws: list[str] = []
    for name in archive.names:
        if not name.endswith(_ENDINGS):
            continue
        for tree in _trees(archive, name, flaws):
            key = _key(tree)
            if key not in decoders:
                others[key[1]] = others.get(key[1], 0) + 1
                continue
            item = decoders[key].item(msgspec.json.encode(tree))
            flaws += [f"{name}: {item.key[1]}"] if isinstance(item, Flaw) else []
            objects += [item] if isinstance(item, Object) else []
    if not objects:
        raise Unreadable(
            f"{archive.label} holds no object that the console knows.",
            "Save some with: kubectl get pods,deploy,sts,ds,rs,jobs,svc,endpointslices,pvc,ing,events,nodes "
            "-A -o yaml > cluster.yaml",
        )
    there = {type(item) for item in objects}
    sights = tuple(
        Sight(kind, "live")
        if kind.shape in there
        else Sight(
            kind,
            "absent" if kind.optional else "refused",
            reason="It is not in the recording.",
            needs="" if kind.optional else f"kubectl get {kind.resource} -A -o yaml",
        )
        for kind in kinds
    )
    facts = ClusterFacts(archive.label)
    snapshot = Snapshot(facts, min(now, _moment(objects, now)), shelves(objects), sights)
    return Loose(snapshot, tuple(_says(kinds, there, others, flaws)))


def _says(
    kinds: Iterable[Kind], there: set[type[Object]], others: dict[str, int], flaws: list[str]
) -> Iterator[str]:
    missing = [kind.plural for kind in kinds if kind.shape not in there and not kind.optional]
    if missing:
        yield f"Not in the recording, so not judged: {', '.join(missing)}."
    if others:
        yield f"Not read: {', '.join(f'{count} {kind}' for kind, count in sorted(others.items()))}."
    if flaws:
        yield f"Could not be read: {', '.join(flaws[:5])}{' and more' if len(flaws) > 5 else ''}."  # noqa: PLR2004


def _trees(archive: Archive, name: str, flaws: list[str]) -> Iterator[dict[str, Any]]:
    """Each object in a file; lists are taken apart."""
    content = read(archive, name, MOST_OF_ONE)
    try:
        documents = [msgspec.json.decode(content)] if name.endswith(".json") else _documents(content, name)
    except (msgspec.MsgspecError, yaml.YAMLError, RecursionError, ValueError):
        flaws.append(name)
        return
    for document in documents:
        if not isinstance(document, dict):
            continue
        items = document.get("items")
        if not isinstance(items, list):
            yield document
            continue
        kind, version = str(document.get("kind", "")).removesuffix("List"), document.get("apiVersion", "")
        for item in items:
            if isinstance(item, dict):
                yield {"kind": kind, "apiVersion": version} | item


def _documents(content: bytes, name: str) -> list[Any]:
    depth = 0
    for event in yaml.parse(content, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise Hostile(f"{name} uses YAML aliases, which kubectl never writes and which can be a bomb.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise Hostile(f"{name} is nested deeper than any object.")
    return list(yaml.load_all(content, Loader=_Plain))


class _Plain(_LOADER):  # type: ignore[misc]
    """Leaves moments as text, as JSON has them."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in _LOADER.yaml_implicit_resolvers.items()
}


def _key(tree: dict[str, Any]) -> tuple[str, str]:
    group, slash, _ = str(tree.get("apiVersion", "")).rpartition("/")
    return (group if slash else "", str(tree.get("kind", "")))


def _moment(objects: Iterable[Object], now: datetime) -> datetime:
    """The newest moment that any of the objects tells."""
    newest = datetime.min.replace(tzinfo=UTC)
    for item in objects:
        for moment in _moments(item):
            newest = max(newest, moment)
    return newest if newest.year > 1 else now


def _moments(item: Object) -> Iterator[datetime]:
    if item.metadata.creation_timestamp:
        yield item.metadata.creation_timestamp
    if isinstance(item, Event) and item.last_seen:
        yield item.last_seen
    for condition in getattr(getattr(item, "status", None), "conditions", ()):
        found = getattr(condition, "last_transition_time", None)
        if found:
            yield found
