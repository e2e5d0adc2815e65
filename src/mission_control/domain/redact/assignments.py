"""Secrets that a name gives away: `key=value`, `"key": "value"`, flags, headers, pairs, SQL, XML.

Each rule has an anchor for the prefilter, which ends where the value or its sign begins, and a function
that confirms a hit and tells what to mask. Names are judged by `names`, values by `values`.
"""

from __future__ import annotations

import re

from mission_control.domain.redact.names import is_secret_key
from mission_control.domain.redact.values import Named, Span, value_after

REACH = 160  # bytes before a sign in which its name must begin
_ASCII = 128
IN_NAME = bytes(
    ord("a") if (chr(byte).isalnum() and byte < _ASCII) or chr(byte) in "_.-" else 32 for byte in range(256)
)
_SPACED = re.compile(
    rb"(?i)(?:api|access|licen[sc]e|secret|private|encryption|session) keys?$|connection string$"
)
_LINE_LEAD = re.compile(
    rb"[ \t]*(?:(?:- |\? |export |env |ENV |ARG |set |setenv |\$env:|#+ ?|\+ ?|\d+ ?\| ?)[ \t]*){0,3}$"
)


def name_before(data: bytes, at: int, known: frozenset[bytes] = frozenset()) -> tuple[bytes, int] | None:
    """The secret's name that ends before `at`, blanks and quotes aside, and where it begins.

    None when the name is no secret's. `known` are names that are secret whatever they say.
    """
    low = at - REACH if at > REACH else 0
    bare = data[low:at]
    if bare[-1:] in _AFTER_NAME:
        bare = bare.rstrip(b" \t").rstrip(b"\"'\\]")
    start = bare.translate(IN_NAME).rfind(b" ") + 1
    name = bare[start:]
    if is_secret_key(name) or name in known:
        return name, low + start
    if name[-1:] in b"yYsSgG" and (spaced := _SPACED.search(bare[-30:])):
        return spaced[0], low + len(bare) - len(spaced[0])
    return None


_AFTER_NAME = frozenset(bytes([byte]) for byte in b" \t\"'\\]")


def named(data: bytes, start: int, name: bytes, quote: bytes, sign: bytes) -> Named:
    """How the name that begins at `start` stands in its line."""
    low = max(0, start - REACH)
    line = data.rfind(b"\n", low, start) + 1
    if quote or (line == 0 and low > 0):
        return Named(name, at_line_start=False, quote=quote, sign=sign)
    lead = data[line:start].rstrip(b"\"'")
    return Named(name, _LINE_LEAD.match(lead) is not None, quote, sign)


def value_of(data: bytes, end: int, known: frozenset[bytes] = frozenset()) -> Span | None:
    """The value behind the sign that ends at `end`, when the name before it is a secret's or in `known`."""
    found = name_before(data, end - 1, known)
    if found is None:
        return None
    is_equal = data[end - 1] == _EQUAL
    quick = (_QUICK_EQUAL if is_equal else _QUICK_COLON).match(data, end)
    if quick is not None:
        group = quick.lastindex or 0
        value = quick[group]
        if not value.isalpha() and not value.isdigit():
            return Span(*quick.span(group))
    sign, after = data[end - 1 : end], data[end : end + 1]
    if sign == after:
        return None  # `::` and `==` assign nothing
    name, start = found
    quote = data[start + len(name) : end - 1].rstrip(b" \t").lstrip(b"]")
    blank = b" " if after in (b" ", b"\t") else b""
    return value_after(data, end, named(data, start, name, quote, sign + blank))


# The many values that need no second look: letters and digits to the end of their quotes, word or line.
_EQUAL = 61
_LETTERS = rb"([A-Za-z0-9_+]{8,200}={0,2})"
_SIGNED = rb"(eyJ[A-Za-z0-9_.-]{30,4000})"
_QUICK_EQUAL = re.compile(rb"%b(?=[\s&]|\Z)|\"%b\"|%b(?=[\s&]|\Z)" % (_LETTERS, _LETTERS, _SIGNED))
_QUICK_COLON = re.compile(
    rb"[ \t]?(?:(?:[Bb]earer )?(?:%b|%b)(?=\r?\n(?![ \t])|\Z)|\"(?:[Bb]earer )?%b\"|\\\"%b\\\")"
    % (_LETTERS, _SIGNED, _LETTERS, _LETTERS)
)
