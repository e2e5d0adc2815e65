"""Search over everything that has a page: findings, installations, pages, objects; the best twenty.

Every word must be found in a thing's name, kind or place. A name that is the words comes first, then one that
begins with them, then one that has them where a part of the name begins. It looks at names alone until the
best are known, so that tens of thousands of objects take a few hundredths of a second.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import EndpointSlice, Event, ReplicaSet
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Finding, Health, InstallationHealth, Verdict
from mission_control.services.facts import Link
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.marks import Marks
from mission_control.services.states import state_of

MOST = 20
_FINDINGS, _INSTALLATIONS, _PAGES = 6, 4, 4
_LOOKED_AT = 200
_LEFT_OUT = (Event, EndpointSlice)
_SHORT = {
    "po": "pod",
    "deploy": "deployment",
    "sts": "statefulset",
    "ds": "daemonset",
    "rs": "replicaset",
    "cj": "cronjob",
    "svc": "service",
    "ing": "ingress",
    "netpol": "networkpolicy",
    "cm": "configmap",
    "sa": "serviceaccount",
    "pvc": "persistentvolumeclaim",
    "pv": "persistentvolume",
    "sc": "storageclass",
    "ns": "namespace",
    "no": "node",
    "hpa": "horizontalpodautoscaler",
    "pdb": "poddisruptionbudget",
}
Group = Literal["finding", "installation", "object", "page"]


class PageName(msgspec.Struct, frozen=True):
    """A page of the console, with its address and icon."""

    label: str
    href: str
    icon: str


class Hit(msgspec.Struct, frozen=True):
    """One thing that was found. One of `finding`, `installation`, `link` and `page` says where it leads."""

    group: Group
    title: str
    note: str
    verdict: Verdict | None = None
    finding: Finding | None = None
    installation: str = ""
    link: Link | None = None
    page: PageName | None = None


class Search(msgspec.Struct, frozen=True):
    """What was found: the best hits of `total`, among `objects` objects."""

    freshness: Freshness
    text: str
    hits: tuple[Hit, ...]
    total: int
    objects: int


def search(snapshot: Snapshot, health: Health, pages: Iterable[PageName], text: str) -> Search:
    """The best hits for some words; without words, what is wrong, the installations and the pages."""
    words = text.lower().split()
    seen = freshness(snapshot)
    marks = Marks(snapshot, health)
    known = seen.allows_verdicts
    findings = list(_findings(health, words)) if known else []
    installations = list(_installations(health, words, known=known))
    places = [page for page in pages if all(word in page.label.lower() for word in words)]
    found = list(_objects(snapshot, words)) if words else []
    first = [*findings[:_FINDINGS], *installations[:_INSTALLATIONS]]
    last = [Hit("page", page.label, "Page", page=page) for page in places[: _PAGES if words else MOST]]
    best = _best(snapshot, marks, found, MOST - len(first) - len(last), known=known)
    return Search(
        freshness=seen,
        text=text,
        hits=(*first, *best, *last),
        total=len(findings) + len(installations) + len(places) + len(found),
        objects=sum(len(snapshot.all(kind.shape)) for kind in KINDS if kind.shape not in _LEFT_OUT),
    )


def _findings(health: Health, words: list[str]) -> Iterator[Hit]:
    """Findings, roots and the worst first."""
    for finding in sorted(health.findings, key=lambda entry: (not entry.root, -entry.verdict.weight)):
        about = finding.subject
        text = (
            f"{finding.says} {finding.code} {finding.component} {about.kind} {about.name} {about.namespace}"
        )
        if (words or finding.root) and all(word in text.lower() for word in words):
            place = finding.installation or about.namespace
            note = f"{'Root cause' if finding.root else 'Effect'}{', ' if place else ''}{place}"
            yield Hit("finding", finding.says, note, finding.verdict, finding=finding)


def _installations(health: Health, words: list[str], *, known: bool) -> Iterator[Hit]:
    def text(entry: InstallationHealth) -> str:
        return f"{entry.title} {entry.namespace} {entry.release} {entry.product}".lower()

    for entry in sorted(health.installations, key=lambda entry: -entry.verdict.weight):
        if all(word in text(entry) for word in words):
            verdict = entry.verdict if known else None
            yield Hit("installation", entry.title, entry.key, verdict, installation=entry.key)


_Found = tuple[int, int, int, str, str, str]
"""How good a match is (0 is best), the rank of its kind, the length of its name; namespace, name, kind."""


def _objects(snapshot: Snapshot, words: list[str]) -> Iterator[_Found]:
    for rank, kind in enumerate(KINDS):
        shelf = snapshot.shelves.get(kind.shape)
        if shelf is None or kind.shape in _LEFT_OUT:
            continue
        called = kind.kind.lower()
        left = [word for word in words if word not in called and _SHORT.get(word) != called]
        rank = 99 if kind.shape is ReplicaSet else rank  # noqa: PLW2901 -- nobody looks for these first
        for namespace, name in shelf.items:
            if all(word in name or word in namespace for word in left):
                yield _grade(name, left or words), rank, len(name), namespace, name, kind.kind


def _grade(name: str, words: list[str]) -> int:
    """How well a name fits: it is the word, begins with it, has it where a part begins, or somewhere."""
    word = words[0]
    if name == word:
        return 0
    if name.startswith(word):
        return 1
    place = name.find(word)
    if place < 0:
        return 4
    return 2 if name[place - 1] in "-._/" else 3


def _best(snapshot: Snapshot, marks: Marks, found: list[_Found], most: int, *, known: bool) -> list[Hit]:
    """The best of what was found; among equals what is not well comes first."""
    by_kind = {kind.kind: kind for kind in KINDS}
    hits: list[tuple[tuple[int, int, int, int], Hit]] = []
    for grade, rank, length, namespace, name, kind in heapq.nsmallest(_LOOKED_AT, found):
        item = snapshot.get(by_kind[kind].shape, namespace, name)
        if item is None:
            continue
        verdict = marks.verdict(item) if known else None
        note = ", ".join(part for part in (kind, state_of(item), namespace) if part)
        hit = Hit("object", name, note, verdict, link=Link(kind, namespace, name))
        hits.append(((grade, -(verdict.weight if verdict else 0), rank, length), hit))
    return [hit for _, hit in sorted(hits, key=lambda entry: entry[0])[:most]]
