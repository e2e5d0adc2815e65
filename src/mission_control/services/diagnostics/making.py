"""One bundle from the first request to its name on the disk: collect, judge, account, sign.

Whatever ends it before it is whole leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from mission_control.archive.signing import Signer
from mission_control.archive.writing import BundleWriter
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.manifest import OWN, SCHEMA, Manifest, PartSize, over, sizes
from mission_control.domain.bundle.page import page
from mission_control.domain.bundle.parts import Ledger, Part, Wish
from mission_control.domain.bundle.summary import summary
from mission_control.domain.product import Product
from mission_control.domain.redact import Redactor
from mission_control.domain.report import report
from mission_control.domain.verdict import Health
from mission_control.services.diagnostics.collecting import Collected, Collector, Source, planned
from mission_control.services.diagnostics.gathering import Gathering, beside


class Maker(msgspec.Struct, frozen=True):
    """Who makes bundles: the console's version, the install and its key, what hides secrets, the packs."""

    version: str
    install: str
    signer: Signer | None
    redactor: Callable[[], Redactor]
    products: tuple[Product, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """How far it is: `part` of `parts` (from 1), its title, files and bytes of the archive so far."""

    part: int
    parts: int
    title: str
    files: int
    bytes: int


async def make(
    source: Source, wish: Wish, target: Path, name: str, maker: Maker, tell: Callable[[Told], None]
) -> Manifest:
    """Make the bundle `name` at a free path. Raises Unwritable; then, as when cancelled, nothing stays."""
    began = source.clock()
    writer = BundleWriter(target, began)
    try:
        homes = tuple(sorted({entry.namespace for entry in source.health.installations}))
        plan = await planned(source.connection, wish, homes)
        steps = [part for part in plan.parts if part.key not in ("events", "findings")]
        progress = _Progress(writer, len(steps) + 1, tell)
        gathering = Gathering(writer, maker.redactor(), wish.limits, progress.file)
        collected = await Collector(source, plan, gathering, progress.begin).collect()
        progress.last()
        manifest = msgspec.structs.replace(
            _manifest(wish, name, began, maker, collected), missing=len(gathering.ledger.not_collected)
        )
        await _account(gathering, manifest, collected, writer)
        return await beside(lambda: writer.finish(manifest, maker.signer))
    except BaseException:
        writer.abandon()
        raise


class _Progress:
    """Tells each part that begins and each file that is done."""

    def __init__(self, writer: BundleWriter, parts: int, tell: Callable[[Told], None]) -> None:
        self._writer, self._tell = writer, tell
        self._told = Told(0, parts, "", 0, 0)

    def begin(self, part: Part) -> None:
        self._next(part.title)

    def last(self) -> None:
        self._next("Judgement and account")

    def file(self, _: str) -> None:
        self._told = msgspec.structs.replace(
            self._told, files=len(self._writer.entries), bytes=self._writer.size
        )
        self._tell(self._told)

    def _next(self, title: str) -> None:
        self._told = msgspec.structs.replace(self._told, part=self._told.part + 1, title=title)
        self._tell(self._told)


def _manifest(wish: Wish, name: str, at: datetime, maker: Maker, collected: Collected) -> Manifest:
    health = collected.health
    facts = collected.snapshot.cluster
    troubled = [entry for entry in health.installations if entry.verdict is health.verdict]
    return Manifest(
        schema=SCHEMA,
        id=name,
        made_at=at,
        version=maker.version,
        cluster=facts.name,
        kubernetes=facts.version,
        preset=wish.preset,
        scope=_scope(wish, facts.namespaces),
        verdict=health.verdict.value,
        headline=troubled[0].headline if troubled else "",
        install=maker.install,
    )


def _scope(wish: Wish, namespaces: tuple[str, ...] | None) -> str:
    places = wish.installations or wish.namespaces or namespaces
    return ", ".join(places) if places else "everything that the console sees"


async def _account(
    gathering: Gathering, manifest: Manifest, collected: Collected, writer: BundleWriter
) -> None:
    """The files that tell of the others; the ledger of masks last, because each file may add to it."""
    health = masked(collected.health, gathering)
    safe = msgspec.convert(gathering.strings(msgspec.to_builtins(manifest), "manifest"), Manifest)
    gathering.part = "findings"
    await gathering.put(layout.FINDINGS, msgspec.to_builtins(report(collected.health)))
    gathering.part = OWN
    whole = over(safe, writer.entries)
    for path, content in told(whole, health, sizes(whole), gathering.ledger).items():
        await gathering.put_safe(path, content)
    entries = msgspec.json.encode({"masked": gathering.masked.total, "by_place": gathering.masked.entries()})
    await gathering.put_safe(layout.REDACTIONS, msgspec.json.format(entries, indent=1))


def masked(health: Health, gathering: Gathering) -> Health:
    """The judgement with its texts redacted, for the words of the bundle itself."""
    return msgspec.convert(gathering.strings(msgspec.to_builtins(health), "summary"), Health)


def told(manifest: Manifest, health: Health, parts: tuple[PartSize, ...], ledger: Ledger) -> dict[str, bytes]:
    """The files in words: the account, the summary, the page."""
    return {
        layout.NOT_COLLECTED: msgspec.json.format(msgspec.json.encode(ledger), indent=1),
        layout.SUMMARY: summary(manifest, health, parts, ledger).encode(),
        layout.PAGE: page(manifest, health, parts, ledger).encode(),
    }
