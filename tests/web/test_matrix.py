"""The authorisation matrix: every route, for everybody, in each namespace; made from the table of routes.

Whoever may see A learns nothing about B: its names are nowhere, and what is B's is answered as what does not
exist, byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from mission_control.access.permissions import Permission
from mission_control.access.roles import LEAST
from mission_control.web.site import create_site
from tests.web.matrix import BUILT, RELEASES, RULES, STREAMS, WHO, Rule
from tests.web.stage import parts_of, picture
from tests.web.two import OURS, PLANTED, A, B, Town, plain, town

READS = [key for key in RULES if key[0] == "GET"]
WRITES = [key for key in RULES if key[0] == "POST"]
FORMS = {
    "page": {"accept": "text/html"},
    "json": {"accept": "application/json"},
    "inside": {"accept": "text/html", "hx-request": "true"},
}


@pytest.fixture(scope="module")
def site() -> Litestar:
    return create_site(parts_of(picture([])))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """For questions, which change nothing."""
    with town(tmp_path_factory.mktemp("town")) as made:
        for path in ("/", "/workloads", "/nowhere"):
            made.client.get(path, headers=made.headers("viewer"))
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Town]:
    """For changes."""
    with town(tmp_path) as made:
        yield made


def routes(site: Litestar) -> set[tuple[str, str]]:
    """Every method and path that the site answers."""
    found: set[tuple[str, str]] = set()
    for route in site.routes:
        for handler in getattr(route, "route_handlers", None) or [getattr(route, "route_handler", None)]:
            methods: set[str] = getattr(handler, "http_methods", set())
            found |= {(str(method), route.path) for method in methods - {"OPTIONS", "HEAD"}}
    return {(method, path) for method, path in found if not path.startswith(BUILT)}


def test_every_route_has_a_rule(site: Litestar) -> None:
    assert routes(site) == set(RULES) | STREAMS


def test_every_permission_has_a_least_role() -> None:
    assert set(LEAST) == set(Permission) - {Permission.PUBLIC}


def ask(town: Town, who: str, address: str, form: str) -> Any:
    headers = town.headers(who, **FORMS[form])
    return town.client.get(address, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("key", READS, ids=[path for _, path in READS])
def test_reading(standing: Town, key: tuple[str, str], who: str, form: str) -> None:
    rule = RULES[key]
    for namespace, wanted in ((A, rule.in_a), (B, rule.in_b)):
        address = rule.address(namespace)
        answer = ask(standing, who, address, form)
        assert answer.status_code == wanted[WHO.index(who)], address
        told = (
            answer.text.replace(address, "").replace(B, "", address.count(B)) if rule.varies else answer.text
        )
        check(rule, who, namespace, answer.content, told)


def check(rule: Rule, who: str, namespace: str, body: bytes, told: str) -> None:
    """What is in an answer: never a name of B's for who does not see it; for who does, where it is due."""
    if who == "admin":
        if rule.names:
            assert RELEASES[namespace].encode() in body
        return
    if not rule.varies:
        assert PLANTED not in told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("who", ["nobody", "viewer", "operator"])
@pytest.mark.parametrize("key", [k for k in READS if RULES[k].varies], ids=lambda k: k[1])
def test_what_is_not_seen_is_answered_as_what_is_not_there(
    standing: Town, key: tuple[str, str], who: str, form: str
) -> None:
    """Apart from the words of the question itself the two answers are the same, byte by byte."""
    rule = RULES[key]
    hidden, absent = (ask(standing, who, rule.address(ns), form) for ns in (B, "absent"))
    assert hidden.status_code == absent.status_code
    assert plain(hidden.content, B, PLANTED) == plain(absent.content, "absent")
    keep = ("content-type", "cache-control", "vary", "location")
    assert [hidden.headers.get(k) for k in keep] == [absent.headers.get(k) for k in keep]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("key", WRITES, ids=[path for _, path in WRITES])
def test_changing(fresh: Town, key: tuple[str, str], who: str) -> None:
    rule = RULES[key]
    assert rule.form is not None
    for namespace, wanted in ((B, rule.in_b), (A, rule.in_a)):
        if key == ("POST", "/sign-out") and namespace == A and who != "nobody":
            continue  # the session is gone by now
        data = rule.form(namespace) | {"seal": fresh.seal(who)}
        headers = fresh.headers(who, **OURS)
        answer = fresh.client.post(
            rule.address(namespace), data=data, headers=headers, follow_redirects=False
        )
        fits = wanted[WHO.index(who)]
        again = key[1] in ("/accounts", "/accounts/{name:str}/delete") and namespace == A and who == "admin"
        assert answer.status_code == (422 if again else fits), answer.text[-600:]


@pytest.mark.parametrize("who", ["viewer", "operator"])
def test_accepting_what_is_not_seen_is_as_accepting_what_is_not_there(fresh: Town, who: str) -> None:
    rule = RULES["POST", "/accept"]
    assert rule.form is not None
    bodies = []
    for namespace, words in ((B, (B, PLANTED)), ("absent", ("absent",))):
        data = rule.form(namespace) | {"seal": fresh.seal(who)}
        answer = fresh.client.post("/accept", data=data, headers=fresh.headers(who, **OURS))
        bodies.append((answer.status_code, plain(answer.content, *words)))
    assert bodies[0] == bodies[1]


def test_a_viewer_of_one_namespace_counts_only_what_is_there(standing: Town) -> None:
    mine = ask(standing, "viewer", "/workloads.json", "json").json()
    whole = ask(standing, "admin", "/workloads.json", "json").json()
    assert {row["namespace"] for row in mine["rows"]} == {A}
    assert {row["namespace"] for row in whole["rows"]} == {A, B}
    found = [ask(standing, who, "/search.json?q=pod", "json").json() for who in ("viewer", "admin")]
    assert found[0]["objects"] < found[1]["objects"]
    assert found[0]["total"] < found[1]["total"]
