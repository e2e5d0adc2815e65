"""A cluster of two namespaces, A and B, with the same story in each; whatever is B's has a planted name.

And a site over it with real accounts, real sessions and a real audit.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.access.gate import Gate
from mission_control.access.sessions import Sessions, seal_of
from mission_control.domain.rights import role_at
from mission_control.services.entrance import Entrance, nobody
from mission_control.storage.sessions import SessionStore
from mission_control.web.parts import SiteParts
from mission_control.web.site import create_site
from tests.access.people import ADA, GOOD, Book, book
from tests.web.accepting import accepting
from tests.web.recording import recorded
from tests.web.stage import parts_of, picture
from tests.web.story import NOW, Tree
from tests.web.surroundings import whole

A, B, PLANTED = "langsmith", "orchid-space", "orchid"
HOST = "http://127.0.0.1:8411"
OURS = {"origin": HOST}
PEOPLE = {"viewer": "viewer@langsmith", "operator": "operator@langsmith", "admin": "admin"}
_NOISE = re.compile(rb'nonce="[^"]*"|@?[0-9a-f]{64}|"at":"[^"]*"')


def both() -> list[Tree]:
    """The trees of A, and the same again as B's."""
    first = [tree for tree in whole(broken=True) if tree["metadata"].get("namespace") in (A, None)]
    of_a = [tree for tree in first if tree["metadata"].get("namespace")]
    text = json.dumps(of_a).replace(f'"namespace": "{A}"', f'"namespace": "{B}"').replace("demo", PLANTED)
    second: list[Tree] = json.loads(text.replace('"uid-', f'"uid-{PLANTED}-'))
    for tree in second:
        tree["metadata"]["annotations"] = {"note": f"{PLANTED}-note"}
    volume = {"kind": "PersistentVolume", "metadata": {"name": f"pv-{PLANTED}", "uid": "pv"}, "spec": {}}
    space = [{"kind": "Namespace", "metadata": {"name": name, "uid": f"ns-{name}"}} for name in (A, B)]
    return [*first, *second, volume, *space]


class Town(msgspec.Struct, frozen=True):
    """The site, a way to ask it, and the cookies of its people ("nobody" has none)."""

    parts: SiteParts
    client: TestClient[Litestar]
    cookies: dict[str, str]
    book: Book

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """The headers of a request of somebody."""
        cookie = {"cookie": f"mc_session_8411={self.cookies[who]}"} if who in self.cookies else {}
        return {"accept": "text/html", **cookie, **more}

    def seal(self, who: str) -> str:
        """What the forms of somebody carry."""
        return seal_of(self.cookies[who]) if who in self.cookies else ""


@contextlib.contextmanager
def town(folder: Path) -> Iterator[Town]:
    """A site with accounts over both namespaces."""
    found = both()
    with (
        book(folder / "people") as kept,
        accepting(parts_of(picture(found), found), folder / "site") as first,
        recorded(first, folder / "audit") as parts,
    ):
        entrance = Entrance(nobody, lambda: kept.now)
        sessions = Sessions(SessionStore(kept.database), lambda: kept.now)
        gate = Gate(entrance, lambda: kept.now, sessions=sessions, accounts=kept.accounts)
        made = msgspec.structs.replace(parts, gate=gate, clock=lambda: NOW)
        site = create_site(made)
        with TestClient(site, base_url=HOST, raise_server_exceptions=False) as client:
            with client.portal() as portal:
                cookies = {
                    name: portal.call(_person, kept, gate, name, role) for name, role in PEOPLE.items()
                }
            yield Town(made, client, cookies, kept)


async def _person(kept: Book, gate: Gate, name: str, role: str) -> str:
    found = role_at(role)
    assert found is not None
    await kept.accounts.create(name, GOOD, (found,), ADA)
    await kept.accounts.set_password(name, GOOD, ADA)
    return await gate.sessions.begin(name, "account", "127.0.0.1", "a test")


def plain(body: bytes, *words: str) -> bytes:
    """A body without what differs between two answers anyway, and without these words."""
    body = _NOISE.sub(b"", body)
    for word in words:
        body = body.replace(word.encode(), b"NAME")
    return body
