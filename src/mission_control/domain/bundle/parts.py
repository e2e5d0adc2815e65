"""The parts of a bundle: what each holds, what it takes to read it, and how long that may last.

A part whose right is missing is not collected, and that is told before anything runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Literal

import msgspec

PresetName = Literal["quick", "full", "custom"]
MIB = 1 << 20


class Need(msgspec.Struct, frozen=True):
    """A right in Kubernetes: `verb` on `resource` ("pods", "pods/log") of `group`."""

    verb: str
    resource: str
    group: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}.{self.group}" if self.group else f"{self.verb} {self.resource}"


class Part(msgspec.Struct, frozen=True):
    """One part. `seconds` is how long it may take; `is_needed`: no bundle is without it.

    `needs` are rights of which each is asked for before anything runs; parts that read many kinds have none
    here, because the picture knows already what of them may be read.
    """

    key: str
    title: str
    says: str
    seconds: float
    needs: tuple[Need, ...] = ()
    is_quick: bool = False
    is_needed: bool = False


PARTS: tuple[Part, ...] = (
    Part(
        "objects",
        "Objects",
        "Every object that the console reads, as the API server has it, in the layout that kubectl's offline "
        "servers know. The console opens again on these.",
        180,
        is_quick=True,
        is_needed=True,
    ),
    Part("events", "Events", "What the cluster reported, newest words and counts.", 60, is_quick=True),
    Part(
        "logs",
        "Logs",
        "Logs of current and previous containers: the first and the newest lines where one is long.",
        240,
        (Need("get", "pods/log"),),
        is_quick=True,
    ),
    Part("describe", "Descriptions", "What kubectl describe tells of each object of the installations.", 60),
    Part(
        "cluster",
        "Cluster",
        "Version, APIs served, custom resource definitions, webhooks and priority classes.",
        60,
        is_quick=True,
    ),
    Part(
        "releases",
        "Releases",
        "Helm's history with masked values and manifests, and what changed between revisions.",
        60,
    ),
    Part("metrics", "Usage", "What pods and nodes use at the moment of making.", 20, is_quick=True),
    Part(
        "topology",
        "Topology",
        "The ways in, Services with what is behind them, claims, volumes and classes.",
        30,
        is_quick=True,
    ),
    Part(
        "endpoints", "Product diagnostics", "What the product's own endpoints answer, as its pack asks.", 60
    ),
    Part(
        "console",
        "Console",
        "The console's version, its settings with secrets masked, and the rights that it has.",
        30,
        is_quick=True,
    ),
    Part(
        "findings",
        "Findings",
        "What was found with its evidence, what was accepted, and the summary to paste into a ticket.",
        60,
        is_quick=True,
        is_needed=True,
    ),
)
"""In the order in which they are collected; findings come last, because they are judged on what is there."""

_BY_KEY = {part.key: part for part in PARTS}


class Limits(msgspec.Struct, frozen=True):
    """How much is taken: bytes of the archive, and of each log its first and its newest bytes and lines."""

    archive_bytes: int = 200 * MIB
    log_first_bytes: int = 64 * 1024
    log_newest_bytes: int = 1 * MIB
    log_newest_lines: int = 10_000


_QUICK = Limits(40 * MIB, 0, 128 * 1024, 500)


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants in a bundle. Empty `namespaces`: all that the console sees.

    `installations` ("namespace/release") narrow logs and descriptions, never the picture. `since` bounds
    logs and events. `all_logs`: also of pods outside installations that have nothing wrong.
    """

    preset: PresetName = "full"
    parts: tuple[str, ...] = ()
    installations: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    since: timedelta | None = None
    most_bytes: int | None = None
    all_logs: bool = False

    @property
    def limits(self) -> Limits:
        """The limits of the preset, with the size that was asked for."""
        limits = _QUICK if self.preset == "quick" else Limits()
        return msgspec.structs.replace(limits, archive_bytes=self.most_bytes or limits.archive_bytes)

    @property
    def is_quick(self) -> bool:
        """Whether only what is wrong is looked at closely."""
        return self.preset == "quick"


def part_named(key: str) -> Part | None:
    """The part with this key."""
    return _BY_KEY.get(key)


def wanted_parts(wish: Wish) -> tuple[Part, ...]:
    """The parts of a wish in their order; the needed ones are always among them."""
    if wish.preset == "custom":
        return tuple(part for part in PARTS if part.is_needed or part.key in wish.parts)
    return tuple(part for part in PARTS if wish.preset == "full" or part.is_quick)


def unknown_parts(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that name no part."""
    return tuple(key for key in keys if key not in _BY_KEY)


class NotCollected(msgspec.Struct, frozen=True):
    """Something that is not in the bundle: of which part, what, why, and which right would change that."""

    part: str
    what: str
    reason: str
    needs: str = ""


class Limited(msgspec.Struct, frozen=True):
    """A limit that bit: something is in the bundle, but not all of it."""

    part: str
    what: str
    says: str


class Ledger(msgspec.Struct, frozen=True):
    """`not-collected.json`: everything that a reader might look for in vain."""

    not_collected: tuple[NotCollected, ...] = ()
    limits: tuple[Limited, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """What will be collected, and what will not be, and why; made before anything runs."""

    wish: Wish
    parts: tuple[Part, ...]
    not_collected: tuple[NotCollected, ...]


NEVER = (
    NotCollected("objects", "Secrets", "They are never read, whatever the account may do."),
    NotCollected("objects", "Values of ConfigMaps", "Only their names and labels are read."),
)


def plan(wish: Wish, refused: Collection[Need]) -> Plan:
    """What a wish comes to, given the rights that are missing."""
    chosen = wanted_parts(wish)
    missing = {part.key: [need for need in part.needs if need in refused] for part in chosen}
    left_out = tuple(
        NotCollected(part.key, part.title, "It may not be read.", ", ".join(map(str, missing[part.key])))
        for part in chosen
        if missing[part.key]
    )
    unwanted = tuple(
        NotCollected(part.key, part.title, f"It was not asked for (preset {wish.preset}).")
        for part in PARTS
        if part not in chosen
    )
    parts = tuple(part for part in chosen if not missing[part.key])
    return Plan(wish, parts, (*NEVER, *left_out, *unwanted))
