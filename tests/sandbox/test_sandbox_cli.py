"""Verbs, directories and versions: what the sandbox says, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import sample
from sandbox.cli import main
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError


def test_a_directory_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(SandboxError, match=r"holds other things \(thesis.txt\)"):
        Sandbox(tmp_path)._check_directory()


def test_down_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    Sandbox(tmp_path, lambda _line: None).down()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_asking_for_the_kubeconfig_of_nothing_tells_how_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dir", str(tmp_path / "none"), "kubeconfig"]) == 1
    assert "python -m sandbox up" in capsys.readouterr().err


@pytest.mark.parametrize(
    "verb", ["up", "down", "status", "kubeconfig", "env", "build", "install-sample", "fault", "scale"]
)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert "--dir" in capsys.readouterr().out


def test_the_faults_are_listed_without_a_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fault", "--list"]) == 0
    assert "storage-class" in capsys.readouterr().out


def test_an_older_version_of_the_sample_differs_from_the_newest() -> None:
    older = sample.versions()[0]
    with sample.chart(older) as place:
        assert f"version: {older}\n" in (place / "Chart.yaml").read_text()
    assert not place.exists()


def test_an_unknown_version_of_the_sample_names_those_there_are() -> None:
    with pytest.raises(SandboxError, match=sample.versions()[0]), sample.chart("9.9.9"):
        pass


def test_the_sandbox_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sandbox.cli, sys; print([m for m in sys.modules if 'site-packages' in str(sys.modules[m])])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
