"""Where the sandbox keeps things: programs in the user's cache, clusters in the user's state directory."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / "tools"
STAGES = HERE / "stages"
MANIFESTS = HERE / "manifests"
CHART = HERE / "charts" / "langsmith-sample"


def _home(variable: str, otherwise: str) -> Path:
    value = os.environ.get(variable, "")
    root = Path(value) if value.startswith("/") else Path.home() / otherwise
    return root / "mission-control"


def cache() -> Path:
    """The directory of built programs, shared by all sandboxes of a user."""
    return _home("XDG_CACHE_HOME", ".cache") / "sandbox"


def default_directory() -> Path:
    """The directory of the sandbox that is meant when nobody names one."""
    return _home("XDG_STATE_HOME", ".local/state") / "sandbox"
