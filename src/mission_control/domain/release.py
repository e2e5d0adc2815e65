"""A Helm release as the console knows it: what its record says, without values, notes or manifest text.

A record is one revision. Helm keeps ten of them as Secrets, so they are read only where somebody has given
the console that right, and only names of objects are kept of what a record holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

PENDING = ("pending-install", "pending-upgrade", "pending-rollback")
_WAITED = re.compile(
    r"timed out|deadline exceeded|hooks? failed|not ready|interrupted|context canceled", re.IGNORECASE
)
_UNSERVED = re.compile(r'no matches for kind "(?P<kind>[^"]+)" in version "(?P<version>[^"]+)"')


class ReleaseObject(msgspec.Struct, frozen=True):
    """An object of a release's manifest, by name."""

    api_version: str
    kind: str
    namespace: str
    name: str


class HookRun(msgspec.Struct, frozen=True):
    """A hook of a release and how it ended last; `phase` is empty for one that never ran."""

    kind: str
    name: str
    events: tuple[str, ...] = ()
    phase: str = ""
    completed_at: datetime | None = None


class Release(msgspec.Struct, frozen=True):
    """One revision of a release.

    `at`: when it was last changed. `is_read`: its record was read, else only its labels are known and
    everything from `chart` on is empty. `unserved`: kinds of its manifest that the cluster does not serve,
    as "group/version Kind".
    """

    namespace: str
    name: str
    revision: int
    status: str
    at: datetime | None = None
    is_read: bool = False
    chart: str = ""
    version: str = ""
    app_version: str = ""
    description: str = ""
    hooks: tuple[HookRun, ...] = ()
    objects: tuple[ReleaseObject, ...] = ()
    unserved: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name as findings name installations: namespace and release with a slash between."""
        return f"{self.namespace}/{self.name}"

    @property
    def is_pending(self) -> bool:
        """Whether an operation on it has begun and not ended."""
        return self.status in PENDING

    @property
    def waited_in_vain(self) -> bool:
        """Whether the operation failed only because something did not become ready."""
        return _WAITED.search(self.description) is not None

    @property
    def lacks(self) -> tuple[str, ...]:
        """The kinds that the cluster does not serve: of the manifest, or as Helm's own refusal names them."""
        told = [f"{found['version']} {found['kind']}" for found in _UNSERVED.finditer(self.description)]
        return tuple(dict.fromkeys([*self.unserved, *told]))


def newest(releases: Iterable[Release]) -> tuple[Release, ...]:
    """The newest revision of each release, ordered by namespace and name."""
    found: dict[tuple[str, str], Release] = {}
    for release in releases:
        place = (release.namespace, release.name)
        if place not in found or found[place].revision < release.revision:
            found[place] = release
    return tuple(found[place] for place in sorted(found))


def history(releases: Iterable[Release], key: str) -> tuple[Release, ...]:
    """The kept revisions of one release, newest first."""
    return tuple(sorted((r for r in releases if r.key == key), key=lambda r: -r.revision))


def in_force(releases: Iterable[Release], key: str) -> Release | None:
    """The revision whose objects should be in the cluster: the deployed one; None when there is none."""
    return next((r for r in history(releases, key) if r.status == "deployed"), None)
