"""Helm's revisions as entries, where their records may be read."""

from __future__ import annotations

from collections.abc import Iterator

from mission_control.domain.readings import Readings
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wording import aware
from mission_control.domain.verdict import Subject


def releases(readings: Readings) -> Iterator[Entry]:
    """An entry for each revision whose time is known."""
    for release in readings.releases:
        if release.at is None or (release.status == "superseded" and not release.is_read):
            continue  # its label says when the next one came
        chart = f", {release.chart}-{release.version}" if release.chart else ""
        yield Entry(
            identity=f"release:{release.key}:{release.revision}",
            at=aware(release.at),
            what="release",
            subject=Subject("Release", release.namespace, release.name),
            text=f"Helm made revision {release.revision} of {release.name} ({release.status}{chart})",
            by="helm",
            is_bad=release.status == "failed",
            installation=release.key,
        )
