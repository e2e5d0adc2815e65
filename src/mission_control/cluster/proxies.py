"""Decides through which proxy the API server is reached, by the rules that kubectl (Go) follows.

HTTP libraries for Python do not understand address ranges in NO_PROXY, which is how most companies except
their cluster's addresses; so the decision is made here, and the library's own reading of the environment is
off.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit


def proxy_for(server: str, env: Mapping[str, str]) -> str | None:
    """The proxy for this server's address, or None.

    By HTTPS_PROXY or HTTP_PROXY, but for NO_PROXY and localhost.
    """
    parts = urlsplit(server)
    host = parts.hostname or ""
    name = "HTTPS_PROXY" if parts.scheme == "https" else "HTTP_PROXY"
    proxy = env.get(name) or env.get(name.lower()) or ""
    if not proxy or _is_local(host):
        return None
    excepted = (env.get("NO_PROXY") or env.get("no_proxy") or "").split(",")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if any(_excepts(rule.strip().lower(), host, port) for rule in excepted):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _excepts(rule: str, host: str, port: int) -> bool:
    """Whether one entry of NO_PROXY covers the host: "*", a range, an address, a name or its parent."""
    if not rule:
        return False
    if rule == "*":
        return True
    name, colon, digits = rule.rpartition(":")
    if colon and digits.isdigit() and _address(rule) is None:
        return int(digits) == port and _excepts(name, host, port)
    address = _address(host)
    if address is not None:
        try:
            return address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    bare = rule.lstrip("*").lstrip(".")
    return host.endswith(f".{bare}") or (host == bare and not rule.startswith("."))
