"""`python -m sandbox image …`: images for the real node, packed and imported without engine or registry."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import aloud
from sandbox.real import images, oci, runtime


def add(image: argparse.ArgumentParser) -> None:
    """Adds what can be done with images to the parser of the verb `image`."""
    verbs = image.add_subparsers(required=True, metavar="ACTION")

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text)
        made.add_argument("--dir", type=Path, default=argparse.SUPPRESS, help="the sandbox's own directory")
        return made

    verb("make", "Pack the images that every real node gets, from a Debian; their archives.").set_defaults(
        act=_make
    )
    pack = verb("pack", "Pack a directory as an image in an OCI archive.")
    pack.add_argument("root", type=Path, help="the directory that becomes a layer")
    pack.add_argument("name", help="such as localhost/thing:1; a tag other than latest is not pulled")
    pack.add_argument("--into", type=Path, required=True, metavar="FILE", help="the archive to write")
    pack.add_argument(
        "--on", type=Path, metavar="ARCHIVE", help="an archive below it; `tools` for the sandbox's Debian"
    )
    pack.add_argument("--entrypoint", default="", metavar="WORDS", help="one text, quoted as for a shell")
    pack.add_argument("--command", default="", metavar="WORDS", help="the same, or its arguments")
    pack.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    pack.add_argument("--user", default="", help="number, or numbers of user and group: 1000:1000")
    pack.add_argument("--workdir", default="/")
    pack.set_defaults(act=_pack)
    load = verb("load", "Import archives into the real node that runs.")
    load.add_argument("archives", nargs="+", type=Path, metavar="ARCHIVE")
    load.set_defaults(act=_load)
    verb("list", "Tell the images of the real node that runs.").set_defaults(act=_list)


def _make(_chosen: argparse.Namespace) -> int:
    for archive in images.make(aloud):
        sys.stdout.write(f"{oci.image_name(archive)}  {archive}\n")
    return 0


def _pack(chosen: argparse.Namespace) -> int:
    if not chosen.root.is_dir():
        raise SandboxError(f"{chosen.root} is no directory, and an image is packed from one")
    below = []
    if chosen.on:
        below = [images.make(aloud)[-1] if str(chosen.on) == "tools" else chosen.on]
    entrypoint, command = (tuple(shlex.split(words)) for words in (chosen.entrypoint, chosen.command))
    starts = oci.Settings(entrypoint, command, tuple(chosen.env), chosen.user, chosen.workdir)
    oci.pack([*below, chosen.root], chosen.name, starts, chosen.into.absolute())
    aloud(f"{chosen.name}: packed into {chosen.into}")
    return 0


def _load(chosen: argparse.Namespace) -> int:
    home = _node(chosen).home
    runtime.load(home, chosen.archives)
    aloud(f"imported: {', '.join(oci.image_name(archive) for archive in chosen.archives)}")
    return 0


def _list(chosen: argparse.Namespace) -> int:
    names = runtime.listed(_node(chosen).home, "images")
    sys.stdout.write("".join(f"{name}\n" for name in names if not name.startswith("sha256:")))
    return 0


def _node(chosen: argparse.Namespace) -> Sandbox:
    sandbox = Sandbox(chosen.dir)
    if sandbox.existing().real is None:
        raise SandboxError(
            "this sandbox has no real node. Start one with it: python -m sandbox up --real-node"
        )
    return sandbox
