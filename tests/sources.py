"""Our own sources, read and parsed once for all tests that look at them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file, with what makes sense of its text."""
    return ast.parse(path.read_text())


def read_all(*folders: str) -> None:
    """Parse everything in these folders now, so that no single test has to pay for it."""
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            parsed(path)
