"""Makes the picture of the README from the real thing: `make screenshot`.

A sandbox of its own, the sample with the demo's fault, the console on it, and a browser that looks at Home.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from sandbox import faults
from sandbox.browser import LACKING, chromium
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.sample import Sample

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "home.png"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 90_000  # milliseconds; usage takes half a minute to be measured
UNMEASURED = "– /"


def main() -> int:
    """Bring it all up, take the picture, take it all down."""
    browser = chromium()
    if browser is None:
        sys.stderr.write(f"screenshot: {LACKING}\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="mission-control-picture-") as folder:
        sandbox = Sandbox(Path(folder) / "sandbox")
        try:
            sandbox.up()
            sample = Sample(sandbox)
            sample.install()
            faults.put(sample, "storage-class")
            _picture(sandbox, browser, Path(folder))
        except SandboxError as error:
            sys.stderr.write(f"screenshot: {error}\n")
            return 1
        finally:
            sandbox.down()
    sys.stdout.write(f"{PICTURE}\n")
    return 0


def _picture(sandbox: Sandbox, browser: str, folder: Path) -> None:
    env = {**sandbox.env, "MC_DATA_DIR": str(folder / "state"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "mission_control", "serve", "--port", "0"]
    console = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        address = (console.stdout.readline() if console.stdout else "").strip()
        PICTURE.parent.mkdir(exist_ok=True)
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=browser, args=FLAGS)
            page = opened.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
            page.goto(address)
            page.get_by_text("fast-ssd").first.wait_for(timeout=PATIENCE)
            expect(page.locator("main")).not_to_contain_text(UNMEASURED, timeout=PATIENCE)
            page.screenshot(path=PICTURE)
            opened.close()
    finally:
        console.terminate()
        console.wait()


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
