"""A bundle without some of its parts, for whoever may pass on less: a bundle of its own, signed anew.

What was taken out is listed in its account. The few lines of logs and events that findings rest on stay with
the findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from mission_control.archive.checking import manifest_of
from mission_control.archive.errors import Unreadable
from mission_control.archive.reading import open_archive, read
from mission_control.archive.signing import Signer
from mission_control.archive.writing import BundleWriter
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.manifest import OWN, Manifest, over, sizes
from mission_control.domain.bundle.parts import Ledger, NotCollected, part_named
from mission_control.domain.product import Product
from mission_control.services.diagnostics.making import told
from mission_control.services.recorded import open_recording

_MOST = 32 << 20
_REWRITTEN = frozenset({layout.MANIFEST, layout.SIGNATURE, layout.NOT_COLLECTED, layout.SUMMARY, layout.PAGE})


def key_of(parts: Iterable[str]) -> str:
    """A short name for a choice of parts, the same for the same choice."""
    return hashlib.sha256(",".join(sorted(parts)).encode()).hexdigest()[:12]


def removable(parts: Iterable[str]) -> tuple[str, ...]:
    """Those of the parts that may be taken out of a bundle."""
    found = ((key, part_named(key)) for key in sorted(set(parts)))
    return tuple(key for key, part in found if part is not None and not part.is_needed)


def write_lighter(
    path: Path, target: Path, without: tuple[str, ...], products: tuple[Product, ...], signer: Signer | None
) -> Manifest:
    """Write the bundle without these parts. Raises ArchiveError; then nothing is written."""
    archive = open_archive(path)
    manifest = manifest_of(archive)
    if manifest is None:
        raise Unreadable(f"{archive.label} is no bundle of Mission Control.")
    health = open_recording(path, products, manifest.made_at).health
    ledger = msgspec.json.decode(read(archive, layout.NOT_COLLECTED, _MOST), type=Ledger)
    titles = ((key, part_named(key)) for key in without)
    taken = tuple(
        NotCollected(key, part.title, "It was taken out before the bundle was passed on.")
        for key, part in titles
        if part is not None
    )
    less = Ledger((*ledger.not_collected, *taken), ledger.limits)
    writer = BundleWriter(target, manifest.made_at)
    try:
        for entry in manifest.files:
            if entry.path in _REWRITTEN or entry.part in without:
                continue
            with writer.file(entry.path, entry.part) as writing:
                for chunk in archive.chunks(entry.path):
                    writing.write(chunk)
        made = msgspec.structs.replace(
            manifest, trimmed_from=manifest.id, missing=len(less.not_collected), preset="custom"
        )
        whole = over(made, writer.entries)
        for name, content in told(whole, health, sizes(whole), less).items():
            writer.add(name, content, OWN)
        return writer.finish(made, signer)
    except BaseException:
        writer.abandon()
        raise
