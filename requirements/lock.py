"""Writes the lock anew from `pyproject.toml`: `make lock`. Needs uv, which nothing else does.

The files name no index and hold a hash of every file: any mirror serves, and nothing else is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FLAGS = (
    "--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet",
    "--python-version", "3.11",
)  # fmt: skip
GROUPS = {"run.txt": (), "dev.txt": ("test", "lint", "build")}


def main() -> int:
    """Resolve each file; the status of the first that cannot be resolved."""
    uv = shutil.which("uv", path=str(ROOT / ".venv" / "bin")) or shutil.which("uv")
    if uv is None:
        sys.stderr.write("lock: uv is missing. Bring it into the environment: .venv/bin/pip install uv\n")
        return 1
    for name, groups in GROUPS.items():
        chosen = [part for group in groups for part in ("--group", group)]
        command = [uv, "pip", "compile", *FLAGS, "pyproject.toml", *chosen, "-o", str(HERE / name)]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            return status
        sys.stdout.write(f"requirements/{name} is written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
