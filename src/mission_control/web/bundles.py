"""The pages of bundles: what one would hold, those that are kept, one in the making, one to pass on."""

from __future__ import annotations

import asyncio
from datetime import datetime

import msgspec

from mission_control.archive.errors import ArchiveError
from mission_control.cluster.errors import ClusterError
from mission_control.domain.bundle.parts import PARTS, NotCollected, Part, PresetName, Wish, wanted_parts
from mission_control.domain.verdict import Verdict
from mission_control.services.diagnostics.jobs import Bundles
from mission_control.services.diagnostics.shelf import Job
from mission_control.services.previews import Preview, preview

PRESETS: tuple[tuple[PresetName, str, str], ...] = (
    ("full", "Full", "Everything, for a supporter who was not there."),
    ("quick", "Quick", "What is wrong, its logs and its surroundings; seconds."),
    ("custom", "Custom", "The parts that you tick."),
)
_STEPS = 24
"""Pieces of the progress bar at most."""


class PartLine(msgspec.Struct, frozen=True):
    """A part in the form. `is_chosen` in the preset that is shown; `missing`: the right it lacks."""

    part: Part
    is_chosen: bool
    missing: str = ""


class BundleLine(msgspec.Struct, frozen=True):
    """A bundle in the list, with its verdict as a mark."""

    job: Job
    verdict: Verdict | None


class BundleList(msgspec.Struct, frozen=True):
    """The page of all bundles. `left_out`: what the chosen preset would not hold, told beforehand.

    `problem` says why that could not be found out.
    """

    at: datetime
    preset: PresetName
    presets: tuple[tuple[str, str, str], ...]
    parts: tuple[PartLine, ...]
    left_out: tuple[NotCollected, ...]
    bundles: tuple[BundleLine, ...]
    running: str = ""
    problem: str = ""


class BundlePage(msgspec.Struct, frozen=True):
    """The page of one bundle: its progress while it is made, its inside when it is whole."""

    at: datetime
    job: Job
    verdict: Verdict | None
    steps: tuple[bool, ...]
    inside: Preview | None = None
    problem: str = ""


def verdict_of(job: Job) -> Verdict | None:
    """The verdict as the pages mark it; None while there is none."""
    return Verdict(job.verdict) if job.verdict in {verdict.value for verdict in Verdict} else None


async def bundle_list(bundles: Bundles, preset: PresetName, at: datetime) -> BundleList:
    """The list, with what a bundle of the preset would come to."""
    left_out: tuple[NotCollected, ...] = ()
    problem = ""
    try:
        left_out = (await bundles.plan(Wish(preset))).not_collected
    except ClusterError as error:
        problem = f"{error.says} {error.fix}".strip()
    refused = {entry.part: entry.needs for entry in left_out if entry.needs}
    chosen = {part.key for part in (PARTS if preset == "custom" else wanted_parts(Wish(preset)))}
    jobs = await asyncio.to_thread(bundles.all)
    return BundleList(
        at=at,
        preset=preset,
        presets=PRESETS,
        parts=tuple(PartLine(part, part.key in chosen, refused.get(part.key, "")) for part in PARTS),
        left_out=tuple(entry for entry in left_out if "not asked for" not in entry.reason),
        bundles=tuple(BundleLine(job, verdict_of(job)) for job in jobs),
        running=next((job.id for job in jobs if job.state == "running"), ""),
        problem=problem,
    )


async def bundle_page(bundles: Bundles, job: Job, at: datetime) -> BundlePage:
    """One bundle."""
    steps = tuple(number < job.part for number in range(1, min(job.parts, _STEPS) + 1))
    page = BundlePage(at, job, verdict_of(job), steps)
    path = bundles.path(job.id)
    if path is None:
        return page
    try:
        inside = await asyncio.to_thread(preview, path)
    except ArchiveError as error:
        return msgspec.structs.replace(page, problem=f"{error.says} {error.fix}".strip())
    return msgspec.structs.replace(page, inside=inside)
