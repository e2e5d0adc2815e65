"""From sightings to findings: what is one cause, what it hurts, how bad that is.

Rules see objects; this sees that three of them complain of the same claim. The object to blame becomes the
subject of one root; every further component that it hurts is an effect of that root, so that a cause is told
once and each component still shows why it does not work.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mission_control.domain.health.codes import FOLLOWS, LOOSE, TELLING, code_named
from mission_control.domain.health.scene import Scene, aware
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.places import Place
from mission_control.domain.verdict import Evidence, Finding, Subject, Verdict

MOST_EVIDENCE = 6


class Knot(msgspec.Struct, frozen=True):
    """A finding with what the search for its root needs: place, accused component, hurt workloads.

    `waits`: it only waited for other things to work. `brief`, `pods`: what it says, and how many pods of its
    own component it hurts, when it turns out to be an effect.
    """

    finding: Finding
    place: Place
    target: str | None = None
    workloads: frozenset[str] = frozenset()
    waits: bool = False
    brief: str = ""
    pods: int = 0


def join(scene: Scene, sightings: Iterable[Sighting]) -> list[Knot]:
    """One root for each cause, and an effect for each further component that the cause hurts."""
    groups: dict[tuple[str, str], list[Sighting]] = {}
    for sighting in most_specific(list(sightings)):
        groups.setdefault(sighting.same, []).append(sighting)
    return [knot for group in groups.values() for knot in _knots(scene, group)]


def most_specific(sightings: list[Sighting]) -> list[Sighting]:
    """Without what only describes the consequence of something else on the same workload or object."""
    explained = {
        _victim(sighting)
        for sighting in sightings
        # a warning explains nothing that has stopped
        if sighting.code not in FOLLOWS and sighting.verdict is not Verdict.DEGRADED
    }
    told = {_victim(sighting) for sighting in sightings if sighting.code in TELLING}
    missing = {sighting.subject.path for sighting in sightings if sighting.code in _ASKED_FOR}
    return [
        sighting
        for sighting in sightings
        if not (sighting.code in FOLLOWS and _victim(sighting) in explained)
        and not (sighting.code in LOOSE and _victim(sighting) in told)
        and not (sighting.code == "object-missing" and sighting.subject.path in missing)
    ]


_ASKED_FOR = ("config-missing", "service-account-missing")


def _victim(sighting: Sighting) -> str:
    place = sighting.place
    return (place.subject or sighting.subject).path


def _part(sighting: Sighting) -> tuple[str, str]:
    """The component that is hurt, or the workload where there is no component."""
    if sighting.place.component is not None:
        return (sighting.place.component, "")
    return ("", _victim(sighting))


def verdict_of(scene: Scene, sighting: Sighting) -> Verdict:
    """The verdict of a sighting: its own, or its code's, softened while the component still serves."""
    code = code_named(sighting.code)
    if sighting.verdict is not None:
        return sighting.verdict
    if code.verdict is Verdict.BROKEN and code.softens and scene.serves(sighting.place):
        return Verdict.DEGRADED
    return code.verdict


def _knots(scene: Scene, group: list[Sighting]) -> list[Knot]:
    hurt: dict[tuple[str, str], list[Sighting]] = {}
    placed = [s for s in group if s.nobody or s.place.component or s.place.workload]
    for sighting in placed or group:  # what only says that it is so tells less than whom it hurts
        hurt.setdefault(_part(sighting), []).append(sighting)
    verdicts = {part: max((verdict_of(scene, s) for s in found), key=_weight) for part, found in hurt.items()}
    order = sorted(hurt, key=lambda part: _importance(scene, hurt[part][0], verdicts[part]))
    first = hurt[order[0]]
    if first[0].nobody:
        has_parts = any(s.place.component or s.place.workload for s in group)
        verdict = _for_nobody(hurt, verdicts) if has_parts else verdicts[order[0]]
        place = Place(first[0].place.installation)
        root = _root(group, first, verdict, place)
        root = msgspec.structs.replace(root, says=first[0].whole or root.says)
        rest = order if has_parts else []
    else:
        root = _root(group, first, verdicts[order[0]], first[0].place)
        rest = order[1:]
    root = msgspec.structs.replace(root, affects=tuple(part[0] or part[1] for part in rest))
    hurts = frozenset(map(_victim, group))
    lead = first[0]
    own = len({pod for sighting in first for pod in sighting.pods})
    knot = Knot(root, lead.place, lead.target, hurts, lead.waits, lead.shortly, own)
    return [knot, *(_effect(root, hurt[part], verdicts[part]) for part in rest)]


