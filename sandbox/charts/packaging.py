"""Writes one version of a chart as the archive that helm installs.

An older version is described by what differs from the newest: exact edits, each of which must fit exactly
once. An edit that no longer fits is an error with its file and text, because a silently unchanged file
would make two versions equal. No helm is needed here, and the same input always gives the same bytes.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import tomllib
from pathlib import Path

from sandbox.errors import SandboxError

HERE = Path(__file__).parent
LEFT_OUT = ("README.md", "ci", "logs", "versions")


class ChartError(SandboxError):
    """A chart or a version of it does not exist, or its edits no longer fit."""


def newest(chart: Path) -> tuple[str, str]:
    """Name and version of a chart as it lies in the folder."""
    text = (chart / "Chart.yaml").read_text()
    found = dict(re.findall(r"^(name|version): (\S+)$", text, re.MULTILINE))
    return found["name"], found["version"]


def versions(chart: Path) -> list[str]:
    """All versions that can be packaged, oldest first."""
    older = sorted((file.stem for file in chart.glob("versions/*.toml")), key=_order)
    return [*older, newest(chart)[1]]


def package(chart: Path, version: str, outdir: Path) -> Path:
    """Writes the archive `<name>-<version>.tgz` and returns its path."""
    if version not in versions(chart):
        raise ChartError(f"{chart.name} has no version {version}; it has {', '.join(versions(chart))}")
    name, _ = newest(chart)
    files = _edited(_files(chart), chart / "versions" / f"{version}.toml")
    outdir.mkdir(parents=True, exist_ok=True)
    archive = outdir / f"{name}-{version}.tgz"
    archive.write_bytes(_archive({f"{name}/{path}": text for path, text in files.items()}))
    return archive


def _files(chart: Path) -> dict[str, str]:
    found = (file for file in sorted(chart.rglob("*")) if file.is_file())
    relative = ((file.relative_to(chart), file) for file in found)
    return {path.as_posix(): file.read_text() for path, file in relative if path.parts[0] not in LEFT_OUT}


def _edited(files: dict[str, str], overlay: Path) -> dict[str, str]:
    """The files after the edits of an older version; without an overlay they stay as they are."""
    if not overlay.exists():
        return files
    edited = dict(files)
    for edit in tomllib.loads(overlay.read_text())["edits"]:
        path, old, new = edit["file"], edit["replace"], edit["with"]
        times = edited.get(path, "").count(old)
        if times != 1:
            raise ChartError(f"{overlay.name}: the text to replace occurs {times} times in {path}: {old!r}")
        edited[path] = edited[path].replace(old, new)
    return edited


def _archive(files: dict[str, str]) -> bytes:
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text.encode()), 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(tarred.getvalue(), mtime=0)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
