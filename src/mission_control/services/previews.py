"""What is inside a bundle, before anybody passes it on or opens it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from mission_control.archive.checking import checked, manifest_of
from mission_control.archive.errors import Unreadable
from mission_control.archive.reading import Archive, open_archive
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.manifest import FileEntry, Manifest, PartSize, sizes
from mission_control.domain.bundle.parts import Ledger
from mission_control.domain.redact import Entry as Mask

_MOST = 32 << 20
MOST_FILES = 500
T = TypeVar("T")


class Masks(msgspec.Struct, frozen=True):
    """`redactions.json`: how many values were masked, by rule and place."""

    masked: int = 0
    by_place: tuple[Mask, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """The inside of a bundle; `files` are at most MOST_FILES of `files_total`. `rules`: masks by rule."""

    manifest: Manifest
    parts: tuple[PartSize, ...]
    ledger: Ledger
    masked: int
    rules: tuple[tuple[str, int], ...]
    files: tuple[FileEntry, ...]
    files_total: int


def preview(path: Path) -> Preview:
    """The preview of an archive. Raises ArchiveError."""
    archive = open_archive(path)
    manifest = manifest_of(archive)
    if manifest is None:
        raise Unreadable(f"{archive.label} is no bundle of Mission Control; it has no manifest.")
    masks = _part(archive, manifest, layout.REDACTIONS, Masks)
    rules: dict[str, int] = {}
    for entry in masks.by_place:
        rules[entry.rule] = rules.get(entry.rule, 0) + entry.count
    return Preview(
        manifest=msgspec.structs.replace(manifest, files=()),
        parts=sizes(manifest),
        ledger=_part(archive, manifest, layout.NOT_COLLECTED, Ledger),
        masked=masks.masked,
        rules=tuple(sorted(rules.items(), key=lambda pair: -pair[1])),
        files=manifest.files[:MOST_FILES],
        files_total=len(manifest.files),
    )


def _part(archive: Archive, manifest: Manifest, name: str, form: type[T]) -> T:
    try:
        return msgspec.json.decode(checked(archive, manifest, name, _MOST), type=form)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(f"{name} in {archive.label} has another form than expected.") from error
