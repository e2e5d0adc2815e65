"""Follows 200 containers that write 4,000 lines a second while the way to the API server breaks.

    python -m bench.logs                         # the console's `logs -f`, against the sandbox
    python -m bench.logs --stern PATH            # stern on the same input beside it, each in turn

Every cut happens in the middle of lines, and lines share moments and words. Prints what was lost and doubled,
the processor time against the time that passed, and the most memory. Fails when the console loses or doubles
a line, needs more than 60 % of one core, or more than 150 MiB. Restarts and rotations are not part of it: no
real kubelet takes part.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from bench.loglines.tally import Tally, tally
from bench.loglines.world import NAMESPACE, furnish
from bench.measuring import load
from sandbox.cluster import Sandbox
from sandbox.progress import silent

MOST_CPU, MOST_MEMORY = 0.60, 150
SETTLED = 3.0  # seconds without a new byte
LONGEST = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Processor time over the time that passed while lines were written, and the most MiB."""

    share: float
    memory: float


class Setting(NamedTuple):
    """What a reader is put through."""

    sandbox: Sandbox
    containers: int
    rate: int
    seconds: float
    every: float


def main() -> None:
    """Run the contenders in turn and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--dir", default="", help="a sandbox that is up already")
    parser.add_argument("--containers", type=int, default=200)
    parser.add_argument("--rate", type=int, default=4000, help="lines a second in all")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=13, help="seconds between two cuts of all connections")
    parser.add_argument("--stern", default="", help="path of the peer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mc-bench-") as made:
        sandbox = Sandbox(Path(asked.dir or f"{made}/sb"), silent)
        sandbox.up()
        try:
            setting = Setting(sandbox, asked.containers, asked.rate, asked.seconds, asked.every)
            is_good = _compare(setting, asked.stern, Path(made))
        finally:
            if not asked.dir:
                sandbox.down()
    sys.exit(0 if is_good else 1)


def _compare(setting: Setting, stern: str, folder: Path) -> bool:
    ours = [
        sys.executable,
        "-m",
        "mission_control",
        "logs",
        "-n",
        NAMESPACE,
        "-f",
        "--since",
        "1s",
        "-o",
        "json",
    ]
    found, cost = _run("mission-control", ours, setting, folder)
    is_good = not (found.lost or found.doubled) and cost.share <= MOST_CPU and cost.memory <= MOST_MEMORY
    if stern:
        most = str(setting.containers + 10)
        theirs = [stern, "-n", NAMESPACE, ".", "--since", "1s", "-o", "json", "--max-log-requests", most]
        _run("stern", theirs, setting, folder)
    return is_good


def _run(name: str, command: list[str], setting: Setting, folder: Path) -> tuple[Tally, Cost]:
    logs = furnish(setting.sandbox, setting.containers)
    output = folder / f"{name}.jsonl"
    breaking = _breaking(setting)
    try:
        kubeconfig = _through(setting.sandbox.kubeconfig, breaking, folder)
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        with output.open("wb") as file, subprocess.Popen(command, stdout=file, env=environment) as reader:
            time.sleep(5)  # until it follows them all
            written, cost = _write(setting, logs, reader.pid)
            _settle(output)
            reader.send_signal(signal.SIGINT)
            try:
                reader.wait(10)
            except subprocess.TimeoutExpired:
                reader.kill()
    finally:
        breaking.kill()
        breaking.wait()
    found = tally(output, written)
    print(
        f"{name:<16} written {found.written:>7}  arrived {found.arrived:>7}  lost {found.lost}  doubled "
        f"{found.doubled}  out of order {found.unordered}  {cost.share:.0%} of one core  "
        f"{cost.memory:.0f} MiB  marks {found.marks}  ({load()})"
    )
    return found, cost


def _write(setting: Setting, logs: Path, reader: int) -> tuple[list[int], Cost]:
    """Let the containers write; what they wrote, and what the reader needed meanwhile."""
    numbers = [str(setting.containers), str(setting.rate), str(setting.seconds)]
    command = [sys.executable, "-m", "bench.loglines.writing", str(logs), *numbers]
    began, before = time.monotonic(), _cpu(reader)
    done = subprocess.run(command, capture_output=True, check=True)
    share = (_cpu(reader) - before) / (time.monotonic() - began)
    written = msgspec.json.decode(done.stdout, type=list[int])
    return written, Cost(share, _peak(reader))


def _settle(output: Path) -> None:
    """Wait until nothing more arrives."""
    size, since, began = -1, time.monotonic(), time.monotonic()
    while time.monotonic() - since < SETTLED and time.monotonic() - began < LONGEST:
        if (now := output.stat().st_size) != size:
            size, since = now, time.monotonic()
        time.sleep(0.2)


def _breaking(setting: Setting) -> subprocess.Popen[str]:
    port = setting.sandbox.existing().ports.apiserver
    command = [sys.executable, "-m", "bench.loglines.breaking", str(port), str(setting.every)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _through(kubeconfig: Path, breaking: subprocess.Popen[str], folder: Path) -> Path:
    """The same kubeconfig by the way that breaks."""
    assert breaking.stdout is not None  # noqa: S101 (it was asked for)
    port = breaking.stdout.readline().strip()
    tree = yaml.safe_load(kubeconfig.read_text())
    tree["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{port}"
    made = folder / "kubeconfig"
    made.write_text(yaml.safe_dump(tree))
    return made


def _cpu(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak(pid: int) -> float:
    """The most memory so far, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


if __name__ == "__main__":
    main()
