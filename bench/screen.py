"""A real browser on a console: how long a change takes to the screen, and whether many tabs work.

The time begins when the cluster sends the change and ends in the page, where an observer sees the new text.
Both are clocks of this machine.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from bench.console import Console
from bench.replaying import Replaying
from sandbox.browser import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
MARKED = "/workloads?kind=pods&namespace=mark"
_OBSERVE = """
() => {
  window.seenAt = {};
  const look = () => {
    for (const cell of document.querySelectorAll("#main td")) {
      const number = /^\\s*restarts\\s+([0-9]+)/.exec(cell.textContent)?.[1];
      if (number && !(number in window.seenAt)) window.seenAt[number] = Date.now();
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}
"""


@contextmanager
def browser(console: Console) -> Iterator[BrowserContext]:
    """A browser that has come in."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = found.new_context(viewport={"width": 1280, "height": 800})
        cookies = (pair.partition("=") for pair in console.cookie.split("; "))
        context.add_cookies(
            [{"name": name, "value": value, "url": console.address} for name, _, value in cookies]
        )
        yield context
        found.close()


def marked(context: BrowserContext, console: Console) -> Page:
    """A tab on the page of the marked pod, with an observer in it."""
    page = context.new_page()
    page.goto(console.address + MARKED)
    page.wait_for_selector("#main td")
    page.evaluate(_OBSERVE)
    return page


def delays(page: Page, replay: Replaying, times: int, every: float) -> list[float]:
    """Milliseconds from change to screen, so many times; infinite for one not seen in ten seconds."""
    found = []
    for _ in range(times):
        began = time.time() * 1000
        number = str(int(replay.ask("mark")["mark"]))
        try:
            page.wait_for_function(f"() => '{number}' in window.seenAt", timeout=10_000)
            found.append(page.evaluate(f"() => window.seenAt['{number}']") - began)
        except TooLate:
            found.append(float("inf"))
        time.sleep(max(0.0, every - (time.time() - began / 1000)))
    return found
