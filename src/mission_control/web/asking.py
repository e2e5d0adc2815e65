"""What a browser asks for, read from its request: page or JSON, whole or inside, and in which theme."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from mission_control.domain.redact import redact

AnyRequest = Request[Any, Any, Any]
SEEN = "x-seen"
"""The header of a page that refreshes itself: which inside it shows. Nobody clicked for it."""
THEMES = ("auto", "light", "dark")


def wants_json(request: AnyRequest) -> bool:
    """Whether the JSON twin is asked for, by `.json` or by an Accept header that prefers it."""
    if request.scope["path"].endswith(".json"):
        return True
    accepted = request.headers.get("accept", "*/*")
    return "application/json" in accepted and "text/html" not in accepted


def wants_fragment(request: AnyRequest) -> bool:
    """Whether only the inside of the page is asked for, to be morphed into a page that is open."""
    return request.headers.get("hx-request") == "true"


def theme_of(request: AnyRequest) -> str:
    """The theme that this browser chose."""
    found = request.cookies.get("mc_theme", "auto")
    return found if found in THEMES else "auto"


def own_address(address: str) -> str:
    """An address of this site that a form wants to go back to; Home for any other.

    Browsers take a backslash for a slash and leave out tabs and line ends, so none of these may be in it.
    """
    is_plain = address.isprintable() and "\\" not in address
    is_ours = is_plain and address.startswith("/") and not address.startswith("//")
    return redact(address) if is_ours else "/"


def address_of_host(host: str) -> tuple[str, int | None]:
    """Name and port of a Host header; no name when the header is malformed, which matches nothing."""
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        return "", None
    return parts.hostname or "", port


def address_of(request: AnyRequest) -> str:
    """Path and query: what a link to this very state of the page says."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}" if query else request.scope["path"]
