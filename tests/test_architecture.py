"""The seams that must not be walked round: redaction at every exit, a permission on every route, no write, no
listing of Secrets, no product's name in an engine. Layers themselves are contracts in `pyproject.toml`.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from mission_control import app
from mission_control.access.permissions import Permission
from mission_control.domain.kinds import KINDS
from mission_control.services.contact import Contact, Reached
from mission_control.settings import Settings
from tests.sources import parsed, read_all

SOURCE = Path(__file__).resolve().parent.parent / "src" / "mission_control"
TERMINAL_EXITS = {"terminal/screen.py", "terminal/own_log.py"}
BROWSER_EXITS = {
    "web/rendering.py",
    "web/downloads.py",
    "web/tables.py",
    "web/errors.py",
    "web/fragments.py",
    "web/live.py",
    "web/routes/own_health.py",
    "web/logstream.py",
    "web/routes/session.py",
    "web/sign_in.py",
}
"""Each of these makes a response of its own, with what `rendering` made or with our own words in it."""
DOWNLOAD = "/bundles/{name:str}/download"
"""An archive whose content was redacted before it was written."""
REVIEWS = {
    "cluster/permissions.py": "post_json",
    "cluster/connection.py": "POST",
    "cluster/reviews.py": "post_json",
}
"""Asking "may I?" is a POST, which creates nothing: who may call it, and where it is made."""
OPTIONAL = {"markupsafe"}
"""Comes with Jinja2, whose escaping it is."""
ORDINARY_WORDS = {
    "backend",
    "queue",
    "frontend",
    "host",
    "database",
    "runtime",
    "listener",
    "ide",
    "operator",
    "api-server",
}
"""Components' names that Kubernetes or English also use: an Ingress has a backend, a bus has a queue."""


