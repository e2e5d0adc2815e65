"""What log lines say of themselves, their moments, and which of them are wanted."""

from __future__ import annotations

import pytest

from mission_control.domain.logs import stamps
from mission_control.domain.logs.filters import ExpressionProblem, Filter, expressions
from mission_control.domain.logs.levels import fields_of, level_of

LEVELS = {
    '{"level": "info", "logger": "app.main", "event": "starting"}': "info",
    '{"severity":"ERROR","message":"no"}': "error",
    '{"level":40,"msg":"slow"}': "warn",
    "INFO\tsmith-go/main.go:74\tstarting smith-go\t{}": "info",
    "2026-01-31 12:00:01,123 - app.db - ERROR - no connection": "error",
    "[warning  ] queue is long                  run_id=1": "warn",
    "[ 93 ] {} <Trace> AsynchronousInsertQueue: Flushed": "debug",
    "2026-01-31 12:00:01.123 UTC [29] FATAL:  password authentication failed": "error",
    "1:M 31 Jan 2026 12:00:00.000 # Server can't set maximum open files": "warn",
    "E0131 12:00:00.000000 1 leaderelection.go:330] error retrieving": "error",
    'time="2026-01-31" level=warning msg="slow"': "warn",
    '10.0.0.1 "GET /api/v1/runs HTTP/1.1" 502 20 0.2 "python"': "error",
    "Traceback (most recent call last):": "error",
    "psycopg.OperationalError: connection refused": "error",
    "Information is what this line is about, not its level": "",
    "the error was not here": "",
}


@pytest.mark.parametrize(("line", "level"), LEVELS.items())
def test_a_line_has_the_level_that_it_says(line: str, level: str) -> None:
    assert level_of(line) == level


def test_json_is_taken_apart_into_message_and_fields() -> None:
    found = fields_of('{"level": "info", "event": "request", "status": 200, "path": "/ok"}')
    assert found is not None
    assert found.message == "request"
    assert found.fields == (("status", "200"), ("path", "/ok"))
    assert fields_of("{no json}") is None


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        (b"2026-11-29T12:00:00.000000001Z", 1),
        (b"2026-11-29T13:00:00.5+01:00", 500_000_000),
        (b"2026-11-29T12:00:00Z", 0),
    ],
)
def test_moments_are_read_to_the_nanosecond_in_any_zone(text: bytes, nanoseconds: int) -> None:
    whole = stamps.parsed(b"2026-11-29T12:00:00Z")
    assert whole is not None
    assert stamps.parsed(text) == whole + nanoseconds
    assert stamps.parsed(stamps.written(whole + nanoseconds).encode()) == whole + nanoseconds


@pytest.mark.parametrize("text", [b"", b"yesterday", b"2026-13-99T12:00:00.000000000Z", b"2026-11-29"])
def test_what_is_no_moment_has_none(text: bytes) -> None:
    assert stamps.parsed(text) is None


def test_expressions_include_and_exclude() -> None:
    wanted = Filter(expressions(("timeout|refused",)), expressions(("GET /health",)))
    assert wanted.wants("Connection REFUSED", "error")
    assert not wanted.wants("all is well", "info")
    assert not wanted.wants("GET /health timeout", "info")
    assert Filter(expressions(("Refused",))).wants("Refused", "")
    assert not Filter(expressions(("Refused",))).wants("refused", "")


def test_what_is_found_is_pointed_out_in_characters() -> None:
    wanted = Filter(highlight=expressions(("né+",)))
    assert wanted.spans("été né, née") == ((4, 6), (8, 10))


def test_an_expression_that_makes_no_sense_says_why() -> None:
    with pytest.raises(ExpressionProblem, match="cannot be used"):
        expressions(("(",))


def test_no_expression_takes_long_on_any_line() -> None:
    line = "a" * 50_000 + "b"
    assert not Filter(expressions(("(a+)+c",))).wants(line, "")
