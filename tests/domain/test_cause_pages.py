"""The contract of the codes: each has a page with four answers, and the engine names no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mission_control.domain.health import CODES
from mission_control.domain.health import codes as codes_module

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "causes"
ENGINE = Path(codes_module.__file__).parent
NAMES = [code.code for code in CODES]
HEADINGS = ["What it means", "How it was recognised", "Repair", "Check"]


@pytest.mark.parametrize("code", NAMES)
def test_a_code_has_a_page_with_meaning_recognition_repair_and_check(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text()
    assert text.startswith("# ")
    assert f"`{code}`" in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert all(len(part.strip()) > 15 for part in text.split("## ")[1:])


def test_no_page_is_about_a_code_that_does_not_exist() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {*NAMES, "README"}


def test_the_index_lists_the_codes_in_their_order_with_their_verdicts() -> None:
    rows = re.findall(
        r"^\| \[`([a-z-]+)`\]\((.+?)\) \| .+ \| (\w+) \|$", (PAGES / "README.md").read_text(), re.MULTILINE
    )
    assert rows == [(code.code, f"{code.code}.md", code.verdict.value) for code in CODES]


def test_a_code_is_there_once() -> None:
    assert len(set(NAMES)) == len(NAMES)


def named_codes() -> Iterator[tuple[str, str]]:
    """The codes that the engine's sources give to sightings, each with its file."""
    for path in sorted(ENGINE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).lower().endswith("sighting"):
                continue
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
            for argument in given:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield path.name, part.value


def test_the_engine_names_only_codes_of_the_contract() -> None:
    found = list(named_codes())
    assert len(found) > 30
    assert not [entry for entry in found if entry[1] not in NAMES]
