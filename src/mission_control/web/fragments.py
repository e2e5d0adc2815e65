"""The insides of pages, rendered once for all tabs of equal rights that show an address in the same state.

A tab says which inside it shows (`x-seen`); when that is still the one, it gets an empty answer and nothing
on the screen moves.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable

from litestar import Response

from mission_control.domain.redact import version
from mission_control.web.asker import asker_of, dressed, parts_of
from mission_control.web.asking import SEEN, AnyRequest, address_of, theme_of, wants_fragment, wants_json
from mission_control.web.parts import stamp

_KEPT = 128
Key = tuple[Hashable, str, str]
"""Whose rights, which theme, which address."""
_NOTHING_NEW = 204
_STAMPS = re.compile(rb' data-(?:now|version)="[^"]*"')
"""What differs in every inside although nothing that a person sees does."""


class Fragments:
    """The newest inside of each address, the most recent addresses only."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[Key, tuple[str, bytes, str]] = OrderedDict()

    def find(self, address: Key, state: str) -> tuple[bytes, str] | None:
        """The inside of an address and its fingerprint, when it was rendered from the same state."""
        found = self._kept.get(address)
        return (found[1], found[2]) if found and found[0] == state else None

    def keep(self, address: Key, state: str, body: bytes) -> str:
        """Remember an inside and say its fingerprint."""
        seen = hashlib.sha256(_STAMPS.sub(b"", body)).hexdigest()[:16]
        self._kept[address] = (state, body, seen)
        self._kept.move_to_end(address)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return seen


async def recall(request: AnyRequest) -> Response[bytes] | None:
    """The inside that was rendered for another tab from the same state, before the route is asked at all.

    It looks at the judgement, which belongs to the event loop: hence a coroutine that waits for nothing.
    """
    if request.method != "GET" or not wants_fragment(request) or wants_json(request):
        return None
    if asker_of(request) is None or request.route_handler.opt.get("fresh"):
        return None  # a fresh page is made from more than the picture of the cluster
    found = _fragments(request).find(_key(request), _state(request))
    if found is None:
        return None
    status, body, headers = told(request, *found)
    return Response(body, status_code=status, headers=headers, media_type="text/html")


def keep(request: AnyRequest, body: bytes) -> tuple[int, bytes, dict[str, str]]:
    """Remember an inside; answer with status, body and headers for this tab."""
    return told(request, body, _fragments(request).keep(_key(request), _state(request), body))


def told(request: AnyRequest, body: bytes, seen: str) -> tuple[int, bytes, dict[str, str]]:
    """The inside, or an empty answer for a tab that shows it already."""
    now = stamp(parts_of(request))
    headers = {"x-seen": seen, "x-version": now, "vary": "accept, hx-request"}
    if request.headers.get(SEEN) == seen:
        return _NOTHING_NEW, b"", headers
    return 200, dressed(request, body), headers


def _state(request: AnyRequest) -> str:
    """What the inside was rendered from: the judgement, the measurement, and what redaction knew then."""
    return f"{stamp(parts_of(request))} {version()}"


def _key(request: AnyRequest) -> Key:
    """Persons of equal rights share an inside; others never do."""
    asker = asker_of(request)
    who = (asker.person.rights, asker.person.door) if asker else None
    return who, theme_of(request), address_of(request)


def _fragments(request: AnyRequest) -> Fragments:
    found: Fragments = request.app.state["fragments"]
    return found
