"""A real browser and a console to look at; skipped where there is no Chromium or the assets are not built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mission_control.web import assets
from sandbox.browser import LACKING
from tests.browser.console import CHROMIUM, FLAGS, Console, running
from tests.web.surroundings import seen, whole

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip(LACKING)
    if not assets.is_built():
        pytest.skip("the assets are not built: python frontend/build.py")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def console() -> Iterator[Console]:
    found = whole(broken=True)
    with running(seen(broken=True), found) as made:
        yield made


@pytest.fixture
def tab(chromium: Browser, console: Console) -> Iterator[Page]:
    """A tab that has come in, at 1280 × 800; an error of a script or of the policy fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/Berlin")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=console.address)
    troubles: list[str] = []
    context.on("weberror", lambda failure: troubles.append(str(failure.error)))
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.goto(console.way_in)
    yield page
    context.close()
    assert not [text for text in troubles if "Failed to load resource" not in text]
