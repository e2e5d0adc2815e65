"""The sandbox's verbs, as a person or a Makefile types them."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox import faults
from sandbox import scale as load
from sandbox.build import Programs, build
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.parts import NODE_PARTS
from sandbox.progress import aloud
from sandbox.real import verbs as images
from sandbox.real.images import make
from sandbox.real.runtime import SPACE
from sandbox.real.settings import socket
from sandbox.sample import Sample, versions

INTERRUPTED = 130
REAL_NODE = "a node with kubelet and containerd beside the simulated ones; needs root and Debian"


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb; 0 when it did what it says, 1 (4: no real node here) with a sentence when not."""
    chosen = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    act: Callable[[argparse.Namespace], int] = chosen.act
    try:
        return act(chosen)
    except SandboxError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what had been started is ended\n")
        return INTERRUPTED


def _interrupt() -> None:
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    """Every verb with its options."""
    top = argparse.ArgumentParser(
        prog="python -m sandbox", description="A real Kubernetes control plane on this machine."
    )
    top.add_argument("--dir", type=Path, help="the sandbox's own directory, so that several can run at once")
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, act: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text)
        made.add_argument("--dir", type=Path, default=argparse.SUPPRESS, help="the sandbox's own directory")
        made.set_defaults(act=act)
        return made

    made = verb("build", _build, "Build the programs into the cache.")
    made.add_argument("--real-node", action="store_true", help="also those of a real node, and its images")
    images.add(verb("image", _build, "Make, pack and import images for the real node."))
    up = verb("up", _up, "Start the cluster (and build what is missing).")
    up.add_argument("--bare", action="store_true", help="no nodes, storage class, metrics or cluster DNS")
    up.add_argument("--stages", nargs="+", type=Path, default=[], metavar="FILE", help="more kwok stages")
    up.add_argument("--real-node", action="store_true", help=REAL_NODE)
    verb("down", _down, "End the cluster and remove everything it made.")
    status = verb("status", _status, "Tell what runs; exit status 3 when it is not whole.")
    status.add_argument("-o", "--output", choices=["text", "json"], default="text")
    verb("kubeconfig", _kubeconfig, "Print the path of the kubeconfig.")
    verb("env", _env, "Print shell lines that put the cluster and its kubectl and helm into reach.")
    install = verb(
        "install-sample",
        _install,
        "Install the sample (or move it to another version) and wait until it is ready.",
    )
    install.add_argument(
        "--version", default="", help=f"one of {', '.join(versions())}; the newest when not given"
    )
    install.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="a value, as for helm",
    )
    fault = verb("fault", _fault, "Put a fault on the sample, in the place of one that is there.")
    which = fault.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="NAME", help="the fault; see --list")
    which.add_argument("--list", action="store_true", help="tell all faults")
    which.add_argument("--clear", action="store_true", help="make the sample well again")
    scale = verb("scale", _scale, "Hold N ready pods in the namespace scale; 0 removes them.")
    scale.add_argument("count", type=int, metavar="N")
    return top


def _sandbox(chosen: argparse.Namespace) -> Sandbox:
    return Sandbox(chosen.dir)


def _build(chosen: argparse.Namespace) -> int:
    programs = Programs()
    build(programs, aloud)
    if chosen.real_node:
        build(Programs(parts=NODE_PARTS), aloud)
        make(aloud)
    sys.stdout.write(f"{programs.bin}\n")
    return 0


def _up(chosen: argparse.Namespace) -> int:
    _sandbox(chosen).up(bare=chosen.bare, stages=chosen.stages, real_node=chosen.real_node)
    return 0


def _down(chosen: argparse.Namespace) -> int:
    _sandbox(chosen).down()
    return 0


def _status(chosen: argparse.Namespace) -> int:
    told = _sandbox(chosen).status()
    if chosen.output == "json":
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        for key, value in told.items():
            if key != "processes":
                sys.stdout.write(f"{key:12} {value}\n")
        for process in told.get("processes", []):
            alive = "running" if process["alive"] else f"ENDED, see {process['log']}"
            sys.stdout.write(f"  {process['name']:26} {process['pid']:>8}  {alive}\n")
    return 0 if told["state"] == "running" else 3


def _kubeconfig(chosen: argparse.Namespace) -> int:
    sandbox = _sandbox(chosen)
    sandbox.existing()
    sys.stdout.write(f"{sandbox.kubeconfig}\n")
    return 0


def _env(chosen: argparse.Namespace) -> int:
    sandbox = _sandbox(chosen)
    sys.stdout.write(
        f"export KUBECONFIG='{sandbox.kubeconfig}'\nexport PATH='{sandbox.existing().bin}':\"$PATH\"\n"
    )
    if sandbox.existing().real:
        where = f"CONTAINERD_ADDRESS='{socket(sandbox.home)}' CONTAINERD_NAMESPACE='{SPACE}'"
        sys.stdout.write(f"export {where}\n")
    return 0


def _install(chosen: argparse.Namespace) -> int:
    sample = Sample(_sandbox(chosen))
    if sample.workloads() and faults.is_faulty(sample):
        faults.clear(sample)
    sample.install(chosen.version, chosen.settings)
    return 0


def _fault(chosen: argparse.Namespace) -> int:
    if chosen.list:
        for name, fault in faults.FAULTS.items():
            sys.stdout.write(f"{name:14} {fault.says}\n")
        return 0
    sample = Sample(_sandbox(chosen))
    if chosen.clear:
        faults.clear(sample)
        aloud("the sample is well again")
    else:
        faults.put(sample, chosen.name)
    return 0


def _scale(chosen: argparse.Namespace) -> int:
    load.scale(_sandbox(chosen), max(chosen.count, 0))
    return 0
