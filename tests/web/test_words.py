"""Times and figures as a reader sees them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mission_control.domain.usage import Gauge
from mission_control.web.words import (
    asked,
    count,
    figures,
    listed,
    matches,
    moments,
    named_value,
    plural,
    span,
)

GI = 2.0**30


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (4320, "1 h 12 min"),
        (86400, "1 d"),
        (100800, "1 d 4 h"),
        (9 * 86400 + 7200, "9 d"),
    ],
)
def test_a_span_has_at_most_two_units(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("gauge", "unit", "text"),
    [
        (Gauge(0.31, 1, 2), "cores", "0.31 / 2 cores"),
        (Gauge(0.5, None, 1), "cores", "0.5 / 1 core"),
        (Gauge(0.31, 1, 2), "plain", "0.31 / 2"),
        (Gauge(0.0034, 1, 2), "plain", "0.003 / 2"),
        (Gauge(0.0, 1, 2), "plain", "0 / 2"),
        (Gauge(0.6 * GI, 2 * GI, 4 * GI), "bytes", "0.6 / 4 GiB"),
        (Gauge(None, None, 4 * GI), "bytes", "– / 4 GiB"),
        (Gauge(0.31, 1, None), "cores", "0.31 cores, no limit"),
        (Gauge(None, 1, None), "cores", "no limit"),
        (Gauge(118, None, 660), "count", "118 / 660"),
    ],
)
def test_a_figure_carries_its_unit_and_its_limit(gauge: Gauge, unit: str, text: str) -> None:
    assert figures(gauge, unit).text == text


def test_a_bar_warns_from_85_per_cent() -> None:
    assert not figures(Gauge(0.84, None, 1), "cores").is_tight
    tight = figures(Gauge(0.85, None, 1), "cores")
    assert tight.is_tight
    assert tight.percent == 85


def test_a_bar_never_leaves_its_track() -> None:
    assert figures(Gauge(9, 3, 2), "cores").used_width == 100


def test_nothing_known_draws_no_bar() -> None:
    assert not figures(Gauge(), "bytes").has_track


def test_use_against_requests_is_told_in_one_unit() -> None:
    assert asked(Gauge(3.41, 8.95), "cores") == "3.41 / 8.95 cores"


def test_moments_in_a_sentence_are_found() -> None:
    cut = moments("ended at 2026-11-21T02:56:07+00:00, twice")
    assert [part for part, moment in cut if moment is None] == ["ended ", ", twice"]
    assert cut[1][1] == datetime(2026, 11, 21, 2, 56, 7, tzinfo=UTC)


def test_words_follow_their_number() -> None:
    assert count(1, "pod") == "1 pod"
    assert count(3, "pod") == "3 pods"
    assert [count(many, "storage class") for many in (1, 2)] == ["1 storage class", "2 storage classes"]
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d"]) == "a, b and 2 more"
    assert [plural(kind) for kind in ("Pod", "Ingress", "NetworkPolicy")] == [
        "Pods",
        "Ingresses",
        "NetworkPolicies",
    ]


def test_the_words_of_a_search_are_marked_and_regular_expressions_are_only_text() -> None:
    assert matches("data-Postgres-0", "POST 0") == (
        ("data-", False),
        ("Post", True),
        ("gres-", False),
        ("0", True),
    )
    assert matches("a.b", ".") == (("a", False), (".", True), ("b", False))
    assert matches("abc", "") == (("abc", False),)


def test_a_text_is_redacted_before_it_is_cut() -> None:
    told = "DB_PASSWORD=hunter2hunter2"
    assert "hunter2" not in "".join(part for part, _ in matches(told, "p"))
    assert "hunter2" not in "".join(part for part, _ in moments(f"{told} at 2026-11-21T02:56:07+00:00"))
    assert "hunter2" not in "".join(named_value(f"env: {told}"))


def test_a_field_is_told_apart_from_its_value() -> None:
    assert named_value("spec.storageClassName: fast-ssd") == ("spec.storageClassName", "fast-ssd")
    assert named_value("no field") == ("", "no field")
