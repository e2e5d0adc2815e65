"""One place through which the sandbox tells what it is doing.

Progress goes to standard error, so that standard output stays free for answers (`-o json`, the path of a
kubeconfig).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

Say = Callable[[str], None]
LONG = 100


def aloud(line: str) -> None:
    """Writes one line of progress for a person."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def silent(_line: str) -> None:
    """Keeps quiet: for tests."""


def duration(seconds: float) -> str:
    """Tells a time as a person would: `8 s`, `2.5 min`."""
    return f"{seconds:.0f} s" if seconds < LONG else f"{seconds / 60:.1f} min"