def _weight(verdict: Verdict) -> int:
    return verdict.weight


def _importance(scene: Scene, sighting: Sighting, verdict: Verdict) -> tuple[int, int, int, str]:
    """The owner of the blamed object first, then the worst hurt, then the pack's order."""
    place = sighting.place
    if place.installation is None:
        return (1, -verdict.weight, 0, _victim(sighting))
    owner = _owner(scene, sighting.subject)
    owned = owner is not None and owner == place.component
    return (
        0 if owned else 1,
        -verdict.weight,
        place.installation.rank(place.component),
        place.component or "",
    )


def _owner(scene: Scene, subject: Subject) -> str | None:
    """The component that a shared object belongs to by its name."""
    for installation in scene.places.around(subject.namespace):
        found = installation.component_named(installation.suffix(subject.name))
        if found is not None:
            return found.key
    return None


def _for_nobody(
    hurt: dict[tuple[str, str], list[Sighting]], verdicts: dict[tuple[str, str], Verdict]
) -> Verdict:
    """The verdict of a cause that belongs to no component: the worst it does, optional parts counted less."""
    weighed = [weighed_verdict(found[0].place, verdicts[part]) for part, found in hurt.items()]
    return max(weighed, key=_weight)


def weighed_verdict(place: Place, verdict: Verdict) -> Verdict:
    """What a component's verdict is worth to its installation: a broken optional one only degrades it."""
    member = place.installation.member(place.component) if place.installation else None
    optional = (
        place.installation is not None and place.component is not None and not (member and member.vital)
    )
    return Verdict.DEGRADED if optional and verdict is Verdict.BROKEN else verdict


def _root(group: list[Sighting], first: list[Sighting], verdict: Verdict, place: Place) -> Finding:
    return _finding(first, verdict, place, {pod for s in group for pod in s.pods})


def _finding(found: list[Sighting], verdict: Verdict, place: Place, pods: set[str]) -> Finding:
    lead = found[0]
    installation = place.installation
    return Finding(
        code=lead.code,
        verdict=verdict,
        subject=lead.subject,
        says=lead.says,
        fix=lead.fix,
        component=place.component,
        installation=installation.key if installation else None,
        evidence=_evidence(found),
        since=min((aware(s.since) for s in found if s.since), default=None),
        command=lead.command,
        pods=len(pods),
    )


def _evidence(found: list[Sighting]) -> tuple[Evidence, ...]:
    """Different things that were seen, a few of each; the same text of three pods is shown once."""
    unique: dict[tuple[str, str], Evidence] = {}
    for sighting in found:
        for entry in sighting.evidence:
            unique.setdefault((entry.source, entry.text), entry)
    return tuple(unique.values())[:MOST_EVIDENCE]


def _effect(root: Finding, found: list[Sighting], verdict: Verdict) -> Knot:
    lead = found[0]
    finding = _finding(found, verdict, lead.place, {pod for s in found for pod in s.pods})
    finding = msgspec.structs.replace(
        finding,
        subject=lead.place.subject or lead.subject,
        root=False,
        effect_of=root.key,
    )
    hurts = frozenset(map(_victim, found))
    return Knot(finding, lead.place, lead.target, hurts, brief=lead.shortly, pods=finding.pods)
