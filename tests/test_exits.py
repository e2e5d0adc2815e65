"""What keeps secrets in and masks out: one log that is guarded first of all, one guard before every write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import httpx2
import pytest

from mission_control.cluster.connection import Connection
from mission_control.cluster.troubles import Place
from mission_control.domain.redact import MASK, MaskInWriteError
from tests.sources import parsed
from tests.test_architecture import SOURCE, calls, modules


def logging_set_up(tree: ast.Module) -> list[str]:
    """Calls that give records another way out, or change how they are made."""
    made = re.compile(
        r"(?:.*\.)?(?:\w*Handler|addHandler|basicConfig|dictConfig|fileConfig|setLogRecordFactory|captureWarnings)"
    )
    return [f"{line} {name}" for line, name in calls(tree) if made.fullmatch(name)]


def test_only_the_own_log_sets_up_logging() -> None:
    found = {name: logging_set_up(tree) for name, tree in modules() if name != "terminal/own_log.py"}
    assert not {name: lines for name, lines in found.items() if lines}
    assert len(logging_set_up(ast.parse("logging.StreamHandler()\nx.addHandler(y)\nbasicConfig()"))) == 3


def test_the_log_is_guarded_before_anything_else_happens() -> None:
    (main,) = [
        node
        for node in ast.walk(parsed(SOURCE / "cli" / "program.py"))
        if isinstance(node, ast.FunctionDef) and node.name == "main"
    ]
    first = main.body[1]  # behind the docstring
    assert ast.unparse(first) == "own_log.guard()"


ADAPTERS = ("cluster/", "helm/", "databases/", "notify/", "fetch/", "archive/")
SENT = {"content", "json", "data", "files", "input", "stdin_text"}
"""Arguments in which something is handed to the outside."""


def sending(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Each function that hands something to the outside, and whether it asks the guard before."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        made = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        names = {ast.unparse(call.func).rpartition(".")[2] for call in made}
        given = {word.arg for call in made for word in call.keywords if word.arg in SENT}
        piped = any(
            isinstance(call.func, ast.Attribute) and call.func.attr == "communicate" and call.args
            for call in made
        )
        if given & SENT or piped or names & {"execute_write", "put", "patch", "delete"}:
            yield node.name, "refuse_mask" in names


def test_every_write_of_an_adapter_refuses_masks() -> None:
    found = {
        f"{name} {function}": guarded
        for name, tree in modules(*ADAPTERS)
        for function, guarded in sending(tree)
    }
    assert found == {"cluster/connection.py _answer": True}


def test_the_search_for_unguarded_writes_finds_them() -> None:
    unguarded = "async def apply(self, tree):\n    await self.client.patch('/x', json=tree)"
    upgrade = "async def upgrade(self, values):\n    await process.communicate(values)"
    guarded = "def apply(self, tree):\n    refuse_mask(tree, 'x')\n    self.client.patch('/x', json=tree)"
    assert list(sending(ast.parse(unguarded))) == [("apply", False)]
    assert list(sending(ast.parse(upgrade))) == [("upgrade", False)]
    assert list(sending(ast.parse(guarded))) == [("apply", True)]


class Cluster:
    """An API server that notes what is written to it: the write of this test, until there are others."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self.answer), base_url="https://api")
        self.connection = Connection(client, Place("https://api", "shop"))

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.written.append(request.content)
        return httpx2.Response(201, json={})


async def test_what_holds_no_mask_is_written() -> None:
    cluster = Cluster()
    await cluster.connection.post_json("/x", b'{"a":"b"}')
    assert cluster.written == [b'{"a":"b"}']


@pytest.mark.parametrize(
    "mask", [MASK, "MASKED.jwt.", "TUFTS0VELnNlY3JldC4wMDAwMDAwMDAw", "\u2022\u2022\u2022\u2022"]
)
async def test_a_mask_in_what_is_written_is_refused_before_anything_is_sent(mask: str) -> None:
    cluster = Cluster()
    with pytest.raises(MaskInWriteError, match="the request to /x"):
        await cluster.connection.post_json("/x", f'{{"data":{{"key":"{mask}"}}}}'.encode())
    assert cluster.written == []
