"""`python -m sandbox.recordings [CASE …]`: records failures of real containers for the tests."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.places import HERE
from sandbox.recordings import cases
from sandbox.recordings.recorder import Recorder
from sandbox.recordings.refusals import refusing

RECORDED = HERE.parent / "tests" / "domain" / "recorded"


def main() -> int:
    """Brings up a sandbox with a real node (or takes the one that is named), records, takes it down."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.recordings", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="a case; all when none is named")
    parser.add_argument("--into", type=Path, default=RECORDED, help="the folder of the recordings")
    parser.add_argument("--dir", type=Path, help="a sandbox with a real node that runs already")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        wanted = cases.find(chosen.cases)
        if chosen.dir:
            return _record(Sandbox(chosen.dir), wanted, chosen.into)
        with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
            sandbox = Sandbox(Path(folder) / "home")
            try:
                sandbox.up(bare=True, real_node=True)
                return _record(sandbox, wanted, chosen.into)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                sandbox.down()
    except SandboxError as error:
        sys.stderr.write(f"recordings: {error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        return 130


def _record(sandbox: Sandbox, wanted: list[cases.Case], into: Path) -> int:
    with refusing() as registry:
        failed = Recorder(sandbox, registry, into).record(wanted)
    sandbox.say(f"{len(wanted) - len(failed)} of {len(wanted)} cases are recorded in {into}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
