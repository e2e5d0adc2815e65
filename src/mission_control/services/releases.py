"""The list of Helm releases: how each stands, in which version, since when; what needs a hand comes first.

It arranges what was read and judges nothing. Where records may not be read there are no lines, and the list
says which right is missing instead of looking empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mission_control.domain.product import Product
from mission_control.domain.release import Release, history, newest
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Blind, Verdict

_VERDICTS = {"failed": Verdict.BROKEN, "deployed": Verdict.HEALTHY, "uninstalled": Verdict.HEALTHY}


class ReleaseLine(msgspec.Struct, frozen=True):
    """One release. `verdict` is the colour of its status, not the health of what it made.

    `at`: when its newest revision was last changed. `version` and `app_version` are empty where its record
    was not read. `product` is the key of the pack whose chart it is, or empty. `revisions` are the kept ones,
    newest first.
    """

    namespace: str
    name: str
    status: str
    verdict: Verdict
    revision: int
    at: datetime | None
    chart: str
    version: str
    app_version: str
    description: str
    product: str = ""
    revisions: tuple[Release, ...] = ()

    @property
    def key(self) -> str:
        """Namespace and release with a slash between, as findings name installations."""
        return f"{self.namespace}/{self.name}"


class ReleaseList(msgspec.Struct, frozen=True):
    """All releases, pending and failed ones first; `blind`: where records were not read, and why."""

    lines: tuple[ReleaseLine, ...]
    blind: tuple[Blind, ...]

    @property
    def troubled(self) -> int:
        """How many are pending or failed."""
        return sum(line.verdict is not Verdict.HEALTHY for line in self.lines)


def releases(snapshot: Snapshot, products: Iterable[Product]) -> ReleaseList:
    """The releases that the picture's readings hold."""
    found = snapshot.readings.releases
    packs = {chart: pack.key for pack in products for chart in pack.recognise.charts}
    lines = [_line(release, packs.get(release.chart, ""), found) for release in newest(found)]
    return ReleaseList(
        tuple(sorted(lines, key=_urgency)),
        tuple(entry for entry in snapshot.readings.blind if entry.kind == "Release"),
    )


def _urgency(line: ReleaseLine) -> tuple[int, bool, str, str]:
    """Pending, then failed, then the rest; those of known products before others."""
    rank = 0 if line.status.startswith("pending-") else 1 if line.verdict is Verdict.BROKEN else 2
    return (rank, not line.product, line.namespace, line.name)


def _line(release: Release, product: str, found: tuple[Release, ...]) -> ReleaseLine:
    return ReleaseLine(
        namespace=release.namespace,
        name=release.name,
        status=release.status,
        verdict=_VERDICTS.get(release.status, Verdict.PROGRESSING),
        revision=release.revision,
        at=release.at,
        chart=release.chart,
        version=release.version,
        app_version=release.app_version,
        description=release.description,
        product=product,
        revisions=history(found, release.key),
    )
