"""Packs the image as an OCI archive without a container engine, on the Debian of the sandbox's real node.

The libraries are a layer of their own, which changes only with the lock. Archives are kept in the user's
cache under a hash of all that they are made of; the newest few stay.
"""

from __future__ import annotations

import hashlib
import platform
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from image import bill, contents, layout
from image.tools import ImageError, cache
from sandbox import locks
from sandbox.progress import Say
from sandbox.real import images, oci, rootfs

REPOSITORY = "localhost/mission-control"
KEPT = 3


def name() -> str:
    """The image's name on a real node; its tag is the version, so no registry is asked for it."""
    return f"{REPOSITORY}:{layout.version()}"


def make(say: Say) -> Path:
    """The archive of these sources, packed when there is none."""
    python = layout.PYTHONS.get(rootfs.codename())
    if python is None:
        raise ImageError(f"the image stands on Debian {' or '.join(layout.PYTHONS)}, not {rootfs.codename()}")
    base = images.make(say)[-1]
    place = cache()
    place.mkdir(parents=True, exist_ok=True)
    with locks.held(place / "lock", "another command packs the console's image", say):
        recipes = [Path(__file__).with_name(part) for part in ("contents.py", "layout.py")]
        libraries = (
            place / f"libraries-{_hash([base, layout.ROOT / 'requirements/run.txt', *recipes])}.oci.tar"
        )
        target = place / f"console-{_hash([libraries, *contents.sources()])}.oci.tar"
        if not target.exists():
            say("packing the console's image: about 25 s, less when only the console has changed")
            _pack(base, libraries, target, python)
            _forget(place, {libraries, target})
        target.touch()
        libraries.touch()
    return target


def _pack(base: Path, libraries: Path, target: Path, python: str) -> None:
    with tempfile.TemporaryDirectory(prefix=".packing-", dir=target.parent) as folder:
        below, above = Path(folder) / "libraries", Path(folder) / "console"
        below.mkdir()
        above.mkdir()
        if not libraries.exists():
            contents.put_libraries(below, _arch(), python)
            contents.settle(below)
            oci.pack([base, below], f"{REPOSITORY}-libraries:1", oci.Settings(), libraries)
        contents.put_console(above, python)
        _put_bill(base, libraries, above)
        contents.settle(above)
        starts = oci.Settings(
            entrypoint=(layout.NAME,),
            command=("serve",),
            environment=layout.ENVIRONMENT,
            user=layout.USER,
            directory=layout.HOME,
            labels=tuple(layout.labels().items()),
        )
        oci.pack([libraries, above], name(), starts, target)


def _put_bill(base: Path, libraries: Path, above: Path) -> None:
    """The bill names what is in all layers, so the libraries' metadata are laid beside the console for it."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder)
        _unpack(libraries, whole, f"{layout.LIBRARIES}/")
        _unpack(base, whole, "var/lib/dpkg/status")
        (whole / layout.CONSOLE).symlink_to(above / layout.CONSOLE)
        bill.write(whole, (whole / "var/lib/dpkg/status").read_text())
        target = above / layout.BILL
        target.write_bytes((whole / layout.BILL).read_bytes())


def _unpack(archive: Path, into: Path, prefix: str) -> None:
    """Metadata of packages out of the layers of an archive; files named exactly so, or *.dist-info below."""
    for digest in oci.layer_digests(archive):
        with tarfile.open(archive) as outer:
            packed = outer.extractfile(f"blobs/sha256/{digest}")
            with tarfile.open(fileobj=packed) as layer:
                for entry in layer:
                    named = entry.name == prefix or (
                        entry.name.startswith(prefix) and ".dist-info/" in entry.name
                    )
                    if entry.isfile() and named:
                        layer.extract(entry, into, filter="data")


def _arch() -> str:
    return oci.ARCHITECTURES[platform.machine()]


def _hash(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path}\0".encode())
        if path.suffix != ".tar":  # its name says what is in it
            total.update(path.read_bytes())
    return total.hexdigest()[:12]


def _forget(place: Path, kept: set[Path]) -> None:
    """Removes all but the newest archives."""
    for pattern in ("libraries-*.oci.tar", "console-*.oci.tar"):
        newest = sorted(place.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest[KEPT:]:
            if path not in kept:
                path.unlink()
