"""Make a picture of every page in both sizes and both themes: `python -m tests.browser.shots [page …]`.

The pictures go to the git-ignored `tests/browser/shots`, to be looked at beside the design. It also says
which page is wider than its window.
"""

from __future__ import annotations

import logging
import sys

from playwright.sync_api import Browser, sync_playwright

from tests.browser.console import CHROMIUM, FLAGS, PAGES, ROOT, SIZES, Console, running
from tests.web.stage import loading, refusing
from tests.web.surroundings import seen, whole

LOG = logging.getLogger("shots")
SHOTS = ROOT / "tests" / "browser" / "shots"


def shoot(console: Console, browser: Browser, pages: dict[str, str], label: str = "") -> None:
    """Picture each page four times."""
    for theme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, timezone_id="UTC"
            )
            tab = context.new_page()
            tab.on("console", lambda message: LOG.warning("%s: %s", message.type, message.text))
            tab.on("pageerror", lambda failure: LOG.warning("error: %s", failure))
            tab.goto(console.way_in)
            for name, path in pages.items():
                tab.goto(console.address + path)
                tab.wait_for_function("document.querySelector('#main') !== null")
                tab.screenshot(path=SHOTS / f"{label}{name}-{theme}-{size}.png", full_page=size == "390")
                wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                if wide > 0:
                    LOG.warning("%s%s is %s px wider than its window at %s", label, name, wide, size)
            context.close()


def main() -> None:
    """All pages of the faulty story, and the states of a healthy, loading and partly blind one."""
    wanted = set(sys.argv[1:])
    pages = {name: path for name, path in PAGES.items() if not wanted or name in wanted}
    broken, well = whole(broken=True), whole(broken=False)
    SHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running(seen(broken=True), broken) as console:
            shoot(console, browser, pages)
        if not wanted or "states" in wanted:
            home = {"home": "/", "health": "/health/langsmith/demo", "workloads": "/workloads"}
            for label, sights in (
                ("well-", None),
                ("loading-", loading(14)),
                ("blind-", refusing("Event", "Node")),
            ):
                with running(seen(broken=False, sights=sights), well) as console:
                    shoot(console, browser, home, label)
        browser.close()


if __name__ == "__main__":
    main()
