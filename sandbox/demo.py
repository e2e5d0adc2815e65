"""The demo: a sandbox with the sample and one fault on it, and the console in front of it.

A sandbox that runs already is used again. At the end, however it comes, console and sandbox are ended in this
order and no process stays; only with `--keep` the sandbox does. The console's own state is the sandbox's, so
that nothing of a demo is found in that of the person.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

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
    parser.add_argument("serve", nargs="*", help="more flags for mission-control serve, after --")
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
        return _run(Sandbox(), chosen)


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


def _run(sandbox: Sandbox, chosen: argparse.Namespace) -> int:
    try:
        _prepare(sandbox, chosen.fault)
        return _serve(sandbox, chosen.serve)
    except SandboxError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _finish(sandbox, keep=chosen.keep)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _prepare(sandbox: Sandbox, fault: str) -> None:
    began = time.monotonic()
    sandbox.up()
    sample = Sample(sandbox)
    sample.install()
    faults.put(sample, fault)
    aloud(f"the demo is ready after {duration(time.monotonic() - began)}; the console comes up")


def _serve(sandbox: Sandbox, flags: list[str]) -> int:
    """Run the console until it ends by itself or is interrupted; then wait for it to end."""
    command = [sys.executable, "-m", "mission_control", "serve", *flags]
    own = {"MC_KUBECONFIG": str(sandbox.kubeconfig), "MC_DATA_DIR": str(sandbox.home / "console")}
    console = subprocess.Popen(command, env={**sandbox.env, **own})
    try:
        return console.wait()
    except KeyboardInterrupt:
        console.send_signal(signal.SIGINT)
        try:
            console.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            console.kill()
            console.wait()
        return 0  # the ordinary end of a demo


def _finish(sandbox: Sandbox, *, keep: bool) -> None:
    """Take the sandbox down, undisturbed by a second Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if keep:
        aloud(f"the sandbox stays: export KUBECONFIG={sandbox.kubeconfig}; python -m sandbox down ends it")
    else:
        sandbox.down()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
