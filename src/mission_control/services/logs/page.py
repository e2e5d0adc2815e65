"""What the page of logs says besides the lines: what is shown, what can be chosen, what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mission_control.domain.logs.entries import Entry
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.logs.kept import Kept
from mission_control.services.logs.query import Previous
from mission_control.services.logs.selection import MOST, Catalog, Chosen, Selection

SPANS = ("5m", "15m", "1h", "6h", "24h", "all")
"""What the page offers as the time range."""


class LogAsk(msgspec.Struct, frozen=True):
    """What the address of the page says, as it says it."""

    installation: str = ""
    namespace: str = ""
    component: tuple[str, ...] = ()
    workload: str = ""
    pod: tuple[str, ...] = ()
    container: tuple[str, ...] = ()
    q: str = ""
    exclude: str = ""
    highlight: str = ""
    since: str = "15m"
    until: str = ""
    tail: int | None = None
    previous: Previous = "with"

    @property
    def selection(self) -> Selection:
        """Which containers that means."""
        return Selection(
            self.installation, self.component, self.workload, self.pod, self.container, self.namespace
        )


class Part(msgspec.Struct, frozen=True):
    """A component that can be chosen, with its title."""

    key: str
    title: str
    is_chosen: bool


class Standing(msgspec.Struct, frozen=True):
    """Which installation the page is about, for the frame."""

    installation: str


class LogsPage(msgspec.Struct, frozen=True):
    """The page. `entries` and `problem`: in JSON the newest lines, and why there are none.

    `missing` are sentences about what is not shown. `keeps`: lines of pods that are gone are kept.
    `prefix`: what the names of all pods have in common.
    """

    freshness: Freshness
    ask: LogAsk
    title: str
    chosen: Chosen
    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    notice: str
    command: str
    address: str
    place: Standing | None = None
    keeps: bool = False
    prefix: str = ""
    problem: str = ""
    fix: str = ""
    entries: tuple[Entry, ...] = ()


def logs_page(
    snapshot: Snapshot, health: Health, catalog: Catalog, ask: LogAsk, address: str, kept: Kept
) -> LogsPage:
    """The page for what the address asks."""
    chosen = catalog.choose(ask.selection)
    installation = next((one for one in health.installations if one.key == ask.installation), None)
    parts = tuple(
        Part(part.key, part.title, part.key in ask.component)
        for part in (installation.components if installation else ())
    )
    return LogsPage(
        freshness(snapshot),
        ask,
        _title(chosen, ask, {part.key: part.title for part in parts}),
        chosen,
        parts,
        _missing(chosen, kept.trouble),
        kept.notice,
        command(ask),
        address,
        place=Standing(ask.installation) if ask.installation else None,
        keeps=not kept.notice,
        prefix=_common({source.pod for source in chosen.sources}),
    )


def _common(pods: set[str]) -> str:
    """What the names of several pods begin with, up to a hyphen."""
    first, last = min(pods, default=""), max(pods, default="")
    if first == last:
        return ""
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("-", 0, same) + 1]


def _title(chosen: Chosen, ask: LogAsk, titles: Mapping[str, str]) -> str:
    pods = "1 pod" if chosen.pods == 1 else f"{chosen.pods} pods"
    if len(ask.pod) == 1:
        return f"of pod {ask.pod[0].rpartition('/')[2]}"
    if ask.workload:
        kind, _, rest = ask.workload.partition("/")
        return f"{pods} of {kind} {rest.rpartition('/')[2]}"
    named = [titles.get(key, key) for key in chosen.components]
    if not ask.component or len(named) > 3:  # noqa: PLR2004  as many as fit in a line
        where = ask.installation or ask.namespace or "this cluster"
        return f"{pods} of {where}"
    return f"{pods} of {' and '.join(filter(None, (', '.join(named[:-1]), *named[-1:])))}"


def _missing(chosen: Chosen, trouble: str) -> tuple[str, ...]:
    found = []
    if chosen.total > len(chosen.sources):
        found.append(f"Only the first {MOST} of {chosen.total} containers are followed. Choose components.")
    for name in chosen.blind:
        where = f" in {name}" if name else ""
        found.append(f"Pods{where} are not visible to the console, so their logs are missing.")
    return (*found, trouble) if trouble else tuple(found)


def command(ask: LogAsk) -> str:
    """The command that shows the same in a terminal."""
    namespace = ask.namespace or ask.installation.partition("/")[0]
    words = [*ask.component]
    if ask.workload:
        kind, namespace, name = [*ask.workload.split("/"), "", ""][:3]
        words.append(f"{kind.lower()}/{name}")
    for pod in ask.pod:
        space, _, name = pod.rpartition("/")
        namespace = space or namespace
        words.append(f"pod/{name}")
    flags = [f"-n {namespace}"] if namespace else ["--all"]
    flags += [f"-c {name}" for name in ask.container]
    flags += [f"--grep {_quoted(ask.q)}"] if ask.q else []
    flags += [f"--exclude {_quoted(ask.exclude)}"] if ask.exclude else []
    flags += [f"--since {ask.since}"] if ask.since != LogAsk().since else []
    flags += ["--previous"] if ask.previous == "only" else ["-f"]
    return " ".join(["mission-control logs", *words, *flags])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
