"""Lays out the image's own files as a directory tree: libraries, console, launcher, accounts.

The libraries are the locked ones, as wheels only and for the image's Python, whichever Python runs this.
Times are set to one moment, so that the same sources give the same bytes.
"""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from image import layout
from image.tools import PIP, ImageError, equip, run

GLIBCS = ("2_17", "2_28", "2_34", "2_36")
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
MOMENT = 1_577_836_800  # 2020-01-01, as in the wheel
UNWANTED = ("bin", "__pycache__")
TRACES = ("direct_url.json", "INSTALLER", "REQUESTED")
"""Files in which pip notes where and how it was called."""


def put_libraries(into: Path, arch: str, python: str) -> None:
    """The locked libraries for an architecture ("amd64", "arm64") and a Python ("3.11")."""
    platforms = [f"manylinux_{glibc}_{MACHINES[arch]}" for glibc in GLIBCS]
    platforms.append(f"manylinux2014_{MACHINES[arch]}")
    for_image = [word for name in platforms for word in ("--platform", name)]
    lock = layout.ROOT / "requirements" / "run.txt"
    place = into / layout.LIBRARIES
    exact = ("--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile")
    target = ("--implementation", "cp", "--python-version", python, "--target", str(place))
    run(*PIP, "install", *exact, *for_image, *target, "-r", str(lock))
    _finish(place, python)


def put_console(into: Path, python: str) -> None:
    """The console itself with its built assets, the launcher and the account it runs as."""
    subprocess.run([sys.executable, str(layout.ROOT / "frontend" / "build.py")], check=True)
    place = into / layout.CONSOLE
    with tempfile.TemporaryDirectory() as folder:
        build = (*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
        run(*build, str(layout.ROOT), PYTHONPATH=str(equip()))
        wheel = next(Path(folder).glob("*.whl"))
        run(*PIP, "install", "--no-deps", "--no-compile", "--no-index", "--target", str(place), str(wheel))
    if not (place / "mission_control" / "web" / "static" / "vendor" / "tabler.min.css").is_file():
        raise ImageError("the wheel holds no assets; look at what python frontend/build.py says")
    _finish(place, python)
    _write(into / layout.LAUNCHER, layout.LAUNCH, 0o755)
    _write(into / "etc" / "passwd", layout.PASSWD)
    _write(into / "etc" / "group", layout.GROUP)
    home = into / layout.HOME.lstrip("/")
    home.mkdir(parents=True)
    if os.geteuid() == 0:
        os.chown(home, layout.UID, layout.UID)
    home.chmod(0o700)


def settle(root: Path) -> None:
    """Gives everything one time, after the last file is written."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            os.utime(path, (MOMENT, MOMENT))


def sources() -> Iterable[Path]:
    """Every file that the console's part of the image is made of, in a stable order."""
    root = layout.ROOT
    yield from (root / "pyproject.toml", root / "README.md", root / "LICENSE")
    folders = ("src/mission_control", "docs/causes", "image")
    for folder in folders:
        yield from sorted(
            path
            for path in (root / folder).rglob("*")
            if path.is_file() and not {"__pycache__", "vendor"} & set(path.parts)
        )
    yield from (root / "frontend" / name for name in ("build.mjs", "icons.json", "package-lock.json"))


def _finish(place: Path, python: str) -> None:
    for name in UNWANTED:
        shutil.rmtree(place / name, ignore_errors=True)
    for trace in TRACES:
        for path in place.glob(f"*.dist-info/{trace}"):
            path.unlink()
    for record in place.glob("*.dist-info/RECORD"):
        record.unlink()  # it lists what was just removed
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        target = f"/{place.relative_to(place.parents[2])}"
        compileall.compile_dir(
            place, quiet=2, workers=1, invalidation_mode=unchecked, stripdir=str(place), prependdir=target
        )


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
