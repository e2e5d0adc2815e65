"""The pages of `docs/causes`, found in the installed package or, in a checkout, beside the source."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec
from markdown_it import MarkdownIt
from markupsafe import Markup

_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE / "docs" / "causes", _PACKAGE.parents[1] / "docs" / "causes")
_CODE = re.compile(r"[a-z][a-z0-9-]{1,60}")


class CauseText(msgspec.Struct, frozen=True):
    """The documentation of a cause code, as Markdown without its title."""

    code: str
    title: str
    text: str


@cache
def cause_text(code: str) -> CauseText | None:
    """The page of a code; None when there is none."""
    if not _CODE.fullmatch(code):
        return None
    path = next((path for folder in _FOLDERS if (path := folder / f"{code}.md").is_file()), None)
    if path is None:
        return None
    first, _, rest = path.read_text(encoding="utf-8").lstrip().partition("\n")
    is_title = first.startswith("# ")
    return CauseText(
        code, first[2:].strip() if is_title else code, (rest if is_title else first + rest).strip()
    )


def as_markup(text: str) -> Markup:
    """Our own Markdown as HTML; HTML inside it is shown as text."""
    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))  # noqa: S704 -- escaped
