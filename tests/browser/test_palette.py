"""The palette in a real browser: by keys alone from Home to the fix; without scripts a page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.console import POD, Console
from tests.browser.test_accessible import troubles

ROOT = "volume-unbound:PersistentVolumeClaim/langsmith/data-demo-langsmith-postgres-0"


def test_by_keys_alone_from_home_to_the_fix(tab: Page, console: Console) -> None:
    expect(tab.locator("h1")).to_have_text("LangSmith is broken")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("postgres storage class")
    chosen = tab.locator("#palette-found [aria-selected=true]")
    expect(chosen).to_contain_text("which does not exist")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(f"{console.address}/health/langsmith/demo#{ROOT}")
    expect(tab.locator("article:target .fix")).to_contain_text("Create storage class fast-ssd")
    command = tab.locator("article:target").get_by_role("button", name="Copy command")
    for _ in range(12):
        tab.keyboard.press("Tab")
        if command.evaluate("button => button === document.activeElement"):
            break
    expect(command).to_be_focused()
    tab.keyboard.press("Enter")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == "kubectl describe pvc data-demo-langsmith-postgres-0 -n langsmith"


def test_a_slash_opens_it_arrows_move_and_escape_gives_the_page_back(tab: Page) -> None:
    tab.keyboard.press("/")
    expect(tab.locator("#palette")).to_be_visible()
    tab.keyboard.type("backend")
    field, options = tab.locator("#palette-q"), tab.locator("#palette-found a")
    expect(tab.locator("#palette-found mark").first).to_have_text("backend")
    expect(tab.locator("#palette-told")).to_contain_text("results in")
    first, second = (options.nth(place).get_attribute("id") or "" for place in (0, 1))
    for key, wanted in (("ArrowDown", second), ("ArrowUp", first), ("ArrowUp", ""), ("ArrowDown", first)):
        tab.keyboard.press(key)
        last = options.last.get_attribute("id") or ""
        expect(field).to_have_attribute("aria-activedescendant", wanted or last)
        expect(tab.locator("#palette-found [aria-selected=true]")).to_have_id(wanted or last)
    tab.keyboard.press("Escape")
    expect(tab.locator("#palette")).to_be_hidden()


def test_enter_before_the_answer_goes_to_what_was_typed(tab: Page, console: Console) -> None:
    tab.keyboard.press("Control+k")
    expect(tab.locator("#palette-found a").first).to_be_visible()
    tab.keyboard.insert_text(f"pod {POD}")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(f"{console.address}/objects/Pod/langsmith/{POD}")


def test_nothing_found_is_said_and_enter_stays(tab: Page, console: Console) -> None:
    tab.keyboard.press("Control+k")
    tab.keyboard.type("no such thing")
    expect(tab.locator("#palette-found")).to_contain_text("Nothing is called that")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(f"{console.address}/")


def test_axe_has_nothing_to_report_while_it_is_open(tab: Page) -> None:
    browser = tab.context.browser
    assert browser is not None
    for theme, width in (("light", 1280), ("dark", 390)):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            bypass_csp=True,
            storage_state=tab.context.storage_state(),
        )
        page = context.new_page()
        page.goto(tab.url)
        page.keyboard.press("Control+k")
        page.keyboard.type("postgres")
        expect(page.locator("#palette-found mark").first).to_have_text("postgres")
        assert troubles(page, f"palette {theme} {width}") == []
        context.close()


def test_without_scripts_the_search_is_a_page(tab: Page, console: Console) -> None:
    browser = tab.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=tab.context.storage_state())
    plain = context.new_page()
    plain.goto(console.address)
    plain.locator("a.find").click()
    plain.get_by_role("searchbox", name="Search").fill("postgres")
    plain.get_by_role("button", name="Search").click()
    plain.get_by_role("link", name=re.compile("which does not exist")).click()
    expect(plain).to_have_url(f"{console.address}/health/langsmith/demo#{ROOT}")
    context.close()
