"""Where the browser is that tests, benchmarks and the README's picture drive: the system's own Chromium.

The one place that knows its names; `.ci/run` looks for the same ones, and a test compares the two.
"""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
LACKING = "there is no Chromium here; on Debian: apt-get install chromium"


def chromium() -> str | None:
    """The path of the browser, the first of its names that is there; None without one."""
    return next(filter(None, map(shutil.which, NAMES)), None)
