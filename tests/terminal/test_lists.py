"""The tables of `top`, `events` and `get`, and what a table is in a pipe."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console, RenderableType

from mission_control.domain.usage import Gauge
from mission_control.domain.verdict import Verdict
from mission_control.services.happenings import Happening
from mission_control.services.top import Top, TopRow
from mission_control.terminal import events, screen, top
from mission_control.terminal.drawing import age

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ROW = TopRow(
    "shop",
    "web-0",
    Verdict.BROKEN,
    Gauge(0.31, 1, 2),
    Gauge(2**30, None, 4 * 2**30),
    restarts=7,
    node="node-1",
)


def drawn(page: RenderableType, width: int = 160) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, markup=False, emoji=False).print(page)
    return out.getvalue()


def listed(**changes: object) -> Top:
    plain: dict[str, object] = {
        "what": "pods",
        "at": NOW,
        "rows": (ROW,),
        "total": 1,
        "measured_at": NOW - timedelta(seconds=9),
        "not_measured": "",
        "sees": True,
    }
    return Top(**{**plain, **changes})  # type: ignore[arg-type]


def happening(message: str) -> Happening:
    return Happening(
        type="Warning",
        reason="BackOff",
        kind="Pod",
        namespace="shop",
        name="web-0",
        has_page=True,
        message=message,
        times=40,
        events=2,
        first=NOW,
        last=NOW,
        reporter="kubelet",
    )


def reported(*found: Happening, sees: bool = True) -> events.EventList:
    return events.EventList(NOW, len(found), sees, found)


def test_a_line_of_top_says_use_request_limit_and_part() -> None:
    text = drawn(top.page(listed()))
    assert text.splitlines()[1].split()[:7] == ["✖", "shop", "web-0", "0.31", "1", "2", "16%"]
    assert "1 GiB      –  4 GiB   25%" in text
    assert "Measured 9s ago" in text


def test_top_says_why_nothing_is_measured_and_what_is_hidden() -> None:
    text = drawn(top.page(listed(not_measured="403 from the metrics API", measured_at=None, sees=False)))
    assert "Use is not known: 403 from the metrics API" in text
    assert "Not all pods may be seen" in text


def test_a_cut_list_says_how_long_it_is() -> None:
    assert "1 of 30." in drawn(top.page(listed(total=30)))


def test_an_empty_list_says_so() -> None:
    assert drawn(top.page(listed(rows=(), total=0))).startswith("No pods.")


def test_figures_keep_their_ends_on_a_narrow_screen() -> None:
    assert "0.31" in drawn(top.page(listed()), width=70)


def test_an_event_is_one_line_with_how_often() -> None:
    text = drawn(events.page(reported(happening("it waits"))))
    assert text.splitlines()[1].split() == [
        "0s",
        "0s",
        "Warning",
        "BackOff",
        "Pod",
        "shop/web-0",
        "40",
        "it",
        "waits",
    ]


def test_events_that_may_not_be_read_are_not_called_absent() -> None:
    text = drawn(events.page(reported(sees=False)))
    assert "Not all events may be read" in text


def test_a_table_in_a_pipe_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    found = reported(happening("x" * 400 + " password=hunter2"))
    screen.tell(found, "text", events.page, table=True)
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2
    assert "hunter2" not in out


@pytest.mark.parametrize(("seconds", "text"), [(-5, "0s"), (59, "59s"), (3599, "59m"), (90000, "1d")])
def test_an_age_is_as_short_as_that_of_kubectl(seconds: int, text: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == text


def test_an_age_that_is_not_known_is_a_dash() -> None:
    assert age(None, NOW) == "–"
