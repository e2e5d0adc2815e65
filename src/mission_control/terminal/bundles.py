"""Bundles for a terminal: how far one is, what is kept, what is inside, whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec

from mission_control.archive.checking import Check
from mission_control.domain.quantity import bytes_text
from mission_control.services.diagnostics.shelf import Job
from mission_control.services.previews import Preview
from mission_control.terminal import screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST = 40


class Made(msgspec.Struct, frozen=True):
    """A bundle that was made, and where it is; `path` is empty when there is none."""

    bundle: Job
    path: str


class Listed(msgspec.Struct, frozen=True):
    """All bundles."""

    bundles: tuple[Job, ...]


class Progress:
    """Tells each part that begins, on standard error."""

    def __init__(self) -> None:
        self._part = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open."""

    def tell(self, job: Job) -> None:
        """The step that a job is at, once."""
        if job.part > self._part and job.state == "running":
            self._part = job.part
            screen.note(f"[{job.part}/{job.parts}] {job.title}")


def made(shown: Made) -> RenderableType:
    """How it ended, and what to do with it."""
    from rich.text import Text  # noqa: PLC0415  # only who draws pays for it

    job = shown.bundle
    if job.state != "done":
        return Text(f"No bundle: {job.says} {job.fix}".strip())
    return Text(
        f"{shown.path}\n{job.files} files, {bytes_text(job.bytes)}, {job.verdict}"
        f"{': ' + job.headline if job.headline else ''}\nsha256 {job.sha256}\n"
        f"Open it: mission-control open {shown.path}"
    )


def deleted(shown: Made) -> RenderableType:
    """That it is gone."""
    from rich.text import Text  # noqa: PLC0415  # as above

    return Text(f"Deleted bundle {shown.bundle.id}.")


def listed(shown: Listed) -> RenderableType:
    """A line for each."""
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # as above

    if not shown.bundles:
        return Text("No bundles are kept. Make one: mission-control bundle create")
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "STATE", "PRESET", "SIZE", "FILES", "CLUSTER", "VERDICT", "SAYS"):
        table.add_column(column)
    for job in shown.bundles:
        table.add_row(
            job.id,
            job.state,
            job.wish.preset,
            bytes_text(job.bytes),
            str(job.files),
            job.cluster,
            job.verdict,
            job.says or job.headline,
        )
    return table


def preview(shown: Preview) -> RenderableType:
    """The parts, what is missing, what was masked."""
    from rich.console import Group  # noqa: PLC0415  # as above
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # as above

    told = shown.manifest
    head = Text(
        f"Bundle {told.id} of {told.cluster}, {told.made_at:%Y-%m-%d %H:%M:%S} UTC\n"
        f"{told.verdict}{': ' + told.headline if told.headline else ''}\n"
        f"preset {told.preset}, {told.scope}\n"
    )
    parts = Table(box=None, pad_edge=False)
    for column in ("PART", "FILES", "SIZE"):
        parts.add_column(column)
    for part in shown.parts:
        parts.add_row(part.title, str(part.files), bytes_text(part.bytes))
    missing = [
        f"  {e.what}: {e.reason}{f' Needs {e.needs}.' if e.needs else ''}" for e in shown.ledger.not_collected
    ]
    cut = [f"  {entry.what}: {entry.says}" for entry in shown.ledger.limits]
    rules = ", ".join(f"{count} {rule}" for rule, count in shown.rules)
    lines = [f"\n{shown.masked} values masked: {rules}", "\nNot in it:", *_some(missing)]
    return Group(head, parts, Text("\n".join([*lines, *(["\nCut:", *_some(cut)] if cut else [])])))


def checked(shown: Check) -> RenderableType:
    """Whether it is as it was made, and by whom."""
    from rich.text import Text  # noqa: PLC0415  # as above

    who = {True: "this install", False: "another install", None: "an install"}[shown.is_ours]
    signed = f"Signed by {who}, key {shown.signed_by[:16]}…" if shown.signed_by else "Not signed."
    if shown.is_whole:
        return Text(f"Whole: {shown.files} files, {bytes_text(shown.bytes)}. {signed}")
    return Text("\n".join(["Not as it was made:", *_some(list(shown.problems)), signed]))


def _some(lines: list[str]) -> list[str]:
    return [*lines[:_MOST], *([f"  and {len(lines) - _MOST} more"] if len(lines) > _MOST else [])]
