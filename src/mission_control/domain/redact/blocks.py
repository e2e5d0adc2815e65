"""Secrets of several lines: private key blocks, whole, cut or on one line, and Secrets written as text.

A block whose end is missing is masked as far as its lines look like its body, and so is one whose beginning
is missing. The data of a Secret are hidden in the YAML or JSON around `kind: Secret`, at most 64 KiB away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mission_control.domain.redact.values import Span

_PEM_END = re.compile(rb"-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_PEM_MARK = re.compile(rb"-----BEGIN ")
# One line of a body, whatever a log writes before it; headers as old tools and OpenPGP write them.
_PEM_LINE = re.compile(
    rb"(?:\\{1,8}[nr]|\r?\n)"
    rb"(?:[^\r\n\\]{0,80}?[ \t>|])?"
    rb"(?:[A-Za-z0-9+/=]{1,100}|(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID):"
    rb" [^\r\n\\]{1,100}|)"
    rb"[ \t]*(?=\\{1,8}[nr]|\r?\n|[\"'`,;]|\\|$)"
)
_SAME_LINE = re.compile(rb"[ \t]*[A-Za-z0-9+/= ]{16,}")
_LONGEST_KEY = 65536
_LINE = rb"(?:\r?\n|\\{1,8}n)"
_TAIL = re.compile(
    rb"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{16,100}%b){0,200}(?:[A-Za-z0-9+/=]{1,100}%b)?$" % (_LINE, _LINE)
)

_NEAR = 65536
_DOCUMENT = b"\n---"
_YAML_DATA = re.compile(rb"(?:^|(?<=\n))([ \t]*(?:- )?)(?:data|stringData|binaryData):[ \t]*\r?\n")
_YAML_ENTRY = re.compile(rb"([ \t]+)([\w.-]{1,253}|\"[^\"\n]{1,253}\"|'[^'\n]{1,253}'):[ \t]+(?=\S)")
_BRACES = re.compile(rb"[{}]")
_JSON_DATA = re.compile(rb"[\"'](?:data|stringData|binaryData)\\{0,7}[\"']\s{0,8}:\s{0,8}\{")
_JSON_ENTRY = re.compile(
    rb"\s{0,80},?\s{0,80}(\\{0,7}[\"'])[^\"'\\\n]{1,253}\\{0,7}[\"']\s{0,8}:\s{0,8}(\\{0,7}[\"'])"
)


def private_key(data: bytes, start: int, end: int) -> Span:
    """From the BEGIN line to its END, or as far as the lines look like a key; `end` is behind KEY-----."""
    limit = min(len(data), end + _LONGEST_KEY)
    next_block = _PEM_MARK.search(data, end, limit)
    if closing := _PEM_END.search(data, end, next_block.start() if next_block else limit):
        end = closing.end()
    else:
        if more := _SAME_LINE.match(data, end):
            end = more.end()
        while (line := _PEM_LINE.match(data, end)) and line.end() > end:
            end = line.end()
        end = len(data[:end].rstrip()) if end < len(data) else end
    return Span(start, end)


def end_of_private_key(data: bytes, start: int, end: int) -> Span:
    """The lines of a key above its END line, when the beginning was cut off; `start` is at the dashes."""
    low = max(0, start - _LONGEST_KEY // 8)
    above = _TAIL.search(data, low, start) if low < start else None
    return Span(above.start() if above else start, end)


class Searched(NamedTuple):
    """What was found around one hit, and how far was searched, so that nothing is searched twice."""

    spans: list[Span]
    until: int


def secret_values(data: bytes, searched: int, end: int) -> Searched:
    """The values below `data` and `stringData` in the text of a Secret; `end` is behind `kind: Secret`.

    What is in front of `searched` has been dealt with by an earlier hit.
    """
    if end <= searched:
        return Searched([], searched)
    low, high = max(searched, end - _NEAR), min(len(data), end + _NEAR)
    if data[end - 1 : end] in (b'"', b"'"):
        low, high = _object_around(data, end, low, high)
        return Searched(list(_json_values(data, low, high)), max(high, end))
    if data[end : end + 1].isalnum():
        return Searched([], searched)  # a kind whose name only begins so
    above, below = data.rfind(_DOCUMENT, low, end), data.find(_DOCUMENT, end, high)
    low = above if above >= 0 else low
    high = below if below >= 0 else high
    return Searched(list(_yaml_values(data, low, high)), max(high, end))


def _object_around(data: bytes, at: int, low: int, high: int) -> tuple[int, int]:
    """The braces that enclose this place, as far as they are near."""
    depth = 0
    for brace in _BRACES.finditer(data, at, high):
        depth += 1 if brace[0] == b"{" else -1
        if depth < 0:
            high = brace.end()
            break
    depth = 0
    for brace in reversed(list(_BRACES.finditer(data, low, at))):
        depth += 1 if brace[0] == b"}" else -1
        if depth < 0:
            low = brace.start()
            break
    return low, high


def _yaml_values(data: bytes, low: int, high: int) -> Iterator[Span]:
    for section in _YAML_DATA.finditer(data, low, high):
        at, depth = section.end(), len(section[1])
        while at < high:
            entry = _YAML_ENTRY.match(data, at, high)
            if entry is None or len(entry[1]) < depth:
                break
            end = _entry_end(data, entry.end(), len(entry[1]), high)
            yield from _without_mask(data, entry.end(), end)
            at = end + 1


def _entry_end(data: bytes, start: int, depth: int, high: int) -> int:
    """The end of an entry's value: its line, and the lines below that are indented deeper."""
    end = data.find(b"\n", start, high)
    while 0 <= end < high:
        line = data[end + 1 : end + 2 + depth + 1]
        if len(line) <= depth or line[: depth + 1].strip(b" \t"):
            break
        end = data.find(b"\n", end + 1, high)
    return end if end >= 0 else high


def _without_mask(data: bytes, start: int, end: int) -> Iterator[Span]:
    text = data[start:end]
    body = text
    if text[:1] in (b"|", b">"):
        head, _, body = text.partition(b"\n")
        start += len(head) + 1 + len(body) - len(body.lstrip())
    elif text[:1] in (b'"', b"'"):
        start, end = start + 1, start + max(text.rfind(text[:1]), 1)
    body = data[start:end].strip()
    if body and b"MASKED." not in body and body not in (b"null", b"{}", b"~"):
        yield Span(start, start + len(data[start:end].rstrip()))


def _json_values(data: bytes, low: int, high: int) -> Iterator[Span]:
    for section in _JSON_DATA.finditer(data, low, high):
        at = section.end()
        while entry := _JSON_ENTRY.match(data, at, high):
            end = data.find(entry[2], entry.end(), high)
            if end < 0:
                break
            if end > entry.end() and b"MASKED." not in data[entry.end() : end]:
                yield Span(entry.end(), end)
            at = end + len(entry[2])
