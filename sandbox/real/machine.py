"""What a machine must be, and must have, before it can carry a real node.

Everything is asked before anything is changed, and each refusal is one sentence. A machine that already runs
a kubelet is refused: two of them share folders and packet rules that cannot be told apart.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sandbox.errors import NoRealNode
from sandbox.progress import Say
from sandbox.real import rootfs
from sandbox.real.plan import BRIDGE

FOR_IMAGES = {"debootstrap": "debootstrap"}
FOR_NODE = {
    "containerd": "containerd",
    "ctr": "containerd",
    "containerd-shim-runc-v2": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "ip6tables": "iptables",
    "ip": "iproute2",
    "mount": "mount",
}
"""A command and the Debian package that has it."""
PLUGINS = "containernetworking-plugins"
PLUGIN_FOLDERS = ("/usr/lib/cni", "/opt/cni/bin")
NEEDED_PLUGINS = ("bridge", "host-local", "loopback")
KUBELET = "kubelet"
LINKS = Path("/sys/class/net")


def check() -> None:
    """Refuses a machine that is no Debian, or a user who is not root."""
    if not rootfs.codename():
        raise NoRealNode(
            "a real node needs Debian, and this machine runs something else; leave out --real-node"
        )
    if os.geteuid() != 0:
        raise NoRealNode("a real node needs root, for cgroups, mounts and a bridge; leave out --real-node")


def check_no_other() -> None:
    """Refuses a machine that carries a node already, of a sandbox or of anybody."""
    for pid, command in running(KUBELET):
        whose = " ".join(command).strip()[:160]
        raise NoRealNode(
            f"a kubelet runs on this machine already (process {pid}: {whose}), and a machine carries one. "
            "End it first; for another sandbox: python -m sandbox --dir DIR down"
        )

    for link in LINKS.glob(f"{BRIDGE}*"):
        raise NoRealNode(
            f"another sandbox's real node is on this machine (its link is {link.name}). End it with "
            f"python -m sandbox --dir DIR down; if that directory is gone: ip link del {link.name}"
        )


def running(program: str) -> Iterator[tuple[int, list[str]]]:
    """The processes of a program by its file's name, with their command lines."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_text(errors="replace").split("\x00")
            except OSError:
                continue
            if Path(command[0]).name == program:
                yield int(entry.name), command


def plugins() -> Path | None:
    """The folder of the network plug-ins, where all that are needed are."""
    for name in PLUGIN_FOLDERS:
        if all((Path(name) / plugin).exists() for plugin in NEEDED_PLUGINS):
            return Path(name)
    return None


def lacking(wanted: dict[str, str]) -> list[str]:
    """The Debian packages that must be installed for these commands."""
    packages = {package for command, package in wanted.items() if not shutil.which(command)}
    if wanted is FOR_NODE and plugins() is None:
        packages.add(PLUGINS)
    return sorted(packages)


def equip(say: Say, wanted: dict[str, str]) -> None:
    """Installs the packages that are missing, from the machine's own apt sources."""
    packages = lacking(wanted)
    if not packages:
        return
    say(f"installing {', '.join(packages)} by apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    done = None
    for command in (install, ["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if command is install and not done.returncode and not lacking(wanted):
            return
    told = (done.stderr or done.stdout).strip()[-300:] if done else ""
    raise NoRealNode(
        f"these packages are missing and apt-get could not install them: {' '.join(lacking(wanted))}. {told}"
    )
