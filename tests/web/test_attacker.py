"""A scripted attacker: what somebody tries who wants in, wants more, or wants others to do something.

Slow requests on a real socket are in `tests/app/test_listening.py`; that nothing can be learnt of another
namespace is the matrix.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError
from mission_control.cluster.objects import fetch
from mission_control.cluster.troubles import Place
from mission_control.web.site import create_site
from tests.access.people import GOOD
from tests.web.matrix import RULES
from tests.web.stage import parts_of, picture, signed_in
from tests.web.story import Tree
from tests.web.surroundings import whole
from tests.web.two import HOST, OURS, A, Town, town

WRITES = [(path, rule) for (method, path), rule in RULES.items() if method == "POST"]
OWN_WRITES = [(path, rule) for path, rule in WRITES if path not in ("/sign-in", "/theme")]
ELSEWHERE = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/ok\r\nset-cookie: x=y",
    "",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("attacked")) as made:
        for path in ("/", "/sign-in", "/nowhere"):
            made.client.get(path, headers=made.headers("viewer"))
            made.client.get(path)
        yield made


@pytest.fixture(autouse=True)
def strangers(request: pytest.FixtureRequest) -> None:
    """A browser keeps cookies, and here each request says itself whose it is."""
    if "place" in request.fixturenames:
        request.getfixturevalue("place").client.cookies.clear()


def entries(place: Town) -> int:
    return len(place.book.audit.entries(limit=500))


# --- a page of another site lets a signed-in browser send something ---


@pytest.mark.parametrize("seal", ["", "0" * 64, "another session's"])
@pytest.mark.parametrize(("path", "rule"), OWN_WRITES, ids=[path for path, _ in OWN_WRITES])
def test_no_form_is_obeyed_without_the_seal_of_its_session(
    place: Town, path: str, rule: object, seal: str
) -> None:
    rule, before = RULES["POST", path], entries(place)
    assert rule.form is not None
    given = place.seal("viewer") if seal.startswith("another") else seal
    data = rule.form(A) | {"seal": given}
    answer = place.client.post(rule.address(A), data=data, headers=place.headers("admin", **OURS))
    assert answer.status_code == 403
    assert entries(place) == before


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", ""])
@pytest.mark.parametrize(("path", "rule"), WRITES, ids=[path for path, _ in WRITES])
def test_no_form_is_obeyed_from_elsewhere(place: Town, path: str, rule: object, origin: str) -> None:
    rule = RULES["POST", path]
    assert rule.form is not None
    data = rule.form(A) | {"seal": place.seal("admin")}
    answer = place.client.post(rule.address(A), data=data, headers=place.headers("admin", origin=origin))
    assert answer.status_code == 403


def test_a_change_by_get_is_none(place: Town) -> None:
    for path in ("/sign-out", "/accounts", "/accept"):
        assert place.client.get(path, headers=place.headers("admin")).status_code in (404, 405)


# --- a session id that the attacker knows ---


def sign_in(place: Town, name: str, cookie: str = "", **more: str) -> Any:
    headers = {"accept": "text/html", **OURS} | ({"cookie": f"mc_session_8411={cookie}"} if cookie else {})
    data = {"name": name, "password": GOOD, **more}
    return place.client.post("/sign-in", data=data, headers=headers, follow_redirects=False)


def cookie_of(answer: Any) -> str:
    found = re.search(r"mc_session_8411=([\w-]+)", answer.headers["set-cookie"])
    assert found is not None
    return found[1]


def test_a_planted_session_id_is_worth_nothing_after_signing_in(tmp_path: Path) -> None:
    with town(tmp_path) as place:
        planted = "attacker-knows-this-id-attacker-knows-this"
        given = cookie_of(sign_in(place, "viewer", planted))
        assert given != planted
        answer = place.client.get("/", headers={"cookie": f"mc_session_8411={planted}"})
        assert answer.status_code == 401


def test_the_attacker_s_own_session_in_the_victim_s_browser_ends(tmp_path: Path) -> None:
    with town(tmp_path) as place:
        mine = place.cookies["viewer"]
        given = cookie_of(sign_in(place, "admin", mine))
        assert given != mine
        assert place.client.get("/", headers=place.headers("viewer")).status_code == 401


def test_the_cookie_is_for_this_site_and_for_no_script(tmp_path: Path) -> None:
    with town(tmp_path) as place:
        said = sign_in(place, "viewer").headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert "domain=" not in said


@pytest.mark.parametrize("guess", ["", "x", "0" * 43, "../../etc/passwd", "' or '1'='1"])
def test_a_guessed_session_is_nobody_s(place: Town, guess: str) -> None:
    assert place.client.get("/", headers={"cookie": f"mc_session_8411={guess}"}).status_code == 401


# --- addresses that lead elsewhere ---


@pytest.mark.parametrize("back", ELSEWHERE)
def test_no_answer_leads_to_another_site(place: Town, back: str) -> None:
    client = place.client
    answers: list[Any] = [
        client.post("/theme", data={"theme": "dark", "back": back}, headers=OURS, follow_redirects=False),
        client.get(
            "/sign-in", params={"back": back}, headers=place.headers("viewer"), follow_redirects=False
        ),
        sign_in(place, "operator", back=back),
    ]
    assert [answer.headers["location"] for answer in answers] == ["/", "/", "/"]
    assert all("x=y" not in answer.headers.get("set-cookie", "") for answer in answers)
    page = client.get("/sign-in", params={"back": back}, headers={"accept": "text/html"}).text
    assert 'name="back" value="/"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/causes/..%2f..%2fREADME",
        "/causes/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/objects/Pod/..%2f..%2fapi/x",
        "/objects/Secret/langsmith/x",
        "/objects/Pod/langsmith/..%2fsecrets%2fx?tab=yaml",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out(place: Town, path: str) -> None:
    answer = place.client.get(path, headers=place.headers("admin"))
    assert answer.status_code in (400, 404)
    assert "root:" not in answer.text


# --- the console as somebody else's client ---


@pytest.mark.parametrize("kind", ["Pod", "Node", "Secret", "../../../api/v1/secrets"])
@pytest.mark.parametrize(
    "name",
    [
        "../secrets/key",
        "http://169.254.169.254/latest",
        "x/../../../metrics",
        "x?watch=true",
        "x#y",
        "@evil.example/",
        "..",
        ".",
        "%2e%2e",
        "x\r\nHost: evil.example",
        "",
    ],
)
async def test_nothing_is_asked_at_an_address_that_a_name_makes_up(kind: str, name: str) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, json={})

    client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(answer))
    connection = Connection(client, Place("http://fake", "fake"))
    for namespace, called in (("shop", name), (name, "x")):
        if kind == "Node" and called == "x":
            continue
        with pytest.raises(ClusterError):
            await fetch(connection, kind, namespace, called)
    assert asked == []
    await connection.aclose()


@pytest.mark.parametrize("value", ["x\r\nset-cookie: a=b", "x\nlocation: //evil.example", "x\x00y"])
def test_no_answer_has_a_header_that_was_asked_for(place: Town, value: str) -> None:
    client, mine = place.client, place.headers("viewer")
    answers = [
        client.get("/workloads", params={"q": value, "sort": value}, headers=mine),
        client.get("/sign-in", params={"back": f"/{value}", "view": value}, headers={"accept": "text/html"}),
        client.post(
            "/theme", data={"theme": value, "back": f"/{value}"}, headers=OURS, follow_redirects=False
        ),
        client.get("/enter", params={"token": value}),
    ]
    for answer in answers:
        assert "a=b" not in str(answer.headers)
        assert "evil" not in str(answer.headers)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8411", "127.0.0.1.evil.example", "localhost.evil"]
)
@pytest.mark.parametrize("path", ["/", "/home.json", "/live", "/sign-in", "/api/openapi.json"])
def test_a_name_that_was_rebound_gets_nothing(place: Town, host: str, path: str) -> None:
    answer = place.client.get(path, headers=place.headers("admin", host=host))
    assert answer.status_code == 421
    assert "langsmith" not in answer.text
    sent = {"host": host, "origin": f"http://{host}"}
    assert place.client.post("/sign-in", data={"name": "admin"}, headers=sent).status_code == 421


# --- what the cluster says is text, wherever it stands ---

MARKUP = "<img src=x onerror=alert(1)>\"'`{{7*7}}</script>"
_FIXED = {"kind", "namespace", "name", "uid", "creationTimestamp", "phase", "type", "status", "nodeName"}


def poisoned(value: object, key: str = "") -> object:
    """A tree with markup in every text that is not a number, a moment, or what objects are joined by."""
    if isinstance(value, dict):
        return {k: poisoned(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(entry, key) for entry in value]
    is_text = isinstance(value, str) and key not in _FIXED and not re.fullmatch(r"[\d.:TZ+\-]+\w{0,2}", value)
    joins = key.startswith(("app.kubernetes.io", "helm.sh", "meta.helm.sh")) or key.endswith(
        ("At", "Time", "stamp")
    )
    return f"{value}{MARKUP}" if is_text and not joins else value


@pytest.fixture(scope="module")
def poison() -> Iterator[TestClient[Litestar]]:
    """A site over a cluster that says nothing but markup."""
    found: list[Tree] = [poisoned(tree) for tree in whole(broken=True)]  # type: ignore[misc]
    with signed_in(parts_of(picture(found), found)) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health/langsmith/demo",
        "/health/outside",
        "/workloads",
        "/workloads?kind=deployments",
        "/nodes",
        "/events",
        "/network",
        "/network?view=services",
        "/network?view=policies",
        "/storage",
        "/storage?view=volumes",
        "/storage?view=classes",
        "/search?q=demo",
        "/objects/Pod/langsmith/demo-langsmith-backend-7c9d8b6f5-x2k0q",
        "/objects/Pod/langsmith/demo-langsmith-backend-7c9d8b6f5-x2k0q?tab=yaml",
        "/objects/Pod/langsmith/demo-langsmith-queue-7c9d8b6f5-x2k0q?tab=events",
        "/objects/Node/-/node-1",
        "/objects/PersistentVolumeClaim/langsmith/data-demo-langsmith-postgres-0",
    ],
)
def test_markup_in_every_text_of_the_cluster_stays_text(poison: TestClient[Litestar], path: str) -> None:
    answer = poison.get(path)
    assert answer.status_code == 200
    assert "<img src=x" not in answer.text
    assert "</script>\"'" not in answer.text


def test_the_markup_was_there_to_be_found(poison: TestClient[Litestar]) -> None:
    assert json.dumps([poisoned(tree) for tree in whole(broken=True)]).count("onerror") > 200
    assert "&lt;img src=x" in poison.get("/events").text


@pytest.mark.parametrize("text", ['"><img src=x onerror=1>', "'; alert(1); '", "<script>alert(1)</script>"])
def test_what_is_asked_for_stays_text_too(place: Town, text: str) -> None:
    mine = place.headers("viewer")
    for path, params in (("/workloads", {"q": text}), ("/search", {"q": text}), ("/events", {"about": text})):
        assert text not in place.client.get(path, params=params, headers=mine).text
    assert text not in place.client.get(f"/nowhere/{text}", headers=mine).text
    said = place.client.post("/sign-in", data={"name": text, "password": text}, headers=OURS).text
    assert text not in said


# --- bodies, heads and streams ---


@pytest.mark.parametrize("size", [70_000, 5_000_000])
@pytest.mark.parametrize("path", ["/sign-in", "/theme", "/accept"])
def test_a_body_that_is_too_large_is_not_read(place: Town, path: str, size: int) -> None:
    headers = place.headers("admin", **OURS, **{"content-type": "application/x-www-form-urlencoded"})
    answer = place.client.post(path, content=b"name=" + b"x" * size, headers=headers)
    assert answer.status_code == 413


def test_a_request_with_too_many_headers_is_refused(place: Town) -> None:
    many = {f"x-{n}": "y" for n in range(100)}
    assert place.client.get("/", headers=place.headers("admin", **many)).status_code == 431
    assert place.client.get("/", headers=place.headers("admin", x="y" * 20_000)).status_code == 431
    assert (
        place.client.get("/workloads", params={"q": "x" * 5_000}, headers=place.headers("admin")).status_code
        == 414
    )


def test_a_stream_is_for_who_is_in(place: Town) -> None:
    assert place.client.get("/live").status_code == 401
    assert place.client.get("/live", headers={"cookie": "mc_session_8411=guess"}).status_code == 401


def test_a_site_without_accounts_takes_no_password() -> None:
    with TestClient(create_site(parts_of(picture([]))), base_url=HOST) as client:
        assert client.get("/sign-in").status_code == 401
        said = client.post("/sign-in", data={"name": "admin", "password": GOOD}, headers=OURS)
        assert said.status_code == 401
