"""Runs the tests in tiers, from the fastest to the slowest, and tells how many there were in each.

A tier without a test is a failure: it would otherwise look like a success. The last line is the sum, in the
form that continuous integration reads.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # the reports are written by our own pytest
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
UNIT = "not sandbox and not browser"
TIERS = {
    "unit": ["-m", UNIT, "--ignore=tests/contracts"],
    "contracts": ["-m", UNIT, "tests/contracts"],
    "sandbox": ["-m", "sandbox and not browser"],
    "browser": ["-m", "browser"],
}


class Count(NamedTuple):
    """What one tier came to."""

    passed: int
    failed: int
    skipped: int
    seconds: float

    def line(self, name: str) -> str:
        return (
            f"{name:10} {self.passed:5} passed {self.failed:4} failed {self.skipped:4} skipped"
            f"  {self.seconds:6.1f} s"
        )


def say(line: str = "") -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(name: str, arguments: list[str]) -> Count:
    """Run one tier with its output as it comes, and count from its report."""
    say(f"\n== {name}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", *arguments, f"--junit-xml={report}", "--durations=3"]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        seconds = time.monotonic() - began
        if not report.is_file():
            return Count(0, 1, 0, seconds)
        suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314  # see the import
    total = sum(int(suite.get("tests", 0)) for suite in suites)
    failed = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
    skipped = sum(int(suite.get("skipped", 0)) for suite in suites)
    if status and not failed:
        failed = 1  # pytest itself failed, or found no test
    return Count(max(0, total - failed - skipped), failed, skipped, seconds)


def main(names: list[str]) -> int:
    """Run the named tiers, or all; 1 when anything failed."""
    counts = {name: run(name, TIERS[name]) for name in names or TIERS}
    say()
    for name, count in counts.items():
        say(count.line(name))
    passed, failed, skipped, _ = (sum(column) for column in zip(*counts.values(), strict=True))
    say(f"{passed:.0f} passed, {failed:.0f} failed, {skipped:.0f} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
