"""What the address of every list may say: words to filter by, a sort, a page, only what is wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.di import Provide
from litestar.params import FromQuery, QueryParameter


class Ask(msgspec.Struct, frozen=True):
    """These words; an empty sort is the list's own."""

    text: str
    sort: str
    page: int
    wrong: bool


def _ask(
    text: Annotated[str, QueryParameter(name="q", description="words, each of which must be found")] = "",
    sort: FromQuery[str] = "",
    page: Annotated[int, QueryParameter(ge=1)] = 1,
    only: Annotated[str, QueryParameter(description='"wrong" for what needs a look')] = "",
) -> Ask:
    return Ask(text, sort, page, only == "wrong")


ASK = {"ask": Provide(_ask, sync_to_thread=False)}
