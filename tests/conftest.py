"""What all tests share: the real cluster of the sandbox tier, and the rules of the tiers themselves.

In continuous integration a sandbox or browser test that skips is a failure, because there it must not happen;
a unit test that burns more than half a second of processor time is one everywhere.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

from mission_control.domain.redact import Redactor, use
from sandbox.build import Programs
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import silent
from sandbox.sample import Sample

hypothesis.settings.register_profile("here", deadline=None)  # an example's time is not what is proved
hypothesis.settings.load_profile("here")

IN_CI = bool(os.environ.get("CI"))
LONGEST_UNIT_TEST = 0.5  # seconds of processor time
WHEN_BUSY = 3
"""Shared cores and caches make the same instructions take up to so many times as long; what is over that
is too slow on any machine. The list of the slowest at the end of a run shows the rest."""
HEAVY = ("sandbox", "browser")


def is_heavy(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in HEAVY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    if not is_heavy(item):
        gc.disable()  # a sweep through what all tests before have left is not this test's time
    began = time.process_time()
    try:
        result = yield
    finally:
        gc.enable()
    took = time.process_time() - began
    if not is_heavy(item) and took > LONGEST_UNIT_TEST * WHEN_BUSY:
        pytest.fail(f"a unit test may take {LONGEST_UNIT_TEST} s of processor time; this took {took:.2f} s")
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI and report.skipped and is_heavy(item) and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which continuous integration does not allow: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """What the engine compiles at the first long text is not that test's time."""
    Redactor().compile()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What one test lets redaction learn is no secret in the next, and the guard of the log ends with it."""
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook, logging.getLogRecordFactory()
    yield
    use(None)
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(hooks[3])
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks[:3]


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder whose path stays short: a Unix socket has 107 bytes, and pytest's own grow."""
    with tempfile.TemporaryDirectory(prefix="mc-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture(scope="session")
def sandbox_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A real control plane of this test run with the healthy sample on it. Leave it as you found it."""
    if not Programs().are_complete() and not IN_CI:
        pytest.skip("the sandbox's programs are not built: .venv/bin/python -m sandbox build")
    sandbox = Sandbox(tmp_path_factory.mktemp("cluster") / "home", silent)
    try:
        try:
            sandbox.up()
            Sample(sandbox).install()
        except SandboxError as error:
            pytest.skip(f"the sandbox does not come up: {error}")
        yield sandbox
    finally:
        sandbox.down()
