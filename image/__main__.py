"""`python -m image …`: lay out the image's files, or pack them as an OCI archive without an engine."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from image import bill, contents, layout
from image.tools import ImageError


def main() -> int:
    """Run a command line; 1 with a sentence when the image cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m image", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    tree = verbs.add_parser("tree", help="lay out the image's own files as a directory")
    tree.add_argument("--into", type=Path, required=True, metavar="DIR")
    tree.add_argument("--arch", choices=contents.MACHINES, default="amd64")
    tree.add_argument("--dpkg", type=Path, metavar="FILE", help="the dpkg status of the image below")
    tree.set_defaults(act=_tree)
    pack = verbs.add_parser("pack", help="pack the image as an OCI archive (Debian, root)")
    pack.add_argument("--into", type=Path, metavar="DIR", help="a copy besides the one in the cache")
    pack.set_defaults(act=_pack)
    chosen = parser.parse_args()
    try:
        chosen.act(chosen)
    except ImageError as error:
        sys.stderr.write(f"image: {error}\n")
        return 1
    return 0


def _tree(chosen: argparse.Namespace) -> None:
    if chosen.into.exists() and any(chosen.into.iterdir()):
        raise ImageError(f"{chosen.into} is not empty; name another directory")
    chosen.into.mkdir(parents=True, exist_ok=True)
    python = layout.PYTHONS[layout.DEBIAN]
    contents.put_libraries(chosen.into, chosen.arch, python)
    contents.put_console(chosen.into, python)
    bill.write(chosen.into, chosen.dpkg.read_text() if chosen.dpkg else "")
    contents.settle(chosen.into)


def _pack(chosen: argparse.Namespace) -> None:
    from image import archive  # noqa: PLC0415  # a container build has no sandbox
    from sandbox.errors import SandboxError  # noqa: PLC0415
    from sandbox.progress import aloud  # noqa: PLC0415

    try:
        made = archive.make(aloud)
    except SandboxError as error:
        raise ImageError(str(error)) from error
    if chosen.into:
        chosen.into.mkdir(parents=True, exist_ok=True)
        made = Path(shutil.copyfile(made, chosen.into / f"{layout.NAME}-{layout.version()}.oci.tar"))
    sys.stdout.write(f"{archive.name()}  {made}\n")


if __name__ == "__main__":
    sys.exit(main())
