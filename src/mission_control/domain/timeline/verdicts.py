"""When verdicts changed: of installations, and of the components that carry them.

Progressing is a state on the way and is not told. A picture that is still loading must not be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.wording import aware
from mission_control.domain.verdict import Finding, Health, InstallationHealth, Subject, Verdict

Place = tuple[str, str]
VerdictsTold = dict[Place, Verdict]
"""The verdict that was told last of each installation and, with a component's key, of each component."""
_MOST_TEXT = 400


def verdict_changes(known: VerdictsTold, health: Health) -> tuple[tuple[Entry, ...], VerdictsTold]:
    """What is told of a judgement of a complete picture, and what is told then.

    What was never told before is told only when it is not well, at the time since when the cluster says so.
    """
    now: VerdictsTold = {}
    entries: list[Entry] = []
    for installation in health.installations:
        for place, verdict, entry in _places(installation, health):
            before = known.get(place)
            if verdict is Verdict.PROGRESSING:
                now |= {place: before} if before is not None else {}
                continue
            now[place] = verdict
            if before is None:
                entries += [_first(entry, installation)] if verdict is not Verdict.HEALTHY else []
            elif before is not verdict:
                entries.append(entry)
    kept = {place: verdict for place, verdict in known.items() if place not in now}
    return tuple(entries), {**kept, **now}


def _places(installation: InstallationHealth, health: Health) -> Iterator[tuple[Place, Verdict, Entry]]:
    key, at = installation.key, aware(health.at)
    about = Subject("Release", installation.namespace, installation.release)
    text = f"{installation.title} {key} is {installation.verdict.value}: {installation.headline}"
    yield (key, ""), installation.verdict, _entry(key, "", installation.verdict, about, at, text)
    worst = _worst(health, key)
    for component in installation.components:
        ref = component.workloads[0] if component.workloads else None
        place = Subject(ref.kind, ref.namespace, ref.name) if ref else about
        finding = worst.get(component.key)
        why = f": {finding.says}" if finding is not None and component.verdict is finding.verdict else ""
        text = f"{component.title} is {component.verdict.value}{why}"
        entry = _entry(key, component.key, component.verdict, place, at, text)
        yield (key, component.key), component.verdict, entry


def _worst(health: Health, key: str) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for finding in health.findings:
        if finding.installation == key and finding.component:
            other = found.get(finding.component)
            if other is None or finding.verdict.weight > other.verdict.weight:
                found[finding.component] = finding
    return found


def _entry(key: str, component: str, verdict: Verdict, about: Subject, at: datetime, text: str) -> Entry:
    return Entry(
        identity=f"verdict:{key}:{component}:{verdict.value}:{at:%Y%m%dT%H%M%S}",
        at=at,
        what="verdict",
        subject=about,
        text=text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 2].rstrip() + " …",
        clock="console",
        is_bad=verdict.weight > Verdict.UNKNOWN.weight,
        reason=verdict.value,
        installation=key,
        component=component or None,
    )


def _first(entry: Entry, installation: InstallationHealth) -> Entry:
    """An entry about what was so when the console looked first: since when, as far as that is known."""
    since = installation.since
    if since is None:
        return entry
    identity = (
        f"verdict:{entry.installation}:{entry.component or ''}:{entry.reason}:{aware(since):%Y%m%dT%H%M%S}"
    )
    return msgspec.structs.replace(entry, identity=identity, at=aware(since), clock="cluster")
