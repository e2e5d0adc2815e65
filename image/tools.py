"""Brings what builds the image and is no part of it: builder of the wheel, writer of the bill of materials.

They are locked with hashes in `image/requirements.txt` and live in the user's cache, so that neither the
development environment nor the image has to hold them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.txt"
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")


class ImageError(Exception):
    """The image cannot be made; the text says why and what to do."""


def cache() -> Path:
    """Where built things of the image are kept."""
    value = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(value) if value.startswith("/") else Path.home() / ".cache"
    return root / "mission-control" / "image"


def equip() -> Path:
    """The folder of the tools, installed there on the first call."""
    told = f"{sys.version_info[:2]}".encode() + LOCK.read_bytes()
    place = cache() / f"tools-{hashlib.sha256(told).hexdigest()[:12]}"
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".tools-", dir=place.parent) as folder:
            fresh = Path(folder) / "tools"
            locked = ("--require-hashes", "--no-deps", "-r", str(LOCK))
            run(*PIP, "install", *locked, "--target", str(fresh))
            if not place.is_dir():
                shutil.move(fresh, place)
    return place


def run(*command: str, **variables: str) -> None:
    """Runs a command to its end. Raises ImageError with the end of what it said."""
    environment = {**os.environ, **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-1500:]
        raise ImageError(f"{' '.join(command[:5])} … ended with {done.returncode}:\n{told}")
