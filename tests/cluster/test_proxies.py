"""The proxy is chosen by the rules of kubectl."""

from __future__ import annotations

import pytest

from mission_control.cluster.proxies import proxy_for

PROXY = "http://proxy:3128"


def test_without_a_proxy_in_the_environment_there_is_none() -> None:
    assert proxy_for("https://cluster:6443", {}) is None


def test_the_scheme_of_the_server_decides_which_variable_counts() -> None:
    env = {"HTTPS_PROXY": PROXY, "http_proxy": "plain:80"}
    assert proxy_for("https://cluster:6443", env) == PROXY
    assert proxy_for("http://cluster:8080", env) == "http://plain:80"


@pytest.mark.parametrize(
    ("server", "rules"),
    [
        ("https://10.96.0.1:443", "10.0.0.0/8"),
        ("https://10.96.0.1:443", "other, 10.96.0.1"),
        ("https://[fd00::1]:443", "fd00::/8"),
        ("https://api.shop.example:6443", "shop.example"),
        ("https://api.shop.example:6443", ".shop.example"),
        ("https://api.shop.example:6443", "*.shop.example"),
        ("https://api.shop.example:6443", "api.shop.example:6443"),
        ("https://api.shop.example", "*"),
        ("https://localhost:6443", ""),
        ("https://127.0.0.1:6443", ""),
        ("https://[::1]:6443", ""),
    ],
)
def test_an_excepted_server_is_reached_directly(server: str, rules: str) -> None:
    assert proxy_for(server, {"HTTPS_PROXY": PROXY, "no_proxy": rules}) is None


@pytest.mark.parametrize(
    ("server", "rules"),
    [
        ("https://11.0.0.1", "10.0.0.0/8"),
        ("https://shop.example", ".shop.example"),
        ("https://notshop.example", "shop.example"),
        ("https://api.shop.example:6443", "api.shop.example:443"),
        ("https://10.0.0.1", "not-an-address,,"),
    ],
)
def test_any_other_server_is_reached_through_the_proxy(server: str, rules: str) -> None:
    assert proxy_for(server, {"HTTPS_PROXY": PROXY, "NO_PROXY": rules}) == PROXY
