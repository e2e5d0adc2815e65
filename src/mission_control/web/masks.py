"""Masks as a reader sees them: a chip in the text of a page, the mask itself wherever it is data.

It works on the finished page, so that no template has to think of it: what stands in attributes, titles and
form fields stays the mask, and what is copied is the mask too, never what it hides nor how long that was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MARK = "<!--masked-->"
"""Where a page says how many values are masked. No text of the cluster can be a comment: it is escaped."""
_MASK = re.compile(r"MASKED\.([a-z][a-z0-9-]{0,30})\.([0-9a-f]{10})")
_COMPARED = re.compile(
    rf"({_MASK.pattern})(&#34;|&#39;|[\"'])?( → | -&gt; | to )(&#34;|&#39;|[\"'])?({_MASK.pattern})"
)
_PIECE = re.compile(r"<[^>]*>|[^<]+|<")
_ELEMENT = re.compile(r"<(/?)(title|textarea|script|style|option)\b")
_UNKNOWN = "0000000000"


class Shown(NamedTuple):
    """A page with chips, and how many masks it shows."""

    html: str
    masks: int


def with_chips(html: str) -> Shown:
    """The page with a chip for every mask in its text, and a line that says how many there are."""
    if "MASKED." not in html:
        return Shown(html.replace(MARK, ""), 0)
    shown = 0
    parts: list[str] = []
    for text, is_shown in _pieces(html):
        found = len(_MASK.findall(text)) if is_shown else 0
        shown += found
        parts.append(_chipped(text) if found else text)
    return Shown("".join(parts).replace(MARK, _told(shown) if shown else ""), shown)


def count(body: bytes) -> int:
    """How many masks stand in an answer."""
    return body.count(b"MASKED.") and len(_MASK.findall(body.decode("utf-8", "replace")))


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """The tags and texts of a page, and whether a reader sees the text as text."""
    inside = ""
    for piece in _PIECE.finditer(html):
        text = piece[0]
        if not text.endswith(">") or not text.startswith("<"):
            yield text, not inside
            continue
        element = _ELEMENT.match(text)
        if element and element[1] and inside == element[2]:
            inside = ""
        elif element and not element[1] and not inside:
            inside = element[2]
        yield text, False


def _chipped(text: str) -> str:
    text = _COMPARED.sub(_compared, text)
    return "".join(
        part if part.startswith("<") else _MASK.sub(lambda found: chip(found[0]), part)
        for part in re.split(r"(<span class=\"chip.*?</span></span>)", text)
    )


def _compared(found: re.Match[str]) -> str:
    """`before → after`: the second chip says whether the value is another one."""
    before, quote, between, other, after = found[1], found[4] or "", found[5], found[6] or "", found[7]
    return f"{chip(before)}{quote}{between}{other}{chip(after, comparison(before, after))}"


def comparison(before: str, after: str) -> str:
    """Whether two masks stand for the same value: "same", "changed", or nothing where that is not known."""
    if _UNKNOWN in before[-10:] or _UNKNOWN in after[-10:]:
        return ""
    return "same" if before == after else "changed"


def chip(mask: str, state: str = "") -> str:
    """One mask as a chip; `state` is "changed", "same" or nothing."""
    found = _MASK.fullmatch(mask)
    kind = found[1].replace("-", " ") if found else "secret"
    says = f"hidden: {kind}{', ' + state if state else ''}"
    look = f"chip mask {state}".strip()
    return f'<span class="{look}" role="img" aria-label="{says}" title="{says}"><span>{mask}</span></span>'


def _told(count: int) -> str:
    values = "value" if count == 1 else "values"
    return f'<p class="note masked">{count} {values} masked. <a href="/settings/redaction">How</a></p>'
