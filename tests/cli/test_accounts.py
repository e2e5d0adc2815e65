"""`account`: the way back in for whoever may run commands where the state is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mission_control.cli import FAILED, main

GOOD = "four words in a row"


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MC_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("MC_DATABASE_URL", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> str:
    made = tmp_path / "password"
    made.write_text(GOOD)
    return str(made)


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    capsys.readouterr()
    assert main(["account", "list", "-o", "json"]) == 0
    return {entry["name"]: entry["roles"] for entry in json.loads(capsys.readouterr().out)["accounts"]}


def test_an_account_is_made_with_a_password_that_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "create", "bea", "--role", "viewer@shop", "--role", "operator@stage"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "account:  bea"
    assert len(told[1].removeprefix("password: ")) == 23
    assert listed(capsys) == {"bea": ["viewer@shop", "operator@stage"]}


def test_the_list_of_accounts_shows_no_password_and_no_hash(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    main(["account", "create", "bea", "--role", "admin", "--password-file", file])
    capsys.readouterr()
    main(["account", "list", "-o", "json"])
    assert "argon2" not in capsys.readouterr().out


def test_roles_are_replaced(capsys: pytest.CaptureFixture[str], file: str) -> None:
    main(["account", "create", "bea", "--role", "admin", "--password-file", file])
    assert main(["account", "roles", "bea", "--role", "viewer"]) == 0
    assert listed(capsys) == {"bea": ["viewer"]}


def test_the_command_line_may_delete_the_last_administrator(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    main(["account", "create", "bea", "--role", "admin", "--password-file", file])
    assert main(["account", "delete", "bea"]) == 0
    assert listed(capsys) == {}


def test_a_reset_tells_the_new_password(capsys: pytest.CaptureFixture[str], file: str) -> None:
    main(["account", "create", "bea", "--role", "admin", "--password-file", file])
    capsys.readouterr()
    assert main(["account", "reset-password", "bea"]) == 0
    assert "password: " in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["reset-password", "nobody"],
        ["create", "bea", "--role", "owner"],
        ["create", "bea", "--role", "admin@shop"],
        ["create", "bea", "--role", "admin", "--password-file", "/nowhere"],
        ["delete", "nobody"],
        ["roles", "nobody", "--role", "viewer"],
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", *arguments]) == FAILED
    seen = capsys.readouterr()
    assert seen.out == ""
    assert "Traceback" not in seen.err
