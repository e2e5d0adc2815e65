"""The budgets of the house: no file, function, template or island grows past what one can hold in mind.

A number here is raised only in a commit that says why.
"""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.sources import parsed, read_all

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("src", "tests", "sandbox", "bench")
WEB = ROOT / "src" / "mission_control" / "web"
NINE_IN_TEN = 9


class Budget(NamedTuple):
    """Most for the median, for nine in ten, and for any."""

    median: float | None
    p90: float | None
    limit: int


FILE_LINES = Budget(110, 250, 350)
BODY_LINES = Budget(7, 25, 50)
PARAMETERS = Budget(None, 5, 7)
TEMPLATE_LINES = Budget(50, 120, 200)
ISLAND_LINES = Budget(None, None, 300)


class Measured(NamedTuple):
    """One thing's size and its name."""

    size: int
    name: str


@pytest.fixture(scope="module", autouse=True)
def sources() -> None:
    read_all(*PARTS)


def python_files(part: str) -> list[Path]:
    return sorted(path for path in (ROOT / part).rglob("*.py") if "node_modules" not in path.parts)


def files(paths: Sequence[Path]) -> list[Measured]:
    return [Measured(len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in paths]


def functions(part: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in python_files(part):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def is_dictated(name: str) -> bool:
    """Whether a framework wants this signature: Typer's one parameter per flag, Litestar's response."""
    return "/cli/" in name or name.endswith(" to_asgi_response")


def over(found: Sequence[Measured], budget: Budget) -> list[str]:
    """What breaks a budget, in words."""
    wrong = [
        f"{thing.name} has {thing.size}, limit {budget.limit}" for thing in found if thing.size > budget.limit
    ]
    sizes = sorted(thing.size for thing in found)
    if len(sizes) < NINE_IN_TEN + 1:
        return wrong
    median, p90 = statistics.median(sizes), sizes[len(sizes) * NINE_IN_TEN // 10]
    if budget.median is not None and median > budget.median:
        wrong.append(f"the median is {median}, at most {budget.median}")
    if budget.p90 is not None and p90 > budget.p90:
        wrong.append(f"nine in ten have up to {p90}, at most {budget.p90}")
    return wrong


def test_python_files_are_short() -> None:
    assert not over(files([path for part in PARTS for path in python_files(part)]), FILE_LINES)


def test_functions_are_short() -> None:
    found = [Measured(body_lines(function), name) for part in PARTS for name, function in functions(part)]
    assert not over(found, BODY_LINES)


def test_functions_take_few_parameters() -> None:
    found = [
        Measured(parameters(function), name)
        for part in PARTS
        for name, function in functions(part)
        if not is_dictated(name)
    ]
    assert not over(found, PARAMETERS)


def test_templates_are_short() -> None:
    assert not over(files(sorted((WEB / "templates").rglob("*.html"))), TEMPLATE_LINES)


def test_browser_islands_are_short() -> None:
    assert not over(files(sorted((WEB / "static" / "islands").glob("*.js"))), ISLAND_LINES)


@pytest.mark.parametrize("part", PARTS)
def test_every_module_says_why_it_exists(part: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files(part)
        if path.read_text().strip() and ast.get_docstring(parsed(path)) is None
    ]
    assert not [name for name in silent if not name.startswith("tests/")]


def test_a_budget_that_is_broken_is_told() -> None:
    assert over([Measured(51, "long")], BODY_LINES) == ["long has 51, limit 50"]
    assert over([Measured(20, "each")] * 10, BODY_LINES) == ["the median is 20.0, at most 7"]
