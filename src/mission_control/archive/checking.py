"""Checks an archive against its manifest: each file's hash, nothing missing or added, and who signed it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from mission_control.archive.errors import Changed, Unreadable
from mission_control.archive.reading import Archive, read
from mission_control.archive.signing import is_signed
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.manifest import Manifest, Signature

_MOST = 64 << 20
_OUTSIDE = frozenset({layout.MANIFEST, layout.SIGNATURE})


class Check(msgspec.Struct, frozen=True):
    """The result. `signed_by` is the public key of whoever vouches for it; empty when nobody does.

    `is_ours`: this install has signed it; None when that cannot be told here.
    """

    is_whole: bool
    files: int
    bytes: int
    problems: tuple[str, ...] = ()
    signed_by: str = ""
    is_ours: bool | None = None


def manifest_of(archive: Archive) -> Manifest | None:
    """The manifest; None when it is no bundle of ours. Raises Unreadable."""
    if layout.MANIFEST not in archive.names:
        return None
    try:
        return msgspec.json.decode(read(archive, layout.MANIFEST, _MOST), type=Manifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(f"The manifest of {archive.label} cannot be read.") from error


def check(archive: Archive, own_key: str = "") -> Check:
    """Check everything. Raises Unreadable when there is no manifest."""
    manifest = manifest_of(archive)
    if manifest is None:
        raise Unreadable(f"{archive.label} is no bundle of Mission Control; it has no manifest.")
    problems = list(_problems(archive, manifest))
    signer = _signer(archive)
    if not signer:
        problems.append("Nobody vouches for the manifest: its signature is missing or wrong.")
    return Check(
        not problems,
        len(manifest.files),
        sum(entry.bytes for entry in manifest.files),
        tuple(problems),
        signer,
        signer == own_key if own_key and signer else None,
    )


def checked(archive: Archive, manifest: Manifest | None, name: str, most: int) -> bytes:
    """A file, when it is what the manifest says. Raises Changed or Unreadable."""
    content = read(archive, name, most)
    entry = next((entry for entry in manifest.files if entry.path == name), None) if manifest else None
    if manifest is not None and (entry is None or hashlib.sha256(content).hexdigest() != entry.sha256):
        raise Changed(
            f"{name} in {archive.label} is not what the manifest says.",
            "Somebody changed the bundle, or it was damaged; ask for it again. "
            "`mission-control bundle verify` lists what differs.",
        )
    return content


def _problems(archive: Archive, manifest: Manifest) -> Iterator[str]:
    there = set(archive.names)
    listed = {entry.path for entry in manifest.files}
    for name in sorted(there - listed - _OUTSIDE):
        yield f"{name} is not in the manifest."
    for entry in manifest.files:
        if entry.path not in there:
            yield f"{entry.path} is missing."
        elif _hash(archive, entry.path) != entry.sha256:
            yield f"{entry.path} was changed."


def _hash(archive: Archive, name: str) -> str:
    found = hashlib.sha256()
    try:
        for chunk in archive.chunks(name):
            found.update(chunk)
    except Unreadable:
        return ""
    return found.hexdigest()


def _signer(archive: Archive) -> str:
    if layout.SIGNATURE not in archive.names:
        return ""
    try:
        signature = msgspec.json.decode(read(archive, layout.SIGNATURE, _CHUNKS), type=Signature)
    except (msgspec.MsgspecError, RecursionError, Unreadable):
        return ""
    content = read(archive, layout.MANIFEST, _MOST)
    return signature.public_key if is_signed(content, signature) else ""


_CHUNKS = 1 << 16
