"""The log view in a real browser: lines, pause without loss, filters, links, and 4,000 lines a second."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from mission_control.domain.logs import stamps
from tests.browser.console import Console
from tests.fakes.podlogs import PodLogs
from tests.web.logging import SECRET, lines
from tests.web.surroundings import seen, whole

PAGE = "/logs?installation=langsmith/demo&component=frontend&since=all"
SHARE = 0.6
"""Processor time of the page's thread over the time that passed: what is left is for the reader's hands."""


@pytest.fixture
def podlogs() -> PodLogs:
    return PodLogs(lines(60))


@pytest.fixture
def console(podlogs: PodLogs) -> Iterator[Console]:
    made = Console(seen(broken=True), whole(broken=True), podlogs=podlogs)
    made.start()
    yield made
    made.stop()


def texts(tab: Page) -> list[str]:
    return tab.locator("#log-stream .l .msg").all_text_contents()


def test_lines_are_shown_with_chips_for_masks_and_marks_for_seams(tab: Page, console: Console) -> None:
    tab.goto(console.address + PAGE)
    expect(tab.locator("#log-state")).to_contain_text("Live")
    expect(tab.locator("#log-stream .chip").first).to_have_text("••••")
    assert SECRET not in tab.content()
    assert tab.locator("#log-stream .l.e").count() > 0
    assert tab.locator("#log-histogram rect.he").count() > 0


def test_a_pause_loses_nothing(tab: Page, console: Console, podlogs: PodLogs) -> None:
    podlogs.flood = (0.2, 10)
    tab.goto(console.address + PAGE)
    expect(tab.locator("#log-state")).to_contain_text("Live")
    tab.click("#log-pause")
    expect(tab.locator("#log-held")).to_contain_text("new lines")
    shown = tab.locator("#log-counts").text_content()
    tab.click("#log-held")
    expect(tab.locator("#log-counts")).not_to_have_text(shown or "")
    expect(tab.locator("#log-counts")).to_have_text(re.compile(r"^([\d,.]+) of \1 lines"))


def test_levels_narrow_what_is_shown_and_the_address_says_so(tab: Page, console: Console) -> None:
    tab.goto(console.address + PAGE)
    expect(tab.locator("#log-errors")).to_contain_text(re.compile("Error [1-9]"))
    tab.click("#log-errors")
    expect(tab.locator("#log-stream .l:not(.e)")).to_have_count(0)
    assert "level=error" in tab.url


def test_a_line_opens_with_its_fields_and_a_link_finds_it_again(tab: Page, console: Console) -> None:
    tab.goto(console.address + PAGE)
    expect(tab.locator("#log-state")).to_contain_text("Live")
    tab.click("#log-first")
    expect(tab.locator(".l.sel")).to_have_count(1)
    tab.click("text=Copy link")
    link = tab.evaluate("navigator.clipboard.readText()")
    chosen = tab.locator(".l.sel .msg").text_content()
    tab.goto(link)
    expect(tab.locator(".l.sel .msg")).to_have_text(chosen or "")


def test_json_is_shown_as_message_and_fields(tab: Page, console: Console) -> None:
    tab.goto(console.address + PAGE)
    tab.locator("#log-stream .l", has_text="giving up").last.click()
    expect(tab.locator(".json dt", has_text="errno")).to_be_visible()
    expect(tab.locator(".json .chip")).to_have_text("••••")


def test_a_missing_right_is_told_where_the_lines_would_be(
    tab: Page, console: Console, podlogs: PodLogs
) -> None:
    podlogs.is_refused = True
    tab.goto(console.address + PAGE)
    expect(tab.locator(".mk.gap").first).to_contain_text("may not be read")
    expect(tab.locator("#log-state")).to_contain_text("Live")


def test_four_thousand_lines_a_second_leave_time_for_the_reader(
    tab: Page, console: Console, podlogs: PodLogs
) -> None:
    podlogs.flood = (0.1, 400)
    tab.goto(console.address + PAGE)
    expect(tab.locator("#log-state")).to_contain_text("Live")
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before, began, seen_before = _busy(session), time.monotonic(), _seen(tab)
    expect(tab.locator("#log-counts")).to_have_text(
        re.compile(r" of \d{2},?\d{3} "), timeout=30_000
    )  # ten thousand or more
    share = (_busy(session) - before) / (time.monotonic() - began)
    assert tab.locator("#log-stream .l").count() < 120, "only what is on the screen is in the page"
    per_line = share * (time.monotonic() - began) / (_seen(tab) - seen_before)
    assert share < SHARE or per_line < SHARE / 4000, (
        f"{share:.0%} of a processor, {per_line * 1e6:.0f} µs a line"
    )


def _busy(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def _seen(tab: Page) -> int:
    told = (tab.locator("#log-counts").text_content() or "").split(" of ")[1]
    return int(re.sub(r"\D", "", told))


def test_a_hidden_stream_comes_back_without_doubles(
    chromium: Browser, console: Console, podlogs: PodLogs
) -> None:
    podlogs.lines.append((stamps.of(console.parts.clock()) - 3, "the same"))
    podlogs.lines.append((stamps.of(console.parts.clock()) - 3, "the same"))
    page = chromium.new_context().new_page()
    page.goto(console.way_in)
    page.goto(console.address + PAGE)
    expect(page.locator("#log-state")).to_contain_text("Live")
    before = page.locator("#log-counts").text_content()
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#log-state")).to_contain_text("Live")
    assert page.locator("#log-counts").text_content() == before
    page.context.close()
