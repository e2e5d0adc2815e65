"""Opens a recording as a picture and judges it: the same engine, offline.

A recording is a bundle, or objects as `kubectl get -o yaml` prints them. What is not in it is a sight of the
picture that says so, never an empty list.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from mission_control.archive.checking import checked, manifest_of
from mission_control.archive.errors import Unreadable
from mission_control.archive.reading import Archive, open_archive
from mission_control.cluster.decoding import Decoder, Flaw
from mission_control.cluster.errors import ClusterError, NotFound
from mission_control.cluster.sharing import Sharing
from mission_control.domain import accepted
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.manifest import Manifest
from mission_control.domain.bundle.picture import RecordedPicture, restored
from mission_control.domain.health import judge
from mission_control.domain.kinds import Kind, kinds_with
from mission_control.domain.logtail import LogTail
from mission_control.domain.objects import Event, Object
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Sight, Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.services.loose import loose_picture

T = TypeVar("T")
_MOST_OBJECTS = 1 << 30
"""Bytes of objects that are loaded at all."""
_MOST_OF_ONE = 512 << 20
_MOST_PICTURE = 64 << 20


class Recording(msgspec.Struct, frozen=True):
    """A recording, opened. `manifest` None: it is no bundle of ours. `says`: what a reader must know."""

    archive: Archive
    manifest: Manifest | None
    snapshot: Snapshot
    health: Health
    usage: Usage
    stems: dict[str, Kind]
    products: tuple[Product, ...]
    tails: tuple[LogTail, ...] = ()
    says: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """When it was recorded."""
        return self.snapshot.taken_at


def judged_as_recorded(picture: RecordedPicture, snapshot: Snapshot, products: tuple[Product, ...]) -> Health:
    """The health of a recorded picture, without what was accepted when it was made."""
    health = judge(snapshot, products, picture.tails)
    return accepted.fold(snapshot, health, picture.accepted)


def open_recording(path: Path, products: tuple[Product, ...], now: datetime) -> Recording:
    """Open a bundle, a folder or a file. `now` dates what says itself not when it was recorded.

    Raises ArchiveError.
    """
    archive = open_archive(path)
    manifest = manifest_of(archive)
    kinds = kinds_with(products)
    stems = layout.kinds_by_stem(kinds)
    if layout.PICTURE not in archive.names:
        loose = loose_picture(archive, kinds, now)
        health = judge(loose.snapshot, products)
        usage = Usage(refused=_NO_USAGE)
        return Recording(archive, None, loose.snapshot, health, usage, stems, products, says=loose.says)
    picture = _decoded(archive, manifest, layout.PICTURE, RecordedPicture)
    objects, says = _objects(archive, manifest, stems)
    snapshot = _without_left_out(restored(picture, objects, kinds), archive, manifest)
    health = judged_as_recorded(picture, snapshot, products)
    return Recording(
        archive,
        manifest,
        snapshot,
        health,
        _usage(archive, manifest),
        stems,
        products,
        picture.tails,
        tuple(says),
    )


_NO_USAGE = "The recording holds no measurements."


def _decoded(archive: Archive, manifest: Manifest | None, name: str, form: type[T]) -> T:
    try:
        return msgspec.json.decode(checked(archive, manifest, name, _MOST_PICTURE), type=form)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(f"{name} in {archive.label} has another form than expected.") from error


def _objects(
    archive: Archive, manifest: Manifest | None, stems: dict[str, Kind]
) -> tuple[list[Object], list[str]]:
    """All objects that the picture knows, and what could not be read of them."""
    sharing = Sharing()
    found: list[Object] = []
    flaws = total = 0
    for name in archive.names:
        kind = stems.get(layout.stem_of(name)) if name.endswith(".json") else None
        if kind is None:
            continue
        total += archive.size(name)
        if total > _MOST_OBJECTS:
            raise Unreadable(f"{archive.label} holds more objects than can be opened at once (1 GiB).")
        content = checked(archive, manifest, name, _MOST_OF_ONE)
        try:
            _, items = Decoder(kind, sharing).page(content)
        except ClusterError as error:
            raise Unreadable(f"{name} in {archive.label} is no list of objects.") from error
        found += [item for item in items if isinstance(item, Object)]
        flaws += sum(isinstance(item, Flaw) for item in items)
    says = [f"{flaws} objects of the recording cannot be read."] if flaws else []
    return found, says


def _without_left_out(snapshot: Snapshot, archive: Archive, manifest: Manifest | None) -> Snapshot:
    """Events that were taken out of a bundle before it was passed on must not look like quiet."""
    if manifest is None or not manifest.trimmed_from:
        return snapshot
    if any(name.startswith(f"{layout.OBJECTS}/events/") for name in archive.names):
        return snapshot
    reason = "Events were taken out of this bundle."
    sights = tuple(
        Sight(s.kind, "refused", s.namespace, reason) if s.kind.shape is Event else s for s in snapshot.sights
    )
    return msgspec.structs.replace(snapshot, sights=sights)


def _usage(archive: Archive, manifest: Manifest | None) -> Usage:
    if layout.USAGE not in archive.names:
        return Usage(refused=_NO_USAGE)
    return _decoded(archive, manifest, layout.USAGE, Usage)


class RecordedObjects:
    """Single objects of a recording, found again when somebody asks for their YAML."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def fetch(self, kind: str, namespace: str, name: str) -> bytes:
        """The JSON of an object. Raises NotFound."""
        for path in self._paths(kind, namespace):
            for item in _items(
                checked(self._recording.archive, self._recording.manifest, path, _MOST_OF_ONE)
            ):
                named = msgspec.json.decode(item, type=_Named).metadata
                if named.name == name and named.namespace in ("", namespace):
                    return bytes(item)
        raise NotFound(f"The recording holds no {kind} {name}.")

    def _paths(self, kind: str, namespace: str) -> Iterable[str]:
        wanted = layout.part(namespace) if namespace else ""
        for path in self._recording.archive.names:
            held = self._recording.stems.get(layout.stem_of(path)) if path.endswith(".json") else None
            if held is not None and held.kind == kind:
                file = path.rpartition("/")[2].partition(".")[0]
                if not held.namespaced or file == wanted.partition(".")[0]:
                    yield path


class _Meta(msgspec.Struct, frozen=True):
    name: str = ""
    namespace: str = ""


class _Named(msgspec.Struct, frozen=True):
    metadata: _Meta = _Meta()


class _List(msgspec.Struct, frozen=True):
    items: list[msgspec.Raw] = []


def _items(content: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(content, type=_List).items
    except (msgspec.MsgspecError, RecursionError):
        return []
