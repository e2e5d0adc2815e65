"""When the way to the console is cut: the page stays, says so, and catches up by itself."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.console import Console, running
from tests.web.stage import picture
from tests.web.story import trees


def test_a_cut_connection_is_told_and_caught_up(chromium: Browser) -> None:
    broken, well = trees(broken=True), trees(broken=False)
    context = chromium.new_context()
    tab = context.new_page()
    with running(picture(broken), broken) as first:
        tab.goto(first.way_in)
        expect(tab.locator("h1")).to_have_text("LangSmith is broken")
        port, gate = first.port, first.parts.gate
    expect(tab.locator("#dropped")).to_contain_text("No connection to the console")
    expect(tab.locator(".fresh")).to_be_hidden()
    expect(tab.locator("h1")).to_have_text("LangSmith is broken")
    again = Console(picture(well), well, port=port, gate=gate)
    again.start()
    try:
        expect(tab.locator("h1")).to_have_text("LangSmith is healthy", timeout=15_000)
        expect(tab.locator("#dropped")).to_be_hidden()
        expect(tab.locator(".fresh")).to_have_text("Live")
    finally:
        again.stop()
        context.close()


def test_a_console_that_was_started_again_asks_for_its_new_address(chromium: Browser) -> None:
    found = trees(broken=True)
    context = chromium.new_context()
    tab = context.new_page()
    with running(picture(found), found) as first:
        tab.goto(first.way_in)
        port = first.port
    expect(tab.locator("#dropped")).to_be_visible()
    again = Console(picture(found), found, port=port)
    again.start()
    try:
        tab.get_by_role("button", name="Try now").click()
        expect(tab.locator("#dropped")).to_contain_text("Open the address that it printed last")
    finally:
        again.stop()
        context.close()
