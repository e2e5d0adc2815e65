from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime

import pytest
import yaml

from mission_control.domain.redact import MASK
from mission_control.domain.verdict import Evidence, Finding, Health, Subject, Verdict
from mission_control.terminal import own_log, screen
from mission_control.terminal.health import page

HEALTH = Health(
    "dev",
    datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
    Verdict.BROKEN,
    findings=(
        Finding(
            "crash-loop",
            Verdict.BROKEN,
            Subject("Pod", "shop", "api-1"),
            "api-1 ends again and again.",
            evidence=(Evidence("log", "cannot connect to postgres://app:hunter2@db/x"),),
        ),
    ),
)


def test_drawn_text_is_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show(HEALTH, lambda safe: page(safe, everything=True))
    out = capsys.readouterr().out
    assert f"postgres://app:{MASK}@db/x" in out
    assert "hunter2" not in out


def test_json_is_redacted_and_alone_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_tree(HEALTH, "json")
    seen = capsys.readouterr()
    assert json.loads(seen.out)["findings"][0]["evidence"][0]["text"].endswith(f"app:{MASK}@db/x")
    assert seen.err == ""


def test_yaml_says_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_tree(HEALTH, "json")
    as_json = json.loads(capsys.readouterr().out)
    screen.show_tree(HEALTH, "yaml")
    assert (
        json.loads(json.dumps(yaml.safe_load(capsys.readouterr().out), default=str)).keys() == as_json.keys()
    )


def test_repeated_json_takes_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_tree(HEALTH, "json", in_a_line=True)
    screen.show_tree(HEALTH, "json", in_a_line=True)
    assert [json.loads(line)["cluster"] for line in capsys.readouterr().out.splitlines()] == ["dev", "dev"]


def test_complaints_are_redacted_and_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    screen.complain("The server said token=hunter2.", "Sign in again.")
    seen = capsys.readouterr()
    assert seen.out == ""
    assert "hunter2" not in seen.err
    assert "Sign in again." in seen.err


def record(level: str, *arguments: object, error: Exception | None = None) -> str:
    """What one record of a module's logger becomes at this level."""
    root = logging.getLogger()
    before, stream = (root.handlers[:], root.level), io.StringIO()
    try:
        own_log.start(level, stream)
        log = logging.getLogger("mission_control.test")
        if error is None:
            log.warning(*arguments)
        else:
            log.error(*arguments, exc_info=error)
    finally:
        root.handlers[:], root.level = before
    return stream.getvalue()


def test_a_log_record_is_one_line_of_redacted_json() -> None:
    fields = json.loads(record("info", "refused with %s", "password=hunter2"))
    assert fields["message"] == f"refused with password={MASK}"
    assert (fields["level"], fields["from"]) == ("warning", "mission_control.test")


def test_an_error_is_named_without_its_trace() -> None:
    fields = json.loads(record("info", "cannot read", error=ValueError("token=hunter2")))
    assert fields["message"].startswith("cannot read (ValueError")
    assert "hunter2" not in fields["message"]
    assert "trace" not in fields


def test_a_trace_is_shown_when_debugging() -> None:
    assert "ValueError" in json.loads(record("debug", "cannot read", error=ValueError("odd")))["trace"]
