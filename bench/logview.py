"""The log view in a browser while 4,000 lines a second arrive: `python -m bench.logview [--seconds 120]`.

A recorded stream of one container, served by the console itself to the system's Chromium. Prints how long a
key waits until the page has taken it (by the browser's own event timing), the page's heap at the beginning
and at the end, how many rows are in the page, and the processor time of its thread. Fails when a key waits
for more than 100 ms (99 of 100), or the heap grows by more than half.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measuring import load
from tests.browser.console import CHROMIUM, FLAGS, Console
from tests.fakes.podlogs import PodLogs
from tests.web.logging import lines
from tests.web.surroundings import seen, whole

MOST_DELAY, MOST_GROWTH = 100.0, 1.5
PAGE = "/logs?installation=langsmith/demo&component=frontend&since=all"
LISTEN = """() => {
  window.delays = [];
  const field = document.getElementById('q');
  field.addEventListener('keydown', (event) => window.delays.push(performance.now() - event.timeStamp));
  field.focus();
}"""


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=int, default=4000)
    asked = parser.parse_args()
    podlogs = PodLogs(lines(600))
    podlogs.flood = (0.1, asked.rate // 10)
    console = Console(seen(broken=True), whole(broken=True), podlogs=podlogs)
    console.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.goto(console.way_in)
            page.goto(console.address + PAGE)
            is_good = _measured(page, asked.seconds)
            browser.close()
    finally:
        console.stop()
    sys.exit(0 if is_good else 1)


def _measured(page: Page, seconds: float) -> bool:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(LISTEN)
    heaps, began, busy = [], time.monotonic(), _metric(session, "TaskDuration")
    while time.monotonic() - began < seconds:
        page.keyboard.press("a")
        heaps.append(_heap(session))
        time.sleep(0.25)
    delays = sorted(float(one) for one in page.evaluate("window.delays"))
    share = (_metric(session, "TaskDuration") - busy) / (time.monotonic() - began)
    late, fifth = delays[int(len(delays) * 0.99) - 1], max(1, len(heaps) // 5)
    first, last = statistics.median(heaps[fifth : 2 * fifth]), statistics.median(heaps[-fifth:])
    rows, told = page.locator("#log-stream .l").count(), page.locator("#log-counts").text_content()
    print(
        f"keys {len(delays)}: median {statistics.median(delays):.0f} ms, 99 of 100 within {late:.0f} ms, "
        f"worst {delays[-1]:.0f} ms; heap {first:.0f} MiB, at the end {last:.0f} MiB; "
        f"{rows} rows in the page, {told}; {share:.0%} of one core ({load()})"
    )
    return late <= MOST_DELAY and last <= first * MOST_GROWTH


def _metric(session: CDPSession, name: str) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == name))


def _heap(session: CDPSession) -> float:
    """MiB of the page's heap."""
    return _metric(session, "JSHeapUsedSize") / (1 << 20)


if __name__ == "__main__":
    main()
