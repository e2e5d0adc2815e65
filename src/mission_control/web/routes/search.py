"""Search: a page of its own, and the same results alone for the palette."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from mission_control.access.permissions import Permission
from mission_control.domain.verdict import Verdict
from mission_control.services.freshness import Freshness
from mission_control.services.palette import Group, Hit, PageName, search
from mission_control.web.addresses import finding_address, health_address, object_address
from mission_control.web.asker import Parts
from mission_control.web.frame import PAGES
from mission_control.web.parts import SiteParts

_Words = Annotated[str, QueryParameter(name="q", description="words, each of which must be found")]
_LONGEST = 200


class Result(msgspec.Struct, frozen=True):
    """One result: what it is, where it leads, how it is."""

    group: Group
    title: str
    note: str
    href: str
    verdict: Verdict | None
    icon: str


class Results(msgspec.Struct, frozen=True):
    """The best results of `total`, found among `objects` objects. `text` is what was searched for."""

    freshness: Freshness
    text: str
    results: tuple[Result, ...]
    total: int
    objects: int


@get(
    ["/search", "/search.json"],
    opt={"permission": Permission.VIEW_OBJECTS, "template": "search/page.html"},
    summary="Findings, installations, objects and pages, the best twenty",
    sync_to_thread=False,
)
def search_page(parts: Parts, text: _Words = "") -> Results:
    """What was found for the words of the address."""
    return _results(parts, text)


@get(
    "/search/results",
    opt={"permission": Permission.VIEW_OBJECTS, "template": "search/_results.html"},
    include_in_schema=False,
    sync_to_thread=False,
)
def search_results(parts: Parts, text: _Words = "") -> Results:
    """The same without a page around it."""
    return _results(parts, text)


def _results(parts: SiteParts, text: str) -> Results:
    judged = parts.judgements.latest
    found = search(judged.snapshot, judged.health, PAGES, text[:_LONGEST])
    hits = tuple(map(_result, found.hits))
    return Results(found.freshness, found.text, hits, found.total, found.objects)


def _result(hit: Hit) -> Result:
    page: PageName | None = hit.page
    if hit.finding is not None:
        href = finding_address(hit.finding.installation, hit.finding.key)
    elif hit.link is not None:
        href = object_address(hit.link.kind, hit.link.namespace, hit.link.name)
    elif page is not None:
        href = page.href
    else:
        href = health_address(hit.installation)
    return Result(hit.group, hit.title, hit.note, href, hit.verdict, page.icon if page else "stack-2")
