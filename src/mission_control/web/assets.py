"""The stylesheet, the islands and what the build put beside them: their files and their addresses.

An address carries a hash over all of them, so that a browser may keep a file for ever and still never mixes
two versions.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"


@cache
def version() -> str:
    """Twelve characters that change when any static file does."""
    total = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


def address(name: str) -> str:
    """The address of a static file, "site.css" or "vendor/icons.svg"."""
    return f"/static/{version()}/{name}"


def is_built() -> bool:
    """Whether `frontend/build.py` has run: without it pages have no icons and do not update."""
    return (VENDOR / "icons.svg").is_file() and (VENDOR / "htmx.min.js").is_file()
