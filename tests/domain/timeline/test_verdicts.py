"""When verdicts are told: once, when they change, and not on the way."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.timeline.verdicts import verdict_changes
from mission_control.domain.verdict import (
    ComponentHealth,
    Finding,
    Health,
    InstallationHealth,
    Subject,
    Verdict,
)
from tests.domain.casebook import NOW

OK, BAD, ON_ITS_WAY = Verdict.HEALTHY, Verdict.BROKEN, Verdict.PROGRESSING


def health(verdict: Verdict, minutes: int = 0, since: int | None = None) -> Health:
    at = NOW + timedelta(minutes=minutes)
    part = ComponentHealth("store", "Store", "data", verdict, 0, 1)
    began = NOW - timedelta(minutes=since) if since is not None else None
    whole = InstallationHealth(
        "shop", "Shop", "ns", "rel", "shop-1", "1", verdict, "Store is down.", (part,), since=began
    )
    fault = Finding("crash-loop", BAD, Subject("Pod", "ns", "store-0"), "store-0 crashes.", component="store")
    found = (msgspec.structs.replace(fault, installation="ns/rel"),) if verdict is BAD else ()
    return Health("c", at, verdict, (whole,), found)


def test_a_change_is_told_for_the_installation_and_its_component_with_the_reason() -> None:
    first, known = verdict_changes({}, health(OK))
    assert first == ()
    told, known = verdict_changes(known, health(BAD, 1))
    assert [entry.text for entry in told] == [
        "Shop ns/rel is broken: Store is down.",
        "Store is broken: store-0 crashes.",
    ]
    assert [entry.component for entry in told] == [None, "store"]
    assert verdict_changes(known, health(BAD, 2))[0] == ()


def test_what_is_on_its_way_is_not_told() -> None:
    _, known = verdict_changes({}, health(OK))
    told, known = verdict_changes(known, health(ON_ITS_WAY, 1))
    assert told == ()
    assert verdict_changes(known, health(OK, 2))[0] == ()
    _, known = verdict_changes(known, health(BAD, 3))
    _, known = verdict_changes(known, health(ON_ITS_WAY, 4))
    assert [entry.reason for entry in verdict_changes(known, health(OK, 5))[0]] == ["healthy", "healthy"]


def test_a_first_look_at_what_is_broken_tells_since_when() -> None:
    (whole, part), _ = verdict_changes({}, health(BAD, since=30))
    assert {whole.at, part.at} == {NOW - timedelta(minutes=30)}
    assert {whole.clock, part.clock} == {"cluster"}
    again, _ = verdict_changes({}, health(BAD, 1, since=30))
    assert again[0].identity == whole.identity
