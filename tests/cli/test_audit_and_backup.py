"""`audit` and `backup` as somebody with a terminal uses them, on a state in a folder."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from mission_control.cli import FAILED, main
from mission_control.storage.glance import FILE


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("KUBECONFIG", "MC_DATABASE_URL", "MC_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MC_DATA_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def copy(tmp_path: Path, folder: Path) -> Path:
    """A backup, which the audit tells of."""
    assert main(["audit", "verify"]) == 0  # makes the state
    assert main(["backup", "create", str(tmp_path / "copy.db")]) == 0
    assert (folder / FILE).is_file()
    return tmp_path / "copy.db"


def test_a_backup_is_made_checked_and_told_in_the_audit(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "verify", str(copy), "-o", "json"]) == 0
    assert main(["audit", "list", "-o", "json"]) == 0
    told = capsys.readouterr().out
    assert '"file": "copy.db"' in told
    assert '"action": "backup.create"' in told


def test_restoring_says_where_the_other_state_is(
    copy: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["backup", "restore", str(copy)]) == 0
    assert f"What was there before is {folder / FILE}.before-" in " ".join(capsys.readouterr().out.split())
    assert main(["audit", "list"]) == 0
    assert "backup.restore" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("copy")
def test_a_broken_chain_ends_with_status_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(folder / FILE) as state:
        state.execute("DROP TRIGGER audit_no_update")
        state.execute("UPDATE audit SET who = 'eve'")
    state.close()
    assert main(["audit", "verify"]) == 1
    assert "Entry 1 was changed after it was written." in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("copy")
def test_an_export_is_read_line_by_line_and_tells_of_itself(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["audit", "export"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["action"] for line in lines] == ["backup.create", "audit.export"]
    assert main(["audit", "export", "--form", "csv", "--action", "audit.export"]) == 0
    assert capsys.readouterr().out.startswith("number,at,who,acting_as,origin,action,")


def test_a_backup_of_nothing_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "create", str(tmp_path / "x.db")]) == FAILED
    assert "There is no state to copy" in " ".join(capsys.readouterr().err.split())
