"""The sentences about a whole installation: short, in plain words, the worst first."""

from __future__ import annotations

import pytest

from mission_control.domain.health import judge
from mission_control.domain.verdict import InstallationHealth
from tests.domain.casebook import cases, picture, shop, tails

CASES = dict(cases())
SHOP = shop()


def installation(name: str) -> InstallationHealth:
    return judge(picture(CASES[name]), (SHOP,), tails(CASES[name])).installations[0]


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        (
            "volume-unbound/no-such-class",
            "store cannot start, and the 2 components that need it fail with it. 1 of 4 are healthy.",
        ),
        ("config-missing/key-for-two", "api cannot start, 1 other for the same reason. 1 of 3 are healthy."),
        (
            "node-not-ready/silent",
            "Node node-1 does not answer, and 2 components fail with it. 1 of 3 are healthy.",
        ),
        ("image-pull/upgrade-beside-a-serving-pod", "api cannot start all of its pods. 2 of 3 are healthy."),
        ("roots/two-independent", "worker crashes. mailer cannot start. 3 of 5 are healthy."),
        ("benign/quiet", "Nothing is wrong. 6 of 6 components are healthy."),
        ("replicas-short/rolling", "A change is under way; ready so far: api 1 of 2."),
    ],
)
def test_a_summary_says_what_is_wrong_and_how_much_is_well(name: str, summary: str) -> None:
    assert installation(name).summary == summary


def test_the_headline_is_the_roots_and_nothing_else() -> None:
    assert installation("volume-unbound/no-such-class").headline == (
        "prod-shop-store-0 cannot start: its claim data-prod-shop-store-0 asks for storage class fast-ssd, "
        "which does not exist."
    )


def test_what_cannot_be_seen_is_said_in_the_headline() -> None:
    assert "may not read pods" in installation("not-allowed/pods").headline
    assert "Nothing is wrong" not in installation("not-allowed/pods").summary


def test_components_that_the_installation_does_not_run_are_off() -> None:
    assert installation("replicas-short/rolling").off == ("store", "cache", "web", "worker", "mailer")
