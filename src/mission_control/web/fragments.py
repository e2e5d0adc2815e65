"""The insides of pages, rendered once for all tabs that show the same address in the same state.

A tab says which inside it shows (`x-seen`); when that is still the one, it gets an empty answer and nothing
on the screen moves.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict

from litestar import Response

from mission_control.web.asking import AnyRequest, address_of, theme_of, wants_fragment, wants_json
from mission_control.web.parts import stamp

_KEPT = 64
_NOTHING_NEW = 204
_STAMPS = re.compile(rb' data-(?:now|version)="[^"]*"')
"""What differs in every inside although nothing that a person sees does."""


class Fragments:
    """The newest inside of each address, the most recent addresses only."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[str, tuple[str, bytes, str]] = OrderedDict()

    def find(self, address: str, state: str) -> tuple[bytes, str] | None:
        """The inside of an address and its fingerprint, when it was rendered from the same state."""
        found = self._kept.get(address)
        return (found[1], found[2]) if found and found[0] == state else None

    def keep(self, address: str, state: str, body: bytes) -> str:
        """Remember an inside and say its fingerprint."""
        seen = hashlib.sha256(_STAMPS.sub(b"", body)).hexdigest()[:16]
        self._kept[address] = (state, body, seen)
        self._kept.move_to_end(address)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return seen


def recall(request: AnyRequest) -> Response[bytes] | None:
    """The inside that was rendered for another tab from the same state, before the route is asked at all."""
    if request.method != "GET" or not wants_fragment(request) or wants_json(request):
        return None
    found = _fragments(request).find(_key(request), stamp(request.app.state["parts"]))
    if found is None:
        return None
    status, body, headers = told(request, *found)
    return Response(body, status_code=status, headers=headers, media_type="text/html")


def keep(request: AnyRequest, body: bytes) -> tuple[int, bytes, dict[str, str]]:
    """Remember an inside; answer with status, body and headers for this tab."""
    return told(
        request, body, _fragments(request).keep(_key(request), stamp(request.app.state["parts"]), body)
    )


def told(request: AnyRequest, body: bytes, seen: str) -> tuple[int, bytes, dict[str, str]]:
    """The inside, or an empty answer for a tab that shows it already."""
    now = stamp(request.app.state["parts"])
    headers = {"x-seen": seen, "x-version": now, "vary": "accept, hx-request"}
    return (_NOTHING_NEW, b"", headers) if request.headers.get("x-seen") == seen else (200, body, headers)


def _key(request: AnyRequest) -> str:
    return f"{theme_of(request)} {address_of(request)}"


def _fragments(request: AnyRequest) -> Fragments:
    found: Fragments = request.app.state["fragments"]
    return found
