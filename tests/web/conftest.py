"""What is loaded once in a process, packs and templates, is loaded before the first test, not inside it."""

from __future__ import annotations

import pytest

from tests.web.stage import parts_of, picture, signed_in
from tests.web.story import trees


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found), found)) as client:
        for path in ("/", "/health", "/workloads", "/objects/Node/-/node-1", "/nowhere", "/api/openapi.json"):
            client.get(path)