def modules(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = str(path.relative_to(SOURCE))
        if not parts or name.startswith(parts):
            yield name, parsed(path)


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each call as its line and dotted name: "print", "sys.stdout.write"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def printing(tree: ast.Module) -> list[str]:
    exits = re.compile(
        r"print|pprint|.*\.(?:echo|secho)|(?:\w+\.)*Console|sys\.(?:stdout|stderr)\..*|os\.write"
    )
    return [f"{line} {name}" for line, name in calls(tree) if exits.fullmatch(name)]


def answering(tree: ast.Module) -> list[str]:
    made = re.compile(r"(?:\w+\.)*(?:Response|ASGIResponse|ServerSentEvent|Stream)")
    return [f"{line} {name}" for line, name in calls(tree) if made.fullmatch(name)]


def writing(tree: ast.Module) -> list[str]:
    """Calls that send something else than GET."""
    verbs = re.compile(r".*(?:client|connection|session|http)\w*\.(?:post|put|patch|delete)(?:_json)?")
    sent = [f"{line} {name}" for line, name in calls(tree) if verbs.fullmatch(name)]
    words = ("POST", "PUT", "PATCH", "DELETE")
    return sent + [
        f"{node.lineno} {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in words
    ]


@pytest.fixture(scope="module", autouse=True)
def sources() -> None:
    read_all("src")


@contextlib.asynccontextmanager
async def out_of_reach() -> AsyncIterator[Reached]:
    raise AssertionError("nothing connects in this test")
    yield  # makes it a generator


@pytest.fixture(scope="module")
def site() -> Litestar:
    contact = Contact(out_of_reach, (), app.now)
    made, _ = app.build(Settings(), contact)
    return made


def handlers(site: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Every handler but the answers to OPTIONS, which the framework makes and which show nothing."""
    for route in site.routes:
        for handler in getattr(route, "route_handlers", None) or [getattr(route, "route_handler", None)]:
            if handler is not None and getattr(handler, "http_methods", set()) != {"OPTIONS"}:
                yield route.path, handler


def test_only_the_screen_and_the_log_write_to_the_terminal() -> None:
    found = {name: printing(tree) for name, tree in modules() if name not in TERMINAL_EXITS}
    assert not {name: lines for name, lines in found.items() if lines}


def test_the_search_for_prints_finds_them() -> None:
    found = printing(ast.parse("print(1)\nsys.stdout.write('x')\ntyper.echo('x')\nrich.console.Console()"))
    assert len(found) == 4


def test_only_rendering_and_its_companions_make_responses() -> None:
    found = {name: answering(tree) for name, tree in modules() if name not in BROWSER_EXITS}
    assert not {name: lines for name, lines in found.items() if lines}


def shows_structs(returned: object) -> bool:
    """Whether this is a struct, a union of structs, or a redirect."""
    shown = getattr(returned, "__args__", (returned,))
    return all(isinstance(part, type) and issubclass(part, msgspec.Struct | Redirect) for part in shown)


def test_every_page_goes_through_rendering(site: Litestar) -> None:
    """A route returns a struct, which `rendering.Page` redacts, or a redirect; others are known by name."""
    own = (
        "/static/",
        "/api",
        "/live",
        "/enter",
        "/healthz",
        "/readyz",
        "/metrics",
        "/theme",
        "/sign-in",
        "/audit/export",
        "/logs/",
        DOWNLOAD,
    )
    odd = [
        f"{path} returns {handler.parsed_fn_signature.return_type.raw}"
        for path, handler in handlers(site)
        if not path.startswith(own) and not shows_structs(handler.parsed_fn_signature.return_type.annotation)
    ]
    assert not odd


def test_every_route_declares_a_permission(site: Litestar) -> None:
    declared = {path: handler.opt.get("permission") for path, handler in handlers(site)}
    assert len(declared) > 5
    assert not {path: found for path, found in declared.items() if not isinstance(found, Permission)}


def test_only_what_shows_nothing_of_the_cluster_is_public(site: Litestar) -> None:
    public = {path for path, handler in handlers(site) if handler.opt.get("permission") is Permission.PUBLIC}
    assert {path for path in public if not path.startswith("/static/")} <= {
        "/enter",
        "/healthz",
        "/sign-in",
        "/readyz",
        "/metrics",
        "/theme",
    }


def test_nothing_writes_to_the_cluster() -> None:
    """No change without its entry in the audit: until operations exist, the cluster is not changed at all."""
    inner = ("cluster/", "services/", "domain/", "products/", "app/", "cli/")
    found = {name: writing(tree) for name, tree in modules(*inner)}
    odd = {
        name: [line for line in lines if not line.endswith(REVIEWS.get(name, "nothing"))]
        for name, lines in found.items()
    }
    assert not {name: lines for name, lines in odd.items() if lines}


def test_the_search_for_writes_finds_them() -> None:
    tree = ast.parse("connection.client.patch('/x')\nclient.request('DELETE', '/x')")
    assert len(writing(tree)) == 2


def test_only_the_store_opens_a_database() -> None:
    opened = {name for name, tree in modules() for _, call in calls(tree) if call == "sqlite3.connect"}
    assert opened == {"storage/glance.py", "storage/backup.py", "storage/copying.py"}


def test_the_glance_at_the_state_only_reads() -> None:
    text = (SOURCE / "storage" / "glance.py").read_text()
    assert "?mode=ro" in text
    assert not re.search(r"INSERT|UPDATE|DELETE|CREATE|commit", text)


def test_the_console_changes_its_own_state_only_together_with_an_entry_in_the_audit() -> None:
    """`Audit.changing` writes the entry and the change in one transaction; plain writing is for itself.

    A session is kept after its entry was written, because its use is noted beside the audit.
    The timeline is told by the cluster and is no act of anybody.
    """
    writes = re.compile(r"(?:.*\.)?_?(?:database|engine)\.(?:writing|begin)")
    plain = {name for name, tree in modules() for _, call in calls(tree) if writes.fullmatch(call)}
    assert plain == {
        "storage/audit.py",
        "storage/database.py",
        "storage/identity.py",
        "storage/sessions.py",
        "storage/timeline.py",
    }


def test_only_the_service_changes_what_is_accepted() -> None:
    """So that every change passes the place where who, what, why and until when are put together."""
    changes = re.compile(r".*_?store\.(?:keep|end)")
    named = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and changes.fullmatch(ast.unparse(node))
    }
    assert named == {"services/accepted.py"}


def test_secrets_are_no_kind_of_the_picture() -> None:
    assert not [kind.kind for kind in KINDS if "secret" in kind.plural]


def test_secrets_are_asked_for_in_one_module_alone() -> None:
    paths = [
        f"{name} {node.value}"
        for name, tree in modules("cluster/", "services/", "web/", "access/", "app/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"(?:/?(?:api|namespaces)/.*)?/?secrets(?:/.*)?", node.value)
    ]
    # one reads records and certificates by name, one says what opt-ins give, one tells the names in the field
    # of a ServiceAccount, one asks whether a person may list them, one refuses to make a Role for it
    assert set(paths) == {
        "access/features.py secrets",
        "cluster/secrets.py secrets",
        "services/describing/bounds.py secrets",
        "services/own_rights.py secrets",
        "services/roles.py secrets",
    }


@cache
def names_of_products() -> frozenset[str]:
    """Every name that a pack gives to its product and to the components of it."""
    names: set[str] = set()
    for file in sorted(SOURCE.glob("products/*/product.yaml")):
        pack = yaml.safe_load(file.read_text())
        names |= {pack["key"], pack["title"]}
        for component in pack["components"]:
            names |= {component["key"], *component.get("suffixes", ())}
    return frozenset(name.lower() for name in names if name) - ORDINARY_WORDS


def named(text: str, names: frozenset[str]) -> set[str]:
    """The names that occur as whole words, also within an identifier of several words."""
    return {_PARTING.sub("", found[0]) for found in any_of(names).finditer(text.lower())}


_PARTING = re.compile(r"[-_ ]")


@cache
def any_of(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    words = "|".join("[-_ ]?".join(map(re.escape, _PARTING.split(name))) for name in longest_first)
    return re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])")


@pytest.mark.parametrize("layer", ["domain", "services", "web", "cluster", "terminal", "access"])
def test_no_engine_knows_a_product_or_a_component_by_name(layer: str) -> None:
    names = names_of_products()
    assert len(names) > 20
    files = [
        path
        for path in sorted((SOURCE / layer).rglob("*"))
        if path.suffix in (".py", ".html", ".js") and "vendor" not in path.parts
    ]
    found = {str(path.relative_to(SOURCE)): named(path.read_text(), names) for path in files}
    assert not {name: sorted(words) for name, words in found.items() if words}


def test_the_search_for_names_finds_them() -> None:
    assert named("if key == 'ace-backend':", frozenset({"ace-backend", "store"})) == {"acebackend"}
    assert named("ACE_BACKEND_PORT = 1", frozenset({"ace-backend"})) == {"acebackend"}
    assert named("restore the stored", frozenset({"store"})) == set()


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    declared = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text())["project"]["dependencies"]
    wanted = {re.split(r"[=<>\[ ]", line)[0].lower() for line in declared}
    sources = importlib.metadata.packages_distributions()
    imported = {
        name.partition(".")[0]
        for _, tree in modules()
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    used = {name.lower() for module in imported for name in sources.get(module, ())} - {"mission-control"}
    assert used - OPTIONAL == wanted
