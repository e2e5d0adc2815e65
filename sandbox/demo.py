"""The demo: a recorded incident at once, and beside it a sandbox with the sample and one fault on it.

The pages tell how far the sandbox is, and offer to switch over to it when it runs.

A sandbox that runs already is used again. At the end, however it comes, console and sandbox are ended in this
order and no process stays; only with `--keep` the sandbox does. The console's own state is the sandbox's, so
that nothing of a demo is found in that of the person.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox import faults
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.places import default_directory
from sandbox.progress import aloud, duration
from sandbox.sample import Sample

INTERRUPTED = 130
PATIENCE = 10.0  # seconds that the console has to end before it is killed


def main() -> int:
    """Bring everything up, serve until told to stop, take everything down."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--fault", default="storage-class", help=", ".join(faults.FAULTS))
    parser.add_argument("--keep", action="store_true", help="leave the sandbox running at the end")
    parser.add_argument("serve", nargs="*", help="more flags for mission-control demo, after --")
    chosen = parser.parse_args()
    if chosen.fault not in faults.FAULTS:
        known = ", ".join(faults.FAULTS)
        sys.stderr.write(f"demo: there is no fault {chosen.fault}; there are {known}\n")
        return 1
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: _interrupt())  # also when the shell had SIGINT ignored
    with _only_one() as is_first:
        if not is_first:
            sys.stderr.write("demo: another demo runs already; end it first, its sandbox is this one's too\n")
            return 1
        return _run(chosen)


@contextlib.contextmanager
def _only_one() -> Iterator[bool]:
    """Whether no other demo of this user runs; the lock ends with its process."""
    lock = default_directory().with_name("demo.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _run(chosen: argparse.Namespace) -> int:
    """The recorded incident at once; the real one beside it as soon as it runs."""
    with tempfile.TemporaryDirectory(prefix="mc-demo-") as folder:
        board = Board(Path(folder) / "prepares.json")
        sandbox = Sandbox(say=board.say)
        consoles = [_recorded(board, chosen.serve)]
        try:
            try:
                _prepare(sandbox, chosen.fault, board)
                consoles.append(_real(sandbox, board))
            except SandboxError as error:
                sys.stderr.write(f"demo: {error}\n")
                board.tell(f"The real sandbox cannot run here: {error}")
            consoles[0].wait()
        except KeyboardInterrupt:
            return INTERRUPTED if len(consoles) == 1 else 0  # the ordinary end of a demo
        finally:
            _finish(sandbox, consoles, keep=chosen.keep)
        return consoles[0].returncode


def _interrupt() -> None:
    raise KeyboardInterrupt


class Board:
    """Tells what is being prepared: to the terminal, and through a file to the pages of the recording."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def say(self, line: str) -> None:
        """One line of progress."""
        aloud(line)
        self.tell(f"{line[:1].upper()}{line[1:]}")

    def tell(self, says: str, address: str = "") -> None:
        """What the pages say now; with an address they offer to switch over."""
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"says": says, "address": address}))
        new.replace(self.file)


def _prepare(sandbox: Sandbox, fault: str, board: Board) -> None:
    began = time.monotonic()
    board.tell("The real sandbox starts")
    sandbox.up()
    sample = Sample(sandbox)
    sample.install()
    faults.put(sample, fault)
    board.say(f"the demo is ready after {duration(time.monotonic() - began)}; the console comes up")


def _recorded(board: Board, flags: list[str]) -> subprocess.Popen[str]:
    """The console on the recorded incident; it prints its own address."""
    command = [sys.executable, "-m", "mission_control", "demo", "--prepares", str(board.file), *flags]
    return subprocess.Popen(command, text=True)


def _real(sandbox: Sandbox, board: Board) -> subprocess.Popen[str]:
    """The console on the sandbox, offered on the pages of the recording as soon as it listens."""
    command = [sys.executable, "-m", "mission_control", "serve", "--port", "0"]
    own = {"MC_KUBECONFIG": str(sandbox.kubeconfig), "MC_DATA_DIR": str(sandbox.home / "console")}
    console = subprocess.Popen(command, env={**sandbox.env, **own}, stdout=subprocess.PIPE, text=True)
    address = console.stdout.readline().strip() if console.stdout else ""
    if not address.startswith("http"):
        raise SandboxError("the console on the sandbox ended at once")
    aloud(f"the real sandbox: {address.partition('/enter')[0]} (switch over on the page)")
    board.tell("The real sandbox is ready", address)
    return console


def _end(console: subprocess.Popen[str]) -> None:
    if console.poll() is None:
        console.send_signal(signal.SIGINT)
        try:
            console.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            console.kill()
            console.wait()


def _finish(sandbox: Sandbox, consoles: list[subprocess.Popen[str]], *, keep: bool) -> None:
    """End the consoles and take the sandbox down, undisturbed by a second Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for console in reversed(consoles):
        _end(console)
        if console.stdout:
            console.stdout.close()
    if keep:
        aloud(f"the sandbox stays: export KUBECONFIG={sandbox.kubeconfig}; python -m sandbox down ends it")
    else:
        sandbox.down()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
