"""The images that a real node has: packed from a Debian, kept in the cache, imported into containerd.

`pause` holds the namespaces of a pod and is one static busybox; `tools` is a small Debian with Python, for
pods that log, crash, fill memory or answer probes. Neither comes from a registry, and pods must not ask for
one: a tag other than `latest` makes `IfNotPresent` the default.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from pathlib import Path

from sandbox import locks, places
from sandbox.progress import Say, duration
from sandbox.real import machine, oci, rootfs

PAUSE = "localhost/pause:1"
TOOLS = "localhost/tools:1"
SECONDS = 45
BUSYBOX = "bin/busybox"
HOLD = 'trap "exit 0" TERM INT; while :; do sleep 86400 & wait $!; done'
"""A shell as the first process: it ends when told to, and reaps what others leave behind."""
NOBODY = "65535:65535"


def folder() -> Path:
    """Where the images of this recipe and this Debian are kept."""
    recipe = "\x00".join((rootfs.codename(), *rootfs.PACKAGES, *rootfs.SKIP, HOLD, PAUSE, TOOLS, oci.LAYER))
    return places.cache() / "images" / hashlib.sha256(recipe.encode()).hexdigest()[:12]


def archives() -> list[Path]:
    """The archives that every real node gets, the smallest first."""
    return [folder() / "pause.oci.tar", folder() / "tools.oci.tar"]


def make(say: Say) -> list[Path]:
    """Packs the images that are missing; their archives."""
    if all(path.exists() for path in archives()):
        return archives()
    machine.check()
    machine.equip(say, machine.FOR_IMAGES)
    place = folder()
    with locks.held(places.cache() / "images.lock", "another command packs the images", say):
        if all(path.exists() for path in archives()):
            return archives()
        say(f"packing images from a Debian {rootfs.codename()}: about {duration(SECONDS)}, once")
        began = time.monotonic()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".debian-", dir=place) as work:
            _pack(Path(work), place)
        say(f"images: done in {duration(time.monotonic() - began)}")
    return archives()


def _pack(work: Path, place: Path) -> None:
    debian, small = work / "debian", work / "pause"
    rootfs.make(debian, place / "debootstrap.log")
    (small / "bin").mkdir(parents=True)
    shutil.copy2(debian / BUSYBOX, small / BUSYBOX)
    for name in ("sh", "sleep"):
        (small / "bin" / name).symlink_to("busybox")
    pause, tools = archives()
    holds = oci.Settings(entrypoint=("/bin/sh", "-c", HOLD), user=NOBODY)
    oci.pack([small], PAUSE, holds, pause)
    oci.pack([debian], TOOLS, oci.Settings(command=("/bin/bash",)), tools, rootfs.SKIP)
