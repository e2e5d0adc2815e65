"""Who comes in, under which name, from where; and what every answer tells the browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from mission_control.access.tickets import Tickets
from mission_control.web.parts import SiteParts
from mission_control.web.site import create_site
from tests.web.stage import parts_of, picture, signed_in

HOST = "http://127.0.0.1:8411"


@pytest.fixture
def parts() -> SiteParts:
    return parts_of(picture([]))


@pytest.fixture
def stranger(parts: SiteParts) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_site(parts), base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def test_a_ticket_is_good_once() -> None:
    tickets = Tickets()
    assert tickets.spend(tickets.token)
    assert not tickets.spend(tickets.token)


def test_another_ticket_can_be_issued() -> None:
    tickets = Tickets()
    assert tickets.spend(tickets.issue())


def test_the_token_becomes_a_strict_cookie_that_scripts_cannot_read(
    stranger: TestClient[Litestar], parts: SiteParts
) -> None:
    answer = stranger.get("/enter", params={"token": parts.gate.tickets.token}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert cookie.startswith("mc_session_8411=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_spent_token_lets_nobody_else_in(parts: SiteParts) -> None:
    parts.gate.tickets.spend(parts.gate.tickets.token)
    with TestClient(create_site(parts), base_url=HOST) as stranger:
        assert stranger.get("/enter", params={"token": parts.gate.tickets.token}).status_code == 401


def test_a_browser_that_is_in_may_open_the_printed_address_again(parts: SiteParts) -> None:
    with signed_in(parts) as client:
        answer = client.get("/enter", params={"token": parts.gate.tickets.token}, follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "path", ["/", "/workloads", "/live", "/api/openapi.json", "/objects/Pod/a/b", "/home.json"]
)
def test_nothing_is_shown_without_a_session(stranger: TestClient[Litestar], path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "prod-eu-1" not in answer.text


def test_a_link_from_another_site_is_asked_for_once_more(stranger: TestClient[Litestar]) -> None:
    headers = {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site", "accept": "text/html"}
    answer = stranger.get("/workloads", headers=headers)
    assert 'http-equiv="refresh"' in answer.text
    assert "prod-eu-1" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8411", "", "127.0.0.1:99999999", "[::1"]
)
def test_an_unknown_host_is_refused(parts: SiteParts, host: str) -> None:
    with signed_in(parts) as client:
        assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:1", "[::1]:8411", "127.0.0.1"])
def test_our_own_names_are_answered(stranger: TestClient[Litestar], host: str) -> None:
    assert stranger.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", ""])
def test_a_change_from_another_origin_is_refused(parts: SiteParts, origin: str) -> None:
    with signed_in(parts) as client:
        answer = client.post("/theme", data={"theme": "dark"}, headers={"origin": origin})
    assert answer.status_code == 403


def test_the_theme_is_kept_and_goes_back_to_the_page(parts: SiteParts) -> None:
    with signed_in(parts) as client:
        data = {"theme": "dark", "back": "/workloads?kind=jobs"}
        answer = client.post("/theme", data=data, headers={"origin": HOST}, follow_redirects=False)
        page = client.get("/").text
    assert answer.headers["location"] == "/workloads?kind=jobs"
    assert '<html lang="en" data-bs-theme="dark">' in page


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_theme_leads_to_no_other_site(parts: SiteParts, back: str) -> None:
    with signed_in(parts) as client:
        data = {"theme": "dark", "back": back}
        answer = client.post("/theme", data=data, headers={"origin": HOST}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/healthz", "/home.json", "/workloads?page=x"])
def test_every_answer_carries_the_security_headers(parts: SiteParts, path: str) -> None:
    with signed_in(parts) as client:
        headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "img-src 'self' data:" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_the_nonce_of_the_header_is_that_of_the_page(parts: SiteParts) -> None:
    with signed_in(parts) as client:
        first, second = client.get("/"), client.get("/")
    nonce = first.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in first.text
    assert nonce not in second.text


def test_a_route_that_declares_no_permission_lets_nobody_in(parts: SiteParts) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> dict[str, str]:
        return {"secret": "shown"}

    site = create_site(parts)
    site.register(forgotten)
    with TestClient(site, base_url=HOST) as client:
        client.get("/enter", params={"token": parts.gate.tickets.token})
        assert client.get("/forgotten").status_code == 401
