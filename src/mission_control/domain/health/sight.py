"""The console's own sight: what it may not look at, or has not seen for too long.

Only pods, workloads and endpoints matter for a verdict; without them a component is unknown and never
healthy. Everything else that is refused or silent is listed as blind, with the right that would change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mission_control.domain.health.scene import Scene
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.places import Place
from mission_control.domain.snapshot import Sight, SightState, Snapshot
from mission_control.domain.verdict import Blind, Evidence, Subject

_CODES: dict[SightState, str] = {"refused": "not-allowed", "stale": "stale"}


def sight_sightings(scene: Scene) -> Iterator[Sighting]:
    """One sighting for each code and installation (or namespace without one) that cannot be judged."""
    for state, code in _CODES.items():
        bad = [s for s in scene.snapshot.sights if s.kind.essential and s.state == state]
        if not bad:
            continue
        told = False
        for installation in scene.installations:
            counts = scene.snapshot.sights_in(installation.namespace)
            hidden = [s for s in bad if s in counts]
            if hidden:
                told = True
                yield _sighting(code, Place(installation), installation.namespace, hidden)
        if not told:
            yield _sighting(code, Place(), bad[0].namespace or "", bad)


def _sighting(code: str, place: Place, namespace: str, hidden: list[Sight]) -> Sighting:
    names = ", ".join(sorted({s.kind.resource for s in hidden}))
    where = f"in namespace {namespace}" if namespace else "in this cluster"
    needs = next((s.needs for s in hidden if s.needs), "list, watch")
    if code == "not-allowed":
        says = f"The console may not read {names} {where}, so what runs there is unknown."
        fix = f"Give its account the right to list and watch {names} {where}."
        command = f"kubectl auth can-i list {hidden[0].kind.resource}" + (
            f" -n {namespace}" if namespace else ""
        )
    else:
        says = f"The console has not heard of {names} {where} for too long, so what runs there is unknown."
        fix = "Look whether the API server can be reached from the console."
        command = "kubectl get --raw /readyz"
    return Sighting(
        code,
        Subject("Namespace", "", namespace),
        place,
        says,
        fix,
        command,
        tuple(
            Evidence("answer", s.reason or needs, s.kind.resource) for s in hidden[:5] if s.reason or needs
        ),
        _earliest(hidden),
        nobody=True,
    )


def _earliest(hidden: list[Sight]) -> datetime | None:
    return min((s.since for s in hidden if s.since), default=None)


def is_hidden(snapshot: Snapshot, namespace: str) -> bool:
    """Whether pods, workloads or endpoints of a namespace cannot be looked at now."""
    return any(
        sight.kind.essential and sight.state in ("refused", "stale", "loading")
        for sight in snapshot.sights_in(namespace)
    )


def blind_spots(scene: Scene) -> tuple[Blind, ...]:
    """Everything that was not looked at, with the reason; kinds that are not served hide nothing."""
    found = [
        Blind(
            kind=sight.kind.kind,
            namespace=sight.namespace or "",
            reason=sight.reason or _REASONS[sight.state],
            would_need=_would_need(sight),
        )
        for sight in scene.snapshot.sights
        if sight.state in _REASONS or (sight.state == "live" and sight.reason)  # some of it cannot be read
    ]
    refused = [tail for tails in scene.tails.values() for tail in tails if tail.refused]
    logs = {tail.namespace: tail.refused for tail in refused}
    found += [
        Blind("PodLog", namespace, reason, "get pods/log") for namespace, reason in sorted(logs.items())
    ]
    return (*found, *scene.snapshot.readings.blind)


def _would_need(sight: Sight) -> str:
    """The right that is missing; none where a role of the console is."""
    if sight.needs or sight.role or sight.state not in _REASONS:
        return sight.needs
    return f"list, watch {sight.kind.resource}"


_REASONS: dict[SightState, str] = {
    "refused": "the console may not read it",
    "stale": "nothing was heard of it for too long",
}
