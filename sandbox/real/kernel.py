"""What a real node changes in the kernel: settings, cgroups, a bridge, routing and packet rules, mounts.

Every function here has its opposite, and both may be called twice.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.errors import StartError
from sandbox.network import Ranges
from sandbox.real.plan import Plan

SYSCTLS = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/route_localnet",
    "net/bridge/bridge-nf-call-iptables",
    "net/netfilter/nf_conntrack_max",
    "net/netfilter/nf_conntrack_tcp_timeout_established",
    "net/netfilter/nf_conntrack_tcp_timeout_close_wait",
)
CGROUPS = Path("/sys/fs/cgroup")
SYS = Path("/proc/sys")
RULE = 20000
"""Priority of the first routing rule; each sandbox has two of its own."""
TABLES = ("mangle", "nat", "filter")
CHAINS = "KUBE-"
PATIENCE = 5.0


# --- settings -------------------------------------------------------------------------------------------
def sysctls() -> dict[str, str]:
    """The settings that a kubelet, kube-proxy or bridge changes, as they are now."""
    return {name: (SYS / name).read_text().strip() for name in SYSCTLS if (SYS / name).exists()}


def restore_sysctls(before: dict[str, str]) -> None:
    """Gives back what differs; writing an equal ip_forward would reset settings of single links."""
    for name, value in before.items():
        path = SYS / name
        if path.exists() and path.read_text().strip() != value:
            path.write_text(value)


# --- the bridge and the way out -------------------------------------------------------------------------
def lay_bridge(plan: Plan, ranges: Ranges) -> None:
    """The link of the real pods, with the machine's address on it, and rules that let no pod out.

    Without the rules a service whose endpoint is elsewhere would carry a pod's packet off the machine.
    """
    _ip("link", "add", plan.bridge, "type", "bridge", fails=False)
    _ip("addr", "replace", f"{plan.address}/24", "dev", plan.bridge)
    _ip("link", "set", plan.bridge, "up")
    _ip("route", "replace", ranges.services, "dev", plan.bridge)
    for rule in _rules(plan):
        _ip("rule", "del", *rule, fails=False)
        _ip("rule", "add", *rule)


def remove_bridge(plan: Plan) -> None:
    """Takes away the rules and the link, and with the link its route."""
    for rule in _rules(plan):
        _ip("rule", "del", *rule, fails=False)
    _ip("link", "del", plan.bridge, fails=False)


def _rules(plan: Plan) -> tuple[tuple[str, ...], ...]:
    first = RULE + plan.number * 2
    inside = ("to", plan.pods, "lookup", "main")
    return (
        ("iif", plan.bridge, *inside, "priority", str(first)),
        ("iif", plan.bridge, "unreachable", "priority", str(first + 1)),
    )


def _ip(*arguments: str, fails: bool = True) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode and fails:
        raise StartError(f"ip {' '.join(arguments)} failed: {done.stderr.strip()}")


def routing_rules() -> list[str]:
    """The machine's routing rules, one a line."""
    return _told("ip", "rule", "show")


def packet_rules(family: str) -> list[str]:
    """The rules of all tables that kube-proxy uses; `family` is iptables or ip6tables."""
    return [line for table in TABLES for line in _told(family, "-w", "-t", table, "-S")]


def remove_packet_rules() -> None:
    """Removes kube-proxy's chains, which outlive it. No kubelet of anybody's runs here (see `machine`)."""
    for family in ("iptables", "ip6tables"):
        for table in TABLES:
            lines = [line.split() for line in _told(family, "-w", "-t", table, "-S")]
            chains = [words[1] for words in lines if words[0] == "-N" and words[1].startswith(CHAINS)]
            if chains:
                _remove_chains(family, table, lines, chains)


def _told(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def _remove_chains(family: str, table: str, lines: list[list[str]], chains: list[str]) -> None:
    own = ["-F " + chain for chain in chains]
    jumps = [
        "-D " + " ".join(words[1:])
        for words in lines
        if words[0] == "-A" and words[1] not in chains and words[-1] in chains
    ]
    text = "\n".join([f"*{table}", *jumps, *own, *("-X " + chain for chain in chains), "COMMIT", ""])
    subprocess.run(
        [f"{family}-restore", "--noflush", "-w"], input=text, capture_output=True, text=True, check=False
    )


# --- cgroups --------------------------------------------------------------------------------------------
def make_cgroup(plan: Plan) -> None:
    """The group under which the kubelet puts its pods, in every hierarchy of the machine."""
    for group in _groups(plan):
        group.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):
            own, above = group / name, group.parent / name
            if own.exists() and above.exists() and not own.read_text().strip():
                own.write_text(above.read_text())


def remove_cgroup(plan: Plan) -> None:
    """Kills what still runs in the group and removes it, deepest first."""
    for group in _groups(plan):
        end = time.monotonic() + PATIENCE
        while group.exists() and time.monotonic() < end:
            for pid in _members(group):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):  # a process of it has not quite ended: the next round
                    Path(folder).rmdir()


def _groups(plan: Plan) -> list[Path]:
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS / plan.cgroup]
    return [entry / plan.cgroup for entry in sorted(CGROUPS.iterdir()) if entry.is_dir()]


def _members(group: Path) -> Iterator[int]:
    for file in group.rglob("cgroup.procs"):
        with contextlib.suppress(OSError):
            yield from map(int, file.read_text().split())


# --- mounts ---------------------------------------------------------------------------------------------
def mounts_under(folder: Path) -> list[str]:
    """Everything mounted inside a folder, deepest first."""
    inside = f"{folder}/"
    found = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted({point for point in found if point.startswith(inside)}, key=len, reverse=True)


def unmount_under(folder: Path) -> None:
    """Unmounts everything inside a folder, so that removing it cannot reach into something else."""
    for point in mounts_under(folder):
        subprocess.run(["umount", point], capture_output=True, check=False)
    for point in mounts_under(folder):
        subprocess.run(["umount", "--lazy", point], capture_output=True, check=False)
