"""What kubelet and containerd put outside the sandbox, whatever they are told, and how it goes away again.

A folder that was there before stays, and in it everything that is not this node's own.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from sandbox.real.plan import Plan

RESULTS = Path("/var/lib/cni/results")
LINKS = Path("/var/log/containers")
SHARED = (
    "/var/lib/cni/results",
    "/var/lib/cni",
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/run/containerd/s",
    "/run/containerd/runc",
    "/run/containerd",
    "/run/netns",
)
"""Deepest first."""
WHOLE = ("/var/lib/cni/results", "/var/lib/kubelet/device-plugins", "/run/containerd/s")


def strangers() -> tuple[str, ...]:
    """Those of the shared folders that are there already."""
    return tuple(path for path in SHARED if Path(path).exists())


def remove(plan: Plan, node: Path) -> None:
    """Removes this node's own files, then the folders that it brought and that are nobody else's."""
    for path in RESULTS.glob(f"{plan.network}-*"):
        path.unlink(missing_ok=True)
    for link in LINKS.glob("*.log"):
        if link.is_symlink() and link.readlink().is_relative_to(node):
            link.unlink()
    for name in SHARED:
        if name in plan.strangers:
            continue
        if name in WHOLE:
            shutil.rmtree(name, ignore_errors=True)
        with contextlib.suppress(OSError):
            Path(name).rmdir()
