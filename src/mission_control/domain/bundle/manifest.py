"""`manifest.json`: what a bundle is, what is in it with the hash of each file, and who vouches for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mission_control.domain.bundle.parts import PARTS, PresetName

SCHEMA = "mission-control/bundle/1"
OWN = "bundle"
"""The part of the files that tell of the bundle itself."""


class FileEntry(msgspec.Struct, frozen=True):
    """A file: its size when unpacked, the SHA-256 of its content, the part it belongs to."""

    path: str
    bytes: int
    sha256: str
    part: str = OWN


class Manifest(msgspec.Struct, frozen=True):
    """The manifest. `install` is the id of the console's install, `version` the console's own.

    `missing` counts what `not-collected.json` names. `trimmed_from`: the bundle whose parts were taken out.
    """

    schema: str
    id: str
    made_at: datetime
    version: str
    cluster: str
    kubernetes: str
    preset: PresetName
    scope: str
    verdict: str
    headline: str
    install: str = ""
    trimmed_from: str = ""
    missing: int = 0
    files: tuple[FileEntry, ...] = ()


def over(manifest: Manifest, entries: Iterable[FileEntry]) -> Manifest:
    """The manifest over these files."""
    return msgspec.structs.replace(manifest, files=tuple(entries))


class Signature(msgspec.Struct, frozen=True):
    """`manifest.sig`: an ed25519 signature over the bytes of the manifest. Both are in hexadecimal."""

    algorithm: str
    public_key: str
    signature: str


class PartSize(msgspec.Struct, frozen=True):
    """A part of a bundle with the number of its files and what they are worth unpacked."""

    key: str
    title: str
    files: int
    bytes: int
    is_needed: bool = False


def sizes(manifest: Manifest) -> tuple[PartSize, ...]:
    """The parts that are in a bundle, in their order."""
    found = []
    for part in PARTS:
        files = [entry for entry in manifest.files if entry.part == part.key]
        if files:
            total = sum(entry.bytes for entry in files)
            found.append(PartSize(part.key, part.title, len(files), total, part.is_needed))
    return tuple(found)
