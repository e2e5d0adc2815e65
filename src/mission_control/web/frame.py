"""What stands around every page: navigation, cluster, installations to choose from, freshness, theme.

Navigation lists the pages that exist and nothing else. The frame is made anew for every answer, live insides
included, so that a verdict in it is never older than the page inside it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from mission_control.access.permissions import Permission
from mission_control.access.roles import Person, Rights
from mission_control.domain.verdict import Verdict
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.overview import installation_line
from mission_control.services.own_state import Trouble
from mission_control.services.palette import PageName
from mission_control.services.replay import RecordedNote
from mission_control.services.views import Seen as Judged
from mission_control.web.addresses import access_address, health_address
from mission_control.web.asker import NAME, SEAL
from mission_control.web.parts import SiteParts, stamp
from mission_control.web.words import exact, listed, plural, since

_LISTED = {
    "Node": "/nodes",
    **dict.fromkeys(("Service", "EndpointSlice", "Ingress", "IngressClass", "NetworkPolicy"), "/network"),
    **dict.fromkeys(("PersistentVolumeClaim", "PersistentVolume", "StorageClass"), "/storage"),
}


PAGES = (
    PageName("Home", "/", "home"),
    PageName("Health", "/health", "heartbeat"),
    PageName("Nodes", "/nodes", "server-2"),
    PageName("Events", "/events", "bell"),
    PageName("Timeline", "/timeline", "timeline"),
    PageName("Network", "/network", "network"),
    PageName("Workloads", "/workloads", "box"),
    PageName("Logs", "/logs", "logs"),
    PageName("Storage", "/storage", "database"),
    PageName("Bundles", "/bundles", "archive"),
    PageName("Audit", "/audit", "file-text"),
    PageName("Access", "/settings/access", "users"),
    PageName("Redaction", "/settings/redaction", "eye-off"),
    PageName("Console", "/settings/console", "settings"),
)
"""The pages that there are, in the order of the navigation."""
_GROUPS = {"/": "", "/bundles": "Investigate", "/audit": "Record"} | dict.fromkeys(
    ("/settings/access", "/settings/redaction", "/settings/console"), "Settings"
)
_NEEDS = {
    "/bundles": Permission.BUNDLES,
    "/audit": Permission.VIEW_AUDIT,
    "/settings/access": Permission.OWN_ACCOUNT,
    "/settings/console": Permission.VIEW_OWN_HEALTH,
}


class Destination(msgspec.Struct, frozen=True):
    """A page of the navigation. `wrong` counts what is wrong there, `verdict` is the worst of it."""

    href: str
    label: str
    icon: str
    group: str
    is_here: bool
    wrong: int = 0
    verdict: Verdict | None = None


class Choice(msgspec.Struct, frozen=True):
    """An entry of the installation switcher."""

    href: str
    label: str
    note: str = ""
    verdict: Verdict | None = None
    is_here: bool = False


class Sight(msgspec.Struct, frozen=True):
    """Freshness in a word, with the whole of it for the hover, and where to read more."""

    label: str
    title: str
    icon: str
    href: str = ""


class Me(msgspec.Struct, frozen=True):
    """Who asks, for the corner of the page. `says`: what that person may do, in words."""

    name: str
    says: str
    door: str
    manages: bool


class Place(msgspec.Struct, frozen=True):
    """What is shown: the address, the installation it is about ("" for all), the theme, the nonce."""

    address: str
    chosen: str
    theme: str
    nonce: str


class Frame(msgspec.Struct, frozen=True):
    """The frame of one answer. `seal` goes into its forms; `accepts`: findings can be accepted here.

    `troubles` are those of the console's own state. `recorded`: this is no live cluster.
    """

    cluster: str
    version: str
    stamp: str
    now: datetime
    theme: str
    address: str
    destinations: tuple[Destination, ...]
    choices: tuple[Choice, ...]
    chosen: Choice
    sight: Sight
    nonce: str
    seal: str
    accepts: bool
    me: Me
    rights: Rights
    recorded: RecordedNote | None = None
    troubles: tuple[Trouble, ...] = ()

    def may_accept(self, namespace: str) -> bool:
        """Whether this person may accept findings about a namespace."""
        return self.rights.may(Permission.ACCEPT, namespace)

    @property
    def may_change_redaction(self) -> bool:
        """Whether this person may add and remove rules of redaction."""
        return self.rights.may(Permission.MANAGE_REDACTION)


def frame(parts: SiteParts, person: Person, place: Place) -> Frame:
    """The frame for a person around the page at a place.

    Name and seal are put in at the end, because persons of equal rights share the inside of a page.
    """
    judged = parts.judgements.latest
    choices = _choices(judged, place.chosen)
    rights = person.rights
    return Frame(
        cluster=judged.snapshot.cluster.name,
        version=judged.snapshot.cluster.version,
        stamp=stamp(parts),
        now=judged.snapshot.taken_at,
        theme=place.theme,
        address=place.address,
        destinations=_destinations(judged, place.address, rights, _hidden(parts)),
        choices=choices,
        chosen=next((choice for choice in choices if choice.is_here), choices[0]),
        sight=recorded_sight(parts.recorded.note) if parts.recorded else sight(freshness(judged.snapshot)),
        nonce=place.nonce,
        seal=SEAL,
        accepts=parts.accepted is not None,
        me=Me(NAME, rights.says, person.door, rights.may(Permission.MANAGE_ACCESS)),
        rights=rights,
        recorded=parts.recorded.note if parts.recorded else None,
        troubles=parts.own_state.troubles if parts.own_state else (),
    )


def sight(seen: Freshness) -> Sight:
    """Freshness in a word: loading, how old, what may not be read, or live."""
    if seen.state == "loading":
        text = f"Loading, {seen.known} of {seen.total} kinds"
        return Sight(text, f"Waits for {listed(seen.waiting)}", "clock")
    refused = list(dict.fromkeys(entry.kind for entry in seen.refused))
    blind = f"No access to {listed(map(plural, refused))}" if refused else ""
    if seen.state == "unreachable":
        return Sight("No cluster", seen.reason, "wifi-off")
    if seen.state == "stale":
        old = f"{since(seen.stale_since, seen.at)} old" if seen.stale_since else "Stale"
        return Sight(old, f"No news of {listed(seen.stale)}. {seen.reason} {blind}".strip(), "wifi-off")
    if refused:
        first = next(entry for entry in seen.refused)
        short = f"No access to {plural(refused[0]) if len(refused) == 1 else f'{len(refused)} kinds'}"
        return Sight(
            short,
            f"Everything else is live. {blind}.",
            "eye-off",
            access_address(first.kind, first.namespace) if len(seen.refused) == 1 else "/access",
        )
    return Sight("Live", f"All {seen.total} kinds are watched", "wifi")


def recorded_sight(recorded: RecordedNote) -> Sight:
    """In the place of freshness, where nothing is live."""
    return Sight("Recorded", f"Recorded at {exact(recorded.at)}; nothing on this page changes", "archive")


def _hidden(parts: SiteParts) -> tuple[str, ...]:
    """Pages that have nothing to show where nothing is kept, or where the picture was recorded."""
    sources = {"/bundles": parts.bundles, "/audit": parts.audit, "/logs": parts.logs}
    return tuple(page for page, source in sources.items() if source is None)


def _destinations(
    judged: Judged, address: str, rights: Rights, hidden: tuple[str, ...]
) -> tuple[Destination, ...]:
    path = address.partition("?")[0]
    bad = [entry for entry in judged.health.installations if entry.verdict.weight > Verdict.UNKNOWN.weight]
    known = freshness(judged.snapshot).allows_verdicts
    worst = max((entry.verdict for entry in bad), key=lambda verdict: verdict.weight, default=None)
    here = _list_of(path)
    return tuple(
        Destination(
            page.href,
            page.label,
            page.icon,
            _GROUPS.get(page.href, "Operate"),
            here == page.href,
            wrong=len(bad) if known and page.href == "/health" else 0,
            verdict=worst if known and page.href == "/health" else None,
        )
        for page in PAGES
        if rights.may(_NEEDS.get(page.href, Permission.VIEW_CONSOLE)) and page.href not in hidden
    )


def _list_of(path: str) -> str:
    """The page of the navigation that a page belongs to: itself, or the list of the object that it shows."""
    if path.startswith(("/settings/redaction", "/settings/console")):
        return path.removesuffix(".json")
    if path.startswith(("/health", "/causes")):
        return "/health"
    if path.startswith("/bundles/"):
        return "/bundles"
    if not path.startswith("/objects/"):
        return path.removesuffix(".json")
    return _LISTED.get(path.split("/")[2], "/workloads")


def _choices(judged: Judged, chosen: str) -> tuple[Choice, ...]:
    lines = [installation_line(entry) for entry in judged.health.installations]
    known = freshness(judged.snapshot).allows_verdicts
    everything = Choice("/", "All installations", is_here=not chosen)
    outside = Choice("/health/outside", "Outside installations", is_here=chosen == "outside")
    found = [
        Choice(
            health_address(line.key),
            line.title,
            line.namespace if line.namespace == line.release else line.key,
            line.verdict if known else None,
            line.key == chosen,
        )
        for line in lines
    ]
    return (everything, *found, outside)
