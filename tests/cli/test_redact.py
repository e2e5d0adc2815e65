import io
import sys
from pathlib import Path

import pytest

from mission_control.app.own_state import opened
from mission_control.cli import FAILED, main
from mission_control.domain.redact import CustomRule
from mission_control.services.accepted import By
from mission_control.settings import Settings


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A state of its own, not the one of whoever runs the tests."""
    monkeypatch.setenv("MC_DATA_DIR", str(tmp_path / "state"))
    return Settings(data_dir=str(tmp_path / "state"))


def test_a_file_is_printed_with_masks(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "worker.log"
    file.write_bytes(b"ready \xff\npassword=hunter22\n")
    assert main(["redact", str(file)]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b"ready \xff\npassword=MASKED.secret.")


def test_a_pipe_is_printed_with_masks(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"token=hunter22a and more\n")))
    assert main(["redact", "-"]) == 0
    assert b"hunter22" not in capfdbinary.readouterr().out


def test_a_report_counts_and_fails_when_there_is_something_to_mask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "worker.log"
    file.write_text("password=hunter22\n")
    assert main(["redact", "--report", str(file)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("1 value masked in ")
    assert "named-value" in out
    assert "MASKED" not in out


def test_what_is_not_text_is_refused(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "core"
    file.write_bytes(b"\x00\x01hunter22" * 50)
    assert main(["redact", str(file)]) == 2
    seen = capfdbinary.readouterr()
    assert b"hunter22" not in seen.out
    assert b"is not text" in seen.err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["redact", str(tmp_path / "none.log")]) == FAILED
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("[{name: bird, literal: Bluebird}]", "project Bluebird"),
        ("[{name: bird, expression: 'Blue[a-z]+'}]", "project Bluebird"),
        ("[{name: bird, whole_file: true, files: '*.env'}]", "project Bluebird"),
    ],
)
def test_rules_in_a_file_are_tried(
    rule: str, text: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "rules.yaml").write_text(rule)
    (tmp_path / "a.env").write_text(text)
    assert main(["redact", str(tmp_path / "a.env"), "--rules", str(tmp_path / "rules.yaml")]) == 0
    out = capfdbinary.readouterr().out
    assert b"Bluebird" not in out
    assert b"MASKED.custom." in out or b"hidden whole" in out


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("[{name: bird, literl: Bluebird}]", "literl"),
        ("[{name: bird, expression: '('}]", "cannot be used"),
        ("{[", "not valid YAML"),
    ],
)
def test_rules_that_cannot_be_are_told(
    rule: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.yaml").write_text(rule)
    assert main(["redact", "-", "--rules", str(tmp_path / "rules.yaml")]) == FAILED
    assert says in " ".join(capsys.readouterr().err.split())


async def test_rules_that_the_console_keeps_apply_to_files_too(
    own: Settings, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with opened(own) as state:
        await state.redaction.add(CustomRule("bird", literal="Bluebird"), By("ada", ""))
    (tmp_path / "a.log").write_text("project Bluebird")
    assert main(["redact", str(tmp_path / "a.log")]) == 0
    assert b"Bluebird" not in capfdbinary.readouterr().out
