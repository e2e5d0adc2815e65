"""The dresses in which a known value may appear: encoded, escaped, wrapped, or cut into pieces.

Encodings become literals. Escapes become one expression a value, in which every character that some format
escapes stands for all its spellings, at any depth; so JSON in YAML in a URL needs no row of its own.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import NamedTuple

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
_BACKSLASH = rb"(?:\\|%(?:25){0,3}5[cC])"
_ESCAPE = _BACKSLASH + b"{1,15}"
_ESCAPED = _BACKSLASH + b"{0,15}"
_PERCENT = b"%(?:25){0,3}"
_FRAGMENT = re.compile(r"[A-Za-z0-9_.~-]+")
_TELLING = 6  # a fragment that is longer tells no more
_ENTITIES = {'"': b"quot", "'": b"(?:apos|#39)", "&": b"amp", "<": b"lt", ">": b"gt"}
_FOLD = rb"(?:\\{1,7}\r?\n[ \t]{0,80}\\{0,7})?"
_DENSE = re.compile(rb"[A-Za-z0-9+/=_-]{32,}")
_MIXED = re.compile(rb"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])")
_ASCII = 128
_LONG = 64
_PIECE = 32
_PART = 12
_LONGEST = 8192
_LONGEST_TOLERANT = 600


def encodings(value: bytes) -> set[bytes]:
    """base64 at its three alignments in both alphabets, base64 of that, and hex: as literals."""
    found: set[bytes] = set()
    for once in _alignments(value):
        found |= {once, once.replace(b"+", b"-").replace(b"/", b"_"), once.replace(b"/", rb"\/")}
        found.add(once.replace(b"+", b"%2B").replace(b"/", b"%2F"))
        found |= set(_alignments(once))
    digits = value.hex()
    return found | {digits.encode(), digits.upper().encode()}


def _alignments(value: bytes) -> list[bytes]:
    """What of the value's base64 does not depend on the bytes around it, wherever it begins."""
    forms = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + value)
        first = (before * 8 + 5) // 6
        last = (before + len(value)) * 8 // 6
        forms.append(whole[first:last])
    return forms


def pieces(value: bytes) -> set[bytes]:
    """Parts of a long value that give it away alone: a log cuts long lines, a terminal wraps them."""
    found: set[bytes] = set()
    if len(value) <= _LONG:
        return found
    for form in (value[:_LONGEST], *_alignments(value[:_LONGEST])):
        for run in _DENSE.findall(form):
            parts = (run[at : at + _PIECE] for at in range(0, len(run) - _PIECE + 1, _PIECE))
            found.update(part for part in parts if _MIXED.search(part))
    return found


def parts(form: bytes) -> set[bytes]:
    """Parts of a form of which at least one stays whole when a line end cuts the form anywhere."""
    length = len(form)
    if length < 2 * _PART:
        return {form[: (length + 1) // 2], form[length // 2 :]}
    return {form[at : at + _PART] for at in range(0, length - _PART + 1, _PART)}


class Tolerant(NamedTuple):
    """A value under any escaping: a part of it that no format escapes, and what must stand around that."""

    fragment: bytes
    before: bytes
    after: bytes
    reach: int  # how many bytes `before` can take at most

    def span(self, data: bytes, start: int, end: int) -> tuple[int, int] | None:
        """Where the whole value stands around a fragment found at start to end."""
        after = _pattern(self.after).match(data, end)
        if after is None:
            return None
        if not self.before:
            return start, after.end()
        low = max(0, start - self.reach)
        before = _pattern(self.before).search(data[low:start])
        return (low + before.start(), after.end()) if before else None


@lru_cache(maxsize=1024)
def _pattern(expression: bytes) -> re.Pattern[bytes]:
    """Compiled at the first hit: most known values are never seen, and compiling takes some milliseconds."""
    return re.compile(expression)


def tolerant(value: bytes) -> Tolerant | None:
    """How to find the value under any escaping, or None when nothing in it is ever escaped."""
    if all(byte in _PLAIN for byte in value) or len(value) > _LONGEST_TOLERANT:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    runs = list(_FRAGMENT.finditer(text))
    best = max(runs, key=lambda run: (min(len(run[0]), _TELLING), -run.start()), default=None)
    start, end = best.span() if best else (0, 0)
    before = b"".join(_spellings(character) for character in text[:start])
    after = b"".join(_spellings(character) for character in text[end:])
    fragment = text[start:end].encode()
    return Tolerant(fragment, before + b"$" if start else b"", after, start * 40)


def _spellings(character: str) -> bytes:
    code = ord(character)
    raw = character.encode()
    if len(raw) == 1 and raw[0] in _PLAIN:
        return re.escape(raw)
    units = character.encode("utf-16-be")
    options = [
        b"(?:%b)" % _raw(character, raw),
        b"".join(_PERCENT + _hex(byte) for byte in raw),
        b"".join(_ESCAPE + b"x" + _hex(byte) for byte in raw),
        b"".join(_ESCAPE + b"u" + _hex(units[at]) + _hex(units[at + 1]) for at in range(0, len(units), 2)),
        b"&#(?:0{0,3}%d|(?i:x0{0,3}%x));" % (code, code),
    ]
    if code < 256:  # noqa: PLR2004  what \x says in YAML
        options.append(_ESCAPE + b"x" + _hex(code))
    if code > 0xFFFF:  # noqa: PLR2004  beyond what \u says
        options.append(_ESCAPE + b"(?i:u0{0,3}%x)" % code)
    if character in _ENTITIES:
        options.append(b"&(?:amp;){0,3}%b;" % _ENTITIES[character])
    return b"(?:%b)%b" % (b"|".join(options), _FOLD)


def _hex(byte: int) -> bytes:
    return b"(?i:%02x)" % byte


def _raw(character: str, raw: bytes) -> bytes:
    if character == "\n":
        return rb"(?:%br)?%bn|(?:\r?\n[ \t]{0,80}){1,2}" % (_ESCAPE, _ESCAPE)
    if character == "\\":
        return _ESCAPE
    if character == " ":
        return _ESCAPED + rb"(?: |\r?\n[ \t]{0,80}\\{0,7})|\+"
    if character == "'":
        return _ESCAPED + rb"'|''|'\\{1,7}''|'\"'\"'"
    if character in "\t\r":
        return b"%b%b|%b[tr]" % (_ESCAPED, re.escape(raw), _ESCAPE)
    return _ESCAPED + re.escape(raw) + b"|" + _ESCAPED + _PERCENT + b"".join(_hex(byte) for byte in raw)


def literal(value: bytes) -> bytes:
    """The expression that matches these bytes and nothing else."""
    return b"".join(
        bytes([byte]) if byte < _ASCII and chr(byte).isalnum() else rb"\x%02x" % byte for byte in value
    )
