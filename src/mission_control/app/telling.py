"""The timeline for a command: one look, and a glance at what a console on this machine has kept."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.snapshot import Snapshot, cluster_key
from mission_control.domain.timeline.entry import WHATS
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.verdict import Subject
from mission_control.products.catalog import products
from mission_control.services.health import Judged
from mission_control.services.telling import Before, Told, from_picture
from mission_control.services.telling import told as joined
from mission_control.settings import Settings
from mission_control.storage import glance
from mission_control.storage.errors import StorageError


class Asked(msgspec.Struct, frozen=True):
    """What is asked for: so many seconds until now, and which entries; empty for all."""

    seconds: float
    about: Subject | None = None
    kinds: tuple[str, ...] = ()
    installation: str = ""


def told(settings: Settings, judged: Judged, asked: Asked) -> Told:
    """What changed and happened, the newest first."""
    snapshot = judged.snapshot
    begin = snapshot.taken_at - timedelta(seconds=asked.seconds)
    wanted = Wanted(
        begin=begin,
        whats=tuple(what for what in WHATS if what in asked.kinds),
        installation=asked.installation,
        about=asked.about,
        namespaces=frozenset(settings.namespaces) if settings.namespaces else None,
    )
    now = from_picture(snapshot, judged.health, products(), begin)
    return joined(snapshot, now, _before(settings, snapshot, wanted), wanted)


def _before(settings: Settings, snapshot: Snapshot, wanted: Wanted) -> Before:
    """What was kept; nothing where there is no store, or one that only those who serve open."""
    cluster = cluster_key(snapshot)
    if settings.database_url or wanted.begin is None:
        return Before(cluster)
    try:
        return Before(cluster, glance.timeline(settings.state_dir, cluster, wanted.begin))
    except StorageError as error:
        return Before(cluster, trouble=f"{error.says} {error.fix}")
