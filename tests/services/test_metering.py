"""The metrics: their documented names, their form, and that nothing of the cluster is in them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from mission_control.cluster.traffic import Cost
from mission_control.services.audit import Standing
from mission_control.services.metering import exposition, metrics
from mission_control.services.own_health import OwnHealth, Volume
from mission_control.services.own_state import Trouble
from mission_control.services.process import Process, process
from mission_control.services.requests import Answers

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+')


def everything() -> OwnHealth:
    """A health of which all is known."""
    answers = Answers()
    for seconds in (0.001, 0.2, 0.25, 3.0, 99.0):
        answers.ended(200, seconds)
    answers.ended(404, 0.01)
    return OwnHealth(
        at=NOW,
        version="9.9.9",
        started=NOW - timedelta(hours=3),
        process=Process(2**27, 2**28, 2**29, 12.5, 7, 40),
        cost=Cost({"list 2xx": 40, "watch 4xx": 1, "get none": 2}, 24, 123_456_789),
        answered=answers.so_far,
        volume=Volume("here", 5 * 2**20, 2**30, "0005"),
        standing=Standing(NOW, is_whole=True, entries=12, last=12, seal="ab"),
        unkept=0,
        troubles=(
            Trouble("writing", "The disk is full.", "Make room.", NOW),
            Trouble("temporary", "It is lost.", "Set it.", NOW, grave=False),
        ),
    )


def test_every_metric_is_documented_as_it_is() -> None:
    told = re.findall(r"^\| `([a-z_]+)` \| (\w+) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert told == [(metric.name, metric.type, metric.text) for metric in metrics(everything())]


def test_every_line_is_in_the_text_format() -> None:
    lines = exposition(everything()).splitlines()
    odd = [
        line for line in lines if not line.startswith(("# HELP ", "# TYPE ")) and not SAMPLE.fullmatch(line)
    ]
    assert not odd


def test_buckets_grow_up_to_the_count() -> None:
    text = exposition(everything())
    counts = [int(n) for n in re.findall(r"_seconds_bucket\{[^}]*\} (\d+)", text)]
    assert counts == [1, 2, 2, 4, 4, 4, 4, 5, 6]
    assert "mission_control_http_request_seconds_count 6" in text


def test_large_figures_are_whole() -> None:
    assert "mission_control_api_received_bytes_total 123456789\n" in exposition(everything())


def test_only_grave_troubles_count() -> None:
    assert "mission_control_state_troubles 1\n" in exposition(everything())


def test_what_is_not_known_is_left_out() -> None:
    blank = msgspec.structs.replace(everything(), standing=Standing(), volume=Volume())
    assert "audit_whole" not in exposition(blank)
    assert "state_bytes" not in exposition(blank)


def test_the_process_is_measured() -> None:
    found = process()
    assert found.memory is not None
    assert found.memory > 2**20
    assert found.threads >= 1
