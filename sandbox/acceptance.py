"""Runs a suite of fault scenarios against the console, on a bare sandbox of its own with a real chart.

The suite is a folder with `run_faults.py`, `base.py`, `hold.yaml` and `scenarios/`; it comes from outside
this repository, and so does the chart. What is missing is said in a sentence before anything starts.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.places import HERE

VALUES = HERE / "charts" / "smallest-values.yaml"
SUITE = ("run_faults.py", "base.py", "hold.yaml", "scenarios")


def main() -> int:
    """Check what was given, bring up the base, run the scenarios, take it all down; the suite's status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.acceptance", description=__doc__)
    parser.add_argument("--suite", type=Path, required=True, help="folder of the suite")
    parser.add_argument("--chart", default="", help="folder of an unpacked chart")
    parser.add_argument("--values", type=Path, default=VALUES, help="values for the chart")
    parser.add_argument("--only", action="append", default=[], help="name or glob of a scenario")
    parser.add_argument("--bundles", action="store_true", help="judge a bundle of each, beside the live look")
    chosen = parser.parse_args()
    lacking = _lacking(chosen.suite, chosen.chart)
    if lacking:
        sys.stderr.write(f"faults: {lacking}\n")
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="mission-control-faults-") as folder:
        sandbox = Sandbox(Path(folder) / "sandbox")
        try:
            sandbox.up(bare=True, stages=[chosen.suite / "hold.yaml"])
            return _run(sandbox, chosen)
        except SandboxError as error:
            sys.stderr.write(f"faults: {error}\n")
            return 2
        except KeyboardInterrupt:
            return 130
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            sandbox.down()


def _lacking(suite: Path, chart: str) -> str:
    missing = [name for name in SUITE if not (suite / name).exists()]
    if missing:
        return (
            f"{suite} holds no fault suite ({', '.join(missing)} missing). Name one: make faults FAULTS=dir"
        )
    if not chart:
        return "no chart to put faults on. Name an unpacked one: make faults MC_VENDOR_CHART=dir"
    if not (Path(chart) / "Chart.yaml").is_file():
        return f"{chart} is no unpacked chart: it has no Chart.yaml"
    return ""


def _run(sandbox: Sandbox, chosen: argparse.Namespace) -> int:
    kubeconfig = ["--kubeconfig", str(sandbox.kubeconfig)]
    base = [sys.executable, "base.py", "up", *kubeconfig]
    base += ["--chart", str(Path(chosen.chart).resolve()), "--values", str(chosen.values.resolve())]
    if subprocess.run(base, env=sandbox.env, cwd=chosen.suite, check=False).returncode:
        return 2
    command = f"{sys.executable} -m mission_control health -o json --wait 60s"
    if chosen.bundles:
        command = f"{sys.executable} -m sandbox.rejudged"
    suite = [sys.executable, "run_faults.py", "scenarios", *kubeconfig, "--command", command]
    suite += [part for name in chosen.only for part in ("--only", name)]
    env = {**sandbox.env, "PYTHONPATH": str(HERE.parent)}
    return subprocess.run(suite, env=env, cwd=chosen.suite, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
