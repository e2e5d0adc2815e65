"""Chart and image of a released version, made from its commit: what an upgrade begins with.

The commit's own sources pack the image and are the chart, so that nothing of a release is kept twice.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

from image import layout
from image.tools import ImageError, cache

COMMITS = {"0.1.0": "5b3731f07cc7b0b0306bf90b933a6af27f868364"}
"""The last commit of each released version."""


def sources(version: str) -> Path:
    """The folder with the sources of a version, laid out once. Raises ImageError."""
    place = cache() / f"released-{version}"
    if not place.is_dir():
        packed = subprocess.run(
            ["git", "archive", COMMITS[version]], cwd=layout.ROOT, capture_output=True, check=False
        )
        if packed.returncode:
            raise ImageError(
                f"the commit of {version} is not in this clone; bring the history: git fetch --unshallow"
            )
        half = place.with_name(f".{place.name}")
        half.mkdir(parents=True, exist_ok=True)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
            files.extractall(half, filter="data")
        half.rename(place)
    return place


def chart(version: str) -> Path:
    """The chart of a version."""
    return sources(version) / "charts" / layout.NAME


def pack(version: str) -> tuple[str, Path]:
    """The image of a version: its name on a node, and its archive. Raises ImageError."""
    command = [sys.executable, "-m", "image", "pack"]
    done = subprocess.run(command, cwd=sources(version), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ImageError(f"the image of {version} cannot be packed: {done.stderr[-1500:]}")
    name, _, archive = done.stdout.strip().splitlines()[-1].partition("  ")
    return name, Path(archive)
