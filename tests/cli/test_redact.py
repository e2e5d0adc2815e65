import io
import sys
from pathlib import Path

import pytest

from mission_control.cli import FAILED, main


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
