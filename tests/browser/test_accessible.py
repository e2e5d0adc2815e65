"""axe finds nothing on any page, in either theme and size; and no page is wider than its window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.console import PAGES, ROOT, SIZES, Console

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_report(chromium: Browser, console: Console, theme: str, size: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        bypass_csp=True,
    )
    tab = context.new_page()
    tab.goto(console.way_in)
    found: list[str] = []
    for name, path in PAGES.items():
        tab.goto(console.address + path)
        tab.add_script_tag(path=AXE)
        report = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        for trouble in report["violations"]:
            where = [node["html"][:140] for node in trouble["nodes"][:3]]
            found.append(f"{name}: {trouble['id']}: {trouble['help']}: {where}")
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{name} is {wide} px wider than its window")
    context.close()
    assert not found, "\n".join(found)
