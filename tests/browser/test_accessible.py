"""axe finds nothing on any page, in either theme and size; and no page is wider than its window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.console import PAGES, ROOT, SIZES, Console, running
from tests.web.stage import loading, picture, refusing, silent
from tests.web.story import trees

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


STATES = {
    "loading": lambda: picture(trees(broken=False), loading(14)),
    "blind": lambda: picture(
        [tree for tree in trees(broken=False) if tree["kind"] not in ("Event", "Node")],
        refusing("Event", "Node"),
    ),
    "silent": lambda: picture(trees(broken=True), silent("The API server is gone.")),
    "empty": lambda: picture([]),
    "unreachable": lambda: picture([], silent("Nothing listens there.")),
}


def troubles(tab: Page, name: str) -> list[str]:
    """What axe finds on the open page, and whether it is wider than its window."""
    tab.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
    tab.add_script_tag(path=AXE)
    report = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    found = [
        f"{name}: {entry['id']}: {entry['help']}: {[node['html'][:140] for node in entry['nodes'][:3]]}"
        for entry in report["violations"]
    ]
    wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, f"{name} is {wide} px wider than its window"] if wide > 0 else found


def open_tab(chromium: Browser, console: Console, theme: str, size: str) -> Page:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        bypass_csp=True,
    )
    tab = context.new_page()
    tab.goto(console.way_in)
    return tab


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_report(chromium: Browser, console: Console, theme: str, size: str) -> None:
    tab = open_tab(chromium, console, theme, size)
    found: list[str] = []
    for name, path in PAGES.items():
        tab.goto(console.address + path)
        found += troubles(tab, name)
    tab.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("state", STATES)
def test_axe_has_nothing_to_report_in_any_state(chromium: Browser, state: str) -> None:
    found: list[str] = []
    with running(STATES[state](), []) as console:
        for theme, size in (("light", "1280"), ("dark", "390")):
            tab = open_tab(chromium, console, theme, size)
            for path in (
                "/",
                "/health/langsmith/demo",
                "/workloads",
                "/access/Event",
                "/access",
                "/nodes",
                "/events",
            ):
                tab.goto(console.address + path)
                found += troubles(tab, f"{path} {theme} {size}")
            tab.context.close()
    assert not found, "\n".join(found)
