"""A small Debian as a directory: what the sandbox's images are made of.

It comes from the mirror that this machine's own apt uses, and of the release that this machine runs, so
nothing here names a host. It is made by debootstrap, once, and only root can make it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from sandbox.errors import SandboxError

PACKAGES = ("python3", "ca-certificates", "busybox-static")
SKIP = (
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
    "usr/share/doc",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/info",
    "proc",
    "sys",
    "dev",
)
"""Folders whose contents no container needs."""
TAIL = 8


def codename() -> str:
    """The name of the Debian release that this machine runs; empty when it runs something else."""
    try:
        told = Path("/etc/os-release").read_text()
    except OSError:
        return ""
    fields = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    return fields.get("VERSION_CODENAME", "").strip('"') if fields.get("ID") == "debian" else ""


def mirror() -> str:
    """The address from which this machine's apt gets the packages of its own release."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = codename()
    for line in told.stdout.splitlines():
        name, _, address = line.partition(" ")
        if name == wanted and address.startswith(("http://", "https://")):
            return address
    raise SandboxError(
        f"apt knows no mirror of Debian {wanted} on this machine, and the images are made from one. "
        "Add the release to /etc/apt/sources.list.d, run apt-get update, and try again."
    )


def make(target: Path, log: Path) -> None:
    """Fills `target` with a minimal Debian that has Python, certificates and busybox; half a minute."""
    command = [
        "debootstrap",
        "--variant=minbase",
        f"--include={','.join(PACKAGES)}",
        codename(),
        str(target),
        mirror(),
    ]
    with log.open("w") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False)
    if done.returncode:
        tail = "\n  ".join(log.read_text(errors="replace").splitlines()[-TAIL:])
        raise SandboxError(f"debootstrap could not make a Debian:\n  {tail}\nThe whole output is in {log}.")
