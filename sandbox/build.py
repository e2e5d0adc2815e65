"""Builds the sandbox's programs from source, once, into a cache that all sandboxes of a user share.

A part appears in the cache by one rename, so it is either absent or whole; a lock keeps two builds apart.
Nothing is downloaded ready-made: the programs come out of Go modules whose hashes are committed in
`tools/*/go.sum`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sandbox import locks, places, toolchain
from sandbox.errors import BuildError
from sandbox.parts import PARTS, Part, digest_of
from sandbox.progress import Say, duration

ROOM_NEEDED = 4 * 2**30
"""Bytes: sources, object files and programs of a cold build take about 3.5 GB."""
TAIL = 15


class Programs:
    """The built programs: one directory with all of them, fit for a PATH."""

    def __init__(self, cache: Path | None = None, parts: tuple[Part, ...] = PARTS) -> None:
        self.cache = cache or places.cache()
        self.parts = parts
        self.bin = self.cache / "bin" / digest_of(parts)

    def path(self, name: str) -> Path:
        """The program called `name`."""
        return self.bin / name

    def extras(self, name: str) -> Path:
        """The files that belong to the program called `name`."""
        return next(self.place(part) / part.extras for part in self.parts if part.name == name)

    def place(self, part: Part) -> Path:
        """The directory that one part's build becomes."""
        return self.cache / "parts" / part.key

    def missing(self) -> list[Part]:
        """The parts that a build would have to make."""
        return [part for part in self.parts if not (self.place(part) / part.name).exists()]

    def are_complete(self) -> bool:
        """Whether everything is there and linked."""
        return self.bin.is_dir() and not self.missing()


def build(programs: Programs, say: Say) -> None:
    """Makes what is missing, one part after the other, and says how long each will take and has taken."""
    if programs.are_complete():
        return
    with locks.held(
        programs.cache / "build.lock", "another build uses the cache; this one goes on when it is done", say
    ):
        missing = programs.missing()
        _announce(programs, missing, say)
        if missing:
            _check_room(programs.cache)
            go = toolchain.find(programs.cache, say)
            for part in missing:
                _make(part, programs, go, say)
        _link(programs)


def _announce(programs: Programs, missing: Sequence[Part], say: Say) -> None:
    ready = len(programs.parts) - len(missing)
    if missing:
        total = duration(sum(part.seconds for part in missing))
        say(f"{ready} of {len(programs.parts)} parts are cached; building the others takes about {total}")


def _check_room(cache: Path) -> None:
    free = shutil.disk_usage(cache).free
    if free < ROOM_NEEDED:
        raise BuildError(
            f"{cache} has {free / 2**30:.1f} GiB free and a build needs {ROOM_NEEDED / 2**30:.0f}. "
            "Free some space, or point XDG_CACHE_HOME (and GOCACHE, GOMODCACHE) at a larger disk."
        )


def _make(part: Part, programs: Programs, go: str, say: Say) -> None:
    say(f"{part.name} {part.version}: building, about {duration(part.seconds)}")
    began = time.monotonic()
    log = programs.cache / "logs" / f"{part.key}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    place = programs.place(part)
    place.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=place.parent))
    try:
        _go(
            part,
            log,
            [
                go,
                "build",
                "-trimpath",
                "-buildvcs=false",
                "-ldflags",
                part.ldflags,
                "-o",
                str(work / part.name),
                part.package,
            ],
        )
        if part.extras:
            source = Path(_go(part, log, [go, "list", "-m", "-f", "{{.Dir}}", part.module]).strip())
            _copy_readable(source / part.extras, work / part.extras)
        shutil.rmtree(place, ignore_errors=True)
        work.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    say(f"{part.name} {part.version}: done in {duration(time.monotonic() - began)}")


def _go(part: Part, log: Path, command: list[str]) -> str:
    environment = {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
    }
    with log.open("w") as errors:
        done = subprocess.run(
            command,
            cwd=part.source,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            check=False,
        )
    if done.returncode:
        lines = log.read_text(errors="replace").splitlines()
        raise BuildError(_failure(part, log, lines))
    return done.stdout


def _failure(part: Part, log: Path, lines: list[str]) -> str:
    if any("no space left on device" in line for line in lines):
        advice = "The disk is full: free some space, or point XDG_CACHE_HOME and GOCACHE at a larger disk."
    elif any("dial tcp" in line or "lookup " in line for line in lines):
        advice = "A module could not be fetched: check the network and GOPROXY, then run the build again."
    else:
        advice = f"The whole output is in {log}."
    tail = "\n  ".join(lines[-TAIL:])
    return f"{part.name} {part.version} could not be built:\n  {tail}\n{advice}"


def _copy_readable(source: Path, target: Path) -> None:
    """Copies YAML with ordinary permissions: a copy of the read-only module cache could not be removed."""
    for file in source.rglob("*.yaml"):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())


def _link(programs: Programs) -> None:
    programs.bin.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".linking-", dir=programs.bin.parent))
    fresh.chmod(0o755)
    for part in programs.parts:
        (fresh / part.name).symlink_to(programs.place(part) / part.name)
    shutil.rmtree(programs.bin, ignore_errors=True)
    fresh.rename(programs.bin)
