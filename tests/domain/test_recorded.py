"""Failures recorded from a real kubelet (`python -m sandbox.recordings`) are called by their name.

Each file says which code must be the root of what is found, or `none` where nothing may be found at all.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from mission_control.domain.health.codes import CODES
from mission_control.domain.health.judge import judge
from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Object
from mission_control.domain.snapshot import Snapshot, snapshot_of
from mission_control.domain.verdict import Finding

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.yaml"))
FEWEST = 50
HARMLESS = "none"


def recording(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.load(path.read_text(), yaml.CSafeLoader)
    return told


def picture(told: dict[str, Any]) -> Snapshot:
    """The recorded objects, decoded as the console does, at the moment for which the case was made."""
    return snapshot_of(map(decoded, told["objects"]), datetime.fromisoformat(told["judged_at"]))


def decoded(tree: dict[str, Any]) -> Object:
    kind = kind_named(tree["kind"])
    assert kind is not None, tree["kind"]
    plain = {key: value for key, value in tree.items() if key not in ("kind", "apiVersion")}
    return msgspec.convert(plain, kind.shape, strict=False)


def found_in(path: Path) -> list[Finding]:
    return list(judge(picture(recording(path)), ()).findings)


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", RECORDED, ids=named)
def test_the_root_of_what_a_real_kubelet_reports_is_named(path: Path) -> None:
    roots = {finding.code for finding in found_in(path) if finding.root}
    wanted = recording(path)["code"]
    assert roots == (set() if wanted == HARMLESS else {wanted})


@pytest.mark.parametrize("path", RECORDED, ids=named)
def test_the_finding_says_what_was_wrong_with_this_very_container(path: Path) -> None:
    words = recording(path)["finds"]
    assert not words or any(words in finding.says for finding in found_in(path))


@pytest.mark.parametrize("path", RECORDED, ids=named)
def test_what_is_said_has_words_evidence_and_a_repair(path: Path) -> None:
    for finding in found_in(path):
        assert finding.says.endswith(".")
        assert "None" not in finding.says
        assert finding.fix
        assert finding.evidence
        assert finding.command.startswith("kubectl ")


@pytest.mark.parametrize("path", RECORDED, ids=named)
def test_a_recording_names_the_command_and_the_kubelet_that_made_it(path: Path) -> None:
    says, command, versions, *_ = path.read_text().splitlines()
    assert says.startswith("# ")
    assert command == f"# Recorded by: python -m sandbox.recordings {path.stem}"
    assert versions.startswith("# kubelet v1.")


def test_every_code_that_a_kubelet_decides_is_recorded() -> None:
    assert len(RECORDED) >= FEWEST
    containers = {code.code for code in CODES if code.group == "containers"}
    assert containers <= {recording(path)["code"] for path in RECORDED}
