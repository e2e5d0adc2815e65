"""A version of a chart is an archive, made of the newest files and a few exact edits."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from sandbox.charts.packaging import ChartError, package, versions
from sandbox.places import CHART


def _chart(at: Path, *, replace: str = "version: 2.0.1") -> Path:
    (at / "templates").mkdir(parents=True)
    (at / "versions").mkdir()
    (at / "Chart.yaml").write_text("name: thing\nversion: 2.0.1\n")
    (at / "templates" / "a.yaml").write_text("kind: ConfigMap\n")
    edit = f'[[edits]]\nfile = "Chart.yaml"\nreplace = "{replace}"\nwith = "version: 2.0.0"\n'
    (at / "versions" / "2.0.0.toml").write_text(edit)
    return at


def _read(archive: Path, name: str) -> str:
    with tarfile.open(archive) as tar:
        found = tar.extractfile(name)
        assert found is not None
        return found.read().decode()


def test_an_older_version_differs_only_where_its_edits_say(tmp_path: Path) -> None:
    archive = package(_chart(tmp_path / "chart"), "2.0.0", tmp_path / "out")
    assert archive.name == "thing-2.0.0.tgz"
    assert _read(archive, "thing/Chart.yaml") == "name: thing\nversion: 2.0.0\n"
    assert _read(archive, "thing/templates/a.yaml") == "kind: ConfigMap\n"


def test_an_edit_that_no_longer_fits_is_told_with_its_file(tmp_path: Path) -> None:
    chart = _chart(tmp_path / "chart", replace="version: 9")
    with pytest.raises(ChartError, match=r"2\.0\.0\.toml: the text to replace occurs 0 times in Chart\.yaml"):
        package(chart, "2.0.0", tmp_path / "out")


def test_an_unknown_version_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=r"no version 1\.0\.0; it has 2\.0\.0, 2\.0\.1"):
        package(_chart(tmp_path / "chart"), "1.0.0", tmp_path / "out")


def test_the_same_version_is_packaged_to_the_same_bytes(tmp_path: Path) -> None:
    chart = _chart(tmp_path / "chart")
    first = package(chart, "2.0.1", tmp_path / "one").read_bytes()
    assert first == package(chart, "2.0.1", tmp_path / "two").read_bytes()


def test_every_version_of_the_sample_can_be_packaged(tmp_path: Path) -> None:
    known = versions(CHART)
    assert len(known) > 1
    for version in known:
        text = _read(package(CHART, version, tmp_path), "langsmith/Chart.yaml")
        assert f"\nversion: {version}\n" in text


def test_logs_and_demo_values_stay_out_of_the_archive(tmp_path: Path) -> None:
    with tarfile.open(package(CHART, versions(CHART)[-1], tmp_path)) as tar:
        tops = {name.split("/")[1] for name in tar.getnames()}
    assert tops == {".helmignore", "Chart.yaml", "templates", "values.yaml"}
