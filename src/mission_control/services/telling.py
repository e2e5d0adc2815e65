"""The timeline for a command that looks once: from the picture alone, joined with what was kept before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mission_control.domain.installations import recognised
from mission_control.domain.objects import Event
from mission_control.domain.places import Places
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.acceptances import acceptance_changes
from mission_control.domain.timeline.entry import Entry, kept_identity
from mission_control.domain.timeline.story import Homes, everything
from mission_control.domain.timeline.verdicts import verdict_changes
from mission_control.domain.timeline.wanted import Wanted
from mission_control.domain.verdict import Acceptance, Health
from mission_control.services.timeline import grouped


class Told(msgspec.Struct, frozen=True):
    """The entries, the newest first, events that say the same as one; `notes` on where they are from."""

    entries: tuple[Entry, ...]
    sees_events: bool
    notes: tuple[str, ...] = ()


class Before(msgspec.Struct, frozen=True):
    """What was kept before this look, of the cluster of that name; `trouble`: why it could not be read."""

    cluster: str = ""
    entries: tuple[Entry, ...] = ()
    trouble: str = ""


def from_picture(
    snapshot: Snapshot, health: Health, products: Iterable[Product], since: datetime
) -> tuple[Entry, ...]:
    """What a picture and its judgement tell by themselves, each at its place."""
    homes = Homes(Places(snapshot, recognised(snapshot, tuple(products))))
    accepted: tuple[Acceptance, ...] = tuple(entry.acceptance for entry in health.accepted)
    verdicts, _ = verdict_changes({}, health) if snapshot.is_complete else ((), {})
    found = (*everything(snapshot, since), *verdicts, *acceptance_changes(None, accepted, health.at))
    return tuple(homes.at_home(entry) for entry in found)


def told(snapshot: Snapshot, now: Iterable[Entry], before: Before, wanted: Wanted) -> Told:
    """What is told now and what was kept, each once, as far as it is wanted."""
    kept = {entry.identity: entry for entry in before.entries}
    fresh = {kept_identity(before.cluster, entry.identity): entry for entry in now}
    if any(entry.what == "verdict" for entry in before.entries):  # it knows better since when
        fresh = {key: entry for key, entry in fresh.items() if entry.what != "verdict"}
    found = [entry for entry in {**fresh, **kept}.values() if wanted.fits(entry)]
    found.sort(key=lambda entry: (entry.at, entry.identity), reverse=True)
    within = sorted(wanted.namespaces) if wanted.namespaces is not None else ("",)
    notes = (f"Only what the cluster itself still tells: {before.trouble}",) if before.trouble else ()
    lines = grouped(found, snapshot)
    return Told(
        tuple(line.entry for line in lines), all(snapshot.sees(Event, name) for name in within), notes
    )
