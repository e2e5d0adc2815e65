"""Images without an engine: what is packed, what stays out; one directory always gives one image."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.real import oci
from sandbox.real.oci import Settings

NAME = "localhost/thing:1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    (made / "opt" / "cache").mkdir(parents=True)
    (made / "opt" / "word").write_text("here")
    (made / "opt" / "cache" / "old").write_text("stale")
    (made / "opt" / "link").symlink_to("word")
    os.mkfifo(made / "opt" / "pipe")
    return made


def packed(root: Path, target: Path, settings: Settings | None = None) -> Path:
    oci.pack([root], NAME, settings or Settings(), target, ["opt/cache"])
    return target


def blob(archive: Path, digest: str) -> bytes:
    with tarfile.open(archive) as source:
        content = source.extractfile(f"blobs/sha256/{digest}")
        assert content
        return content.read()


def layer_names(archive: Path, number: int = 0) -> set[str]:
    with tarfile.open(archive) as source:
        layer = source.extractfile(f"blobs/sha256/{oci.layer_digests(archive)[number]}")
        assert layer
        with tarfile.open(fileobj=layer) as inner:
            return set(inner.getnames())


def test_files_and_links_are_packed_and_pipes_are_not(root: Path, tmp_path: Path) -> None:
    names = layer_names(packed(root, tmp_path / "image.tar"))
    assert {"opt/word", "opt/link"} <= names
    assert "opt/pipe" not in names


def test_a_folder_that_is_left_out_stays_as_an_empty_one(root: Path, tmp_path: Path) -> None:
    names = layer_names(packed(root, tmp_path / "image.tar"))
    assert "opt/cache" in names
    assert "opt/cache/old" not in names


def test_the_same_directory_gives_the_same_image(root: Path, tmp_path: Path) -> None:
    first, second = packed(root, tmp_path / "1.tar"), packed(root, tmp_path / "2.tar")
    assert first.read_bytes() == second.read_bytes()


def test_every_blob_is_called_by_its_digest(root: Path, tmp_path: Path) -> None:
    archive = packed(root, tmp_path / "image.tar")
    with tarfile.open(archive) as source:
        digests = [name.rpartition("/")[2] for name in source.getnames() if name.startswith("blobs/")]
    assert len(digests) == 3
    assert [hashlib.sha256(blob(archive, digest)).hexdigest() for digest in digests] == digests


def test_how_a_container_starts_is_in_the_configuration(root: Path, tmp_path: Path) -> None:
    archive = packed(root, tmp_path / "image.tar", Settings(entrypoint=("run", "it"), user="1000:1000"))
    with tarfile.open(archive) as source:
        config = json.loads(oci._read(source, f"blobs/sha256/{config_digest(source)}"))
    assert config["config"]["Entrypoint"] == ["run", "it"]
    assert config["config"]["User"] == "1000:1000"
    assert config["rootfs"]["diff_ids"] == [f"sha256:{oci.layer_digests(archive)[0]}"]


def config_digest(source: tarfile.TarFile) -> str:
    return str(oci._read_manifest(source)["config"]["digest"].removeprefix("sha256:"))


def test_a_layer_can_be_put_on_an_archive(root: Path, tmp_path: Path) -> None:
    below = packed(root, tmp_path / "below.tar")
    above = tmp_path / "above"
    above.mkdir()
    (above / "more").write_text("more")
    oci.pack([below, above], "localhost/both:1", Settings(), tmp_path / "both.tar")
    assert oci.layer_digests(tmp_path / "both.tar")[0] == oci.layer_digests(below)[0]
    assert layer_names(tmp_path / "both.tar", 1) == {"more"}
    assert oci.image_name(tmp_path / "both.tar") == "localhost/both:1"


def test_what_cannot_be_packed_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["image", "pack", str(tmp_path / "none"), NAME, "--into", str(tmp_path / "x.tar")]
    assert main(command) == 1
    assert "is no directory" in capsys.readouterr().err


def test_images_are_listed_only_where_there_is_a_real_node(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["image", "list", "--dir", str(tmp_path / "none")]) == 1
    assert "python -m sandbox up" in capsys.readouterr().err
