"""Packs a directory as a container image, without any container engine: an OCI layout in one tar file.

A layer is a plain tar of a directory, uncompressed because it never travels. Names and times decide nothing,
so the same directory gives the same image. Device nodes and pipes are left out: a runtime makes its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAYER = "application/vnd.oci.image.layer.v1.tar"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
CHUNK = 2**20


@dataclass(frozen=True)
class Settings:
    """How a container of the image starts, unless its pod says otherwise."""

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    user: str = ""
    directory: str = "/"
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Blob:
    """One content-addressed file of the layout."""

    digest: str
    size: int
    path: Path

    def described(self, kind: str) -> dict[str, Any]:
        """The blob as a manifest refers to it."""
        return {"mediaType": kind, "digest": f"sha256:{self.digest}", "size": self.size}


def pack(
    roots: Sequence[Path], name: str, settings: Settings, target: Path, skip: Sequence[str] = ()
) -> None:
    """Writes an image called `name` (`localhost/tools:1`) with one layer for each root directory.

    Where `roots` holds a file in the place of a directory, it is an archive of this kind whose layers are
    taken over. `skip` names folders whose contents stay out.
    """
    with tempfile.TemporaryDirectory(prefix="packing-", dir=target.parent) as folder:
        place = Path(folder)
        layers = [blob for root in roots for blob in _layers(root, place, skip)]
        config = _stored(place, json.dumps(_config(layers, settings)).encode())
        manifest = _stored(place, json.dumps(_manifest(config, layers)).encode())
        fresh = place / "image.tar"
        with tarfile.open(fresh, "w") as archive:
            _add(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
            _add(archive, "index.json", json.dumps(_index(manifest, name)).encode())
            for blob in {blob.digest: blob for blob in (*layers, config, manifest)}.values():
                with blob.path.open("rb") as content:
                    told = tarfile.TarInfo(f"blobs/sha256/{blob.digest}")
                    told.size = blob.size
                    archive.addfile(told, content)
        fresh.replace(target)


def layer_digests(archive: Path) -> list[str]:
    """The digests of an archive's layers, lowest first."""
    with tarfile.open(archive) as source:
        return [entry["digest"].removeprefix("sha256:") for entry in _read_manifest(source)["layers"]]


def image_name(archive: Path) -> str:
    """The name under which an archive will be imported."""
    with tarfile.open(archive) as source:
        index = json.loads(_read(source, "index.json"))
    return str(index["manifests"][0]["annotations"]["io.containerd.image.name"])


def _layers(root: Path, place: Path, skip: Sequence[str]) -> Iterator[Blob]:
    if root.is_file():
        with tarfile.open(root) as source:
            for entry in _read_manifest(source)["layers"]:
                digest = entry["digest"].removeprefix("sha256:")
                target = place / digest
                packed = source.extractfile(f"blobs/sha256/{digest}")
                if packed is not None:
                    with target.open("wb") as out:
                        shutil.copyfileobj(packed, out, CHUNK)
                yield Blob(digest, entry["size"], target)
        return
    fresh = place / "layer"
    with tarfile.open(fresh, "w", format=tarfile.PAX_FORMAT) as layer:
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root).as_posix()
            if not any(inside.startswith(f"{folder}/") for folder in skip):
                _add_path(layer, path, inside)
    yield _kept(place, fresh)


def _add_path(layer: tarfile.TarFile, path: Path, inside: str) -> None:
    told = layer.gettarinfo(path, inside)
    if not (told.isfile() or told.isdir() or told.issym() or told.islnk()):
        return
    told.mtime, told.uname, told.gname = int(told.mtime), "", ""
    if told.isfile():
        with path.open("rb") as content:
            layer.addfile(told, content)
    else:
        layer.addfile(told)


def _kept(place: Path, fresh: Path) -> Blob:
    with fresh.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Blob(digest, fresh.stat().st_size, fresh.rename(place / digest))


def _stored(place: Path, content: bytes) -> Blob:
    fresh = place / "blob"
    fresh.write_bytes(content)
    return _kept(place, fresh)


def _config(layers: Sequence[Blob], settings: Settings) -> dict[str, Any]:
    starts = {
        "Env": [PATH, *settings.environment],
        "Entrypoint": list(settings.entrypoint),
        "Cmd": list(settings.command),
        "User": settings.user,
        "WorkingDir": settings.directory,
        "Labels": dict(settings.labels),
    }
    return {
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "config": {key: value for key, value in starts.items() if value},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in layers]},
    }


def _manifest(config: Blob, layers: Sequence[Blob]) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.described(CONFIG),
        "layers": [layer.described(LAYER) for layer in layers],
    }


def _index(manifest: Blob, name: str) -> dict[str, Any]:
    tag = name.rpartition(":")[2]
    named = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": tag}
    return {"schemaVersion": 2, "manifests": [{**manifest.described(MANIFEST), "annotations": named}]}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(name)
    told.size = len(content)
    archive.addfile(told, io.BytesIO(content))


def _read_manifest(source: tarfile.TarFile) -> dict[str, Any]:
    index = json.loads(_read(source, "index.json"))
    digest = index["manifests"][0]["digest"].removeprefix("sha256:")
    manifest: dict[str, Any] = json.loads(_read(source, f"blobs/sha256/{digest}"))
    return manifest


def _read(source: tarfile.TarFile, name: str) -> bytes:
    content = source.extractfile(name)
    return content.read() if content else b""
