"""Judges a cluster twice: live, and from a bundle made at the same time; for the fault suite.

    python -m sandbox.rejudged      as the suite's command in the place of `mission-control health -o json`

It prints what the bundle says, and fails when that is not what was found live. Ages pass between the two, so
findings are compared by code, subject, verdict and whether they are a root.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FAILED = 3
_TRIES = 3  # something may begin or end between the two looks

Key = tuple[str, ...]


def main() -> int:
    """Look, record, judge the record; the status of the record's judgement."""
    with tempfile.TemporaryDirectory(prefix="mc-rejudged-") as folder:
        env = {**os.environ, "MC_DATA_DIR": folder}
        for attempt in range(1, _TRIES + 1):
            bundle = Path(folder) / f"{attempt}.zip"
            live = _judged(env, "--wait", "60s")
            made = _run(env, "bundle", "create", "--wait", "60s", "--to", str(bundle))
            if made.returncode:
                sys.stderr.write(made.stderr)
                return FAILED
            recorded = _judged(env, "--bundle", str(bundle))
            missing, added = _keys(live) - _keys(recorded), _keys(recorded) - _keys(live)
            if not missing and not added:
                sys.stdout.write(json.dumps(recorded))
                return int(recorded["status"])
        sys.stderr.write(f"only live: {sorted(missing)}\nonly in the bundle: {sorted(added)}\n")
        return FAILED


def _judged(env: dict[str, str], *flags: str) -> dict[str, Any]:
    done = _run(env, "health", "-o", "json", *flags)
    if done.returncode not in (0, 1, 2):
        sys.stderr.write(done.stderr)
        sys.exit(FAILED)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"status": done.returncode}


def _run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mission_control", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def _keys(health: dict[str, Any]) -> set[Key]:
    return {
        (f["code"], f["verdict"], str(f["root"]), *map(str, f["subject"].values()))
        for f in health["findings"]
    }


if __name__ == "__main__":
    sys.exit(main())
