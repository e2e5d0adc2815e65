"""Records the incident that ships with the package: `python -m sandbox.incident [--dir SANDBOX]`.

The sample with the demo's fault on a sandbox, long enough for its pods to have failed a few times, as a full
bundle. It must stay small: everybody who installs the console carries it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sandbox import faults
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.sample import Sample

INCIDENT = Path(__file__).resolve().parent.parent / "src/mission_control/archive/incident.zip"
FAULT = "storage-class"
SETTLES = 75.0  # seconds until metrics are measured and events tell the fault more than once
MOST_BYTES = 1 << 20


def main() -> int:
    """Bring a sandbox up unless one is named, put the fault on it, record it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.incident", description=__doc__)
    parser.add_argument("--dir", type=Path, help="a sandbox that runs already, with the sample on it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mc-incident-") as folder:
        sandbox = Sandbox(chosen.dir or Path(folder) / "s")
        try:
            sample = Sample(sandbox)
            if chosen.dir is None:
                sandbox.up()
                sample.install()
            faults.put(sample, FAULT)
            time.sleep(SETTLES)
            return _record(sandbox, Path(folder))
        except SandboxError as error:
            sys.stderr.write(f"incident: {error}\n")
            return 1
        finally:
            if chosen.dir is None:
                sandbox.down()


def _record(sandbox: Sandbox, folder: Path) -> int:
    env = {**os.environ, **sandbox.env, "MC_KUBECONFIG": str(sandbox.kubeconfig)}
    command = [sys.executable, "-m", "mission_control", "bundle", "create", "--to", str(INCIDENT)]
    made = subprocess.run(command, env={**env, "MC_DATA_DIR": str(folder / "state")}, check=False)
    if made.returncode:
        return made.returncode
    size = INCIDENT.stat().st_size
    sys.stdout.write(f"{INCIDENT}: {size:,} bytes\n")
    return 0 if size <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
