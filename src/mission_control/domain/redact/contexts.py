"""Secrets whose place gives them away without `name=value`: pairs, flags, elements, statements, logins.

Each function confirms one hit of the prefilter, in time bounded by the hit's own surroundings, and tells
what to mask. What is an assignment proper is in `assignments`.
"""

from __future__ import annotations

import base64
import binascii
import re

from mission_control.domain.redact.assignments import IN_NAME, REACH, name_before, value_of
from mission_control.domain.redact.names import is_secret_key
from mission_control.domain.redact.shapes import START
from mission_control.domain.redact.values import LINE_END, Named, Span, value_after

_ENCODED = re.compile(rb"(?:[^%\s\"'<>&]|%(?!26|22|20|0[AaDd]))+")
_GAP = re.compile(
    rb"(?:[ \t]{1,4}|\\{0,7}[\"'](?:,(?:\s|\\n){0,40}|[ \t]{1,4})|\\{0,7}[\"']?,?"
    + LINE_END
    + rb"[ \t]{0,40}- )"
    rb"(\\{0,7}[\"']?)(?=\S)"
)
_QUICK_WORD = re.compile(rb" (?=[A-Za-z_+]{0,60}[0-9])([A-Za-z0-9_+]{8,200})(?=[\s&]|\Z)")
_VALUE_AFTER = re.compile(
    rb"[\"'\\]{0,8}?(?:\s{0,80}[,;]?\s{0,80}|[ ,;]{0,8}" + LINE_END + rb"[ \t]{0,80})"
    rb"[\"'\\]{0,8}[vV]alue([\"'\\]{0,8})[ \t]{0,4}[:=][ \t]{0,4}"
)
_VALUE_BEFORE = re.compile(
    rb"[vV]alue([\"'\\]{0,8})[ \t]{0,4}[:=][ \t]{0,4}\\{0,7}[\"']([^\"'\\\n]{1,500})\\{0,7}[\"']"
    rb"\s{0,40},\s{0,40}[\"'\\]{0,8}[nN]ame"
    rb"[\"'\\]{0,8}[ \t]{0,4}[:=][ \t]{0,4}[\"'\\]{0,8}[\w.-]{1,100}$"
)
_PAIR = re.compile(rb"[(\[]\s{0,4}b?\\{0,7}[\"']([\w.-]{1,80})\\{0,7}[\"'],\s{0,4}b?(\\{0,7})[\"']$")
_CLOSED = re.compile(rb"\\{0,7}[\"'],?\s{0,4}[)\]]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,4096}={0,2}")
_BEARER = re.compile(rb"(?=[\w.~+/=-]{0,80}\d|[\w.~+/=-]{24})[\w.~+/=-]{8,8192}")
_PARAMETER = re.compile(rb"[^\s&\"'<>#\\]{12,8192}")
_TOLD = re.compile(rb"(?=[^\s\"'`]{0,60}[0-9])[^\s\"'`/:]{8,400}(?<![.,;])")
_BACKSLASH = 92
_BARE_WORD = re.compile(rb"[^\s\"']{3,400}")


_RUN = 4096
_TRIES = 4  # how often one run may look like the beginning of a token
_SIGNED = re.compile(rb"%beyJ[\w-]{8,4096}\.[\w-]{8,}(?:\.[\w-]*){0,4}" % START.encode(), re.ASCII)


def named(data: bytes, start: int, end: int) -> Span | None:
    """A name and its sign: `key=value`, `key: value`, `<key>value`, `key%3Dvalue`, `("key", "value")`."""
    sign = data[end - 1]
    if sign in b"=:":
        return value_of(data, end)
    if sign in b"dD":
        return in_url_encoding(data, start, end)
    return in_element(data, start, end) if sign in b">" else paired(data, start, end)


def signed(data: bytes, start: int, end: int) -> Span | None:
    """A JSON web token; `start` is where its run may begin, `end` is 8 bytes behind the header's dot."""
    at = data.find(b"eyJ", max(start, end - _RUN), end)
    for _ in range(_TRIES):
        if at < 0:
            break
        if found := _SIGNED.match(data, at):
            return Span(*found.span())
        at = data.find(b"eyJ", at + 1, end)
    return None


def in_element(data: bytes, _start: int, end: int) -> Span | None:
    """`<password>value</password>`; `end` is behind the closing bracket."""
    opening = data.rfind(b"<", max(0, end - REACH), end)
    name = data[opening + 1 : end - 1].split(b" ", 1)[0]
    if opening < 0 or name.startswith(b"/") or not is_secret_key(name):
        return None
    close = data.find(b"<", end, end + 4096)
    text = data[end:close].strip()
    return Span(end, close) if close > 0 and text and b"MASKED." not in text else None


def in_url_encoding(data: bytes, _start: int, end: int) -> Span | None:
    """`password%3Dvalue%26…`; `end` is behind the encoded sign."""
    if name_before(data, end - 3) is None:
        return None
    value = _ENCODED.match(data, end)
    return Span(value.start(), value.end()) if value and b"MASKED." not in value[0] else None


def after_flag(data: bytes, _start: int, end: int) -> Span | None:
    """`--db-password value`, also as items of a list; `end` is behind the first blank, quote or comma."""
    low = max(0, end - REACH)
    head = data[low : end - 1].rstrip(b"\\")
    name = head[head.translate(IN_NAME).rfind(b" ") + 1 :]
    if name[:1] != b"-" or not is_secret_key(name):
        return None
    if quick := _QUICK_WORD.match(data, end - 1):
        return Span(*quick.span(1))
    gap = _GAP.match(data, low + len(head))
    if gap is None or data[gap.end() : gap.end() + 1] == b"-":
        return None
    named_so = Named(name.lstrip(b"-"), at_line_start=False, quote=b"", sign=b" ")
    return value_after(data, gap.start(1), named_so)


def valued(data: bytes, _start: int, end: int, known: frozenset[bytes] = frozenset()) -> Span | None:
    """`name: DB_PASSWORD` with `value: …` beside it, as Kubernetes writes a variable, in JSON and YAML."""
    end -= 1
    low = max(0, end - REACH)
    bare = data[low:end].rstrip(b"\"'\\")
    name = bare[bare.translate(IN_NAME).rfind(b" ") + 1 :]
    if not is_secret_key(name) and name not in known:
        return None
    if after := _VALUE_AFTER.match(data, end):
        at_line_start = b"\n" in after[0] and not after[1]
        return value_after(data, after.end(), Named(b"secret-value", at_line_start, after[1], b": "))
    before = _VALUE_BEFORE.search(data, max(0, low - 600), end)
    if before is None or b"MASKED." in before[2]:
        return None
    return Span(before.start(2), before.end(2))


def paired(data: bytes, _start: int, end: int) -> Span | None:
    """`("x-api-key", "value")` and `["authorization", "Bearer …"]`; `end` is at the value's first byte."""
    found = _PAIR.search(data, max(0, end - REACH), end)
    if found is None or not is_secret_key(found[1]):
        return None
    named = Named(found[1], at_line_start=False, quote=b"", sign=b",")
    span = value_after(data, end - 1 - len(found[2]), named)
    if (
        span is None
        or not _CLOSED.match(data, span.end)
        or not any(byte in b"0123456789" for byte in data[span.start : span.end])
    ):
        return None
    return span


def stated(data: bytes, _start: int, end: int) -> Span | None:
    """`PASSWORD '…'` and `IDENTIFIED BY '…'`; `end` is at the value's first byte."""
    opening = end - 1
    while data[opening - 1] == _BACKSLASH:
        opening -= 1
    return value_after(data, opening, Named(b"password", at_line_start=False, quote=b"", sign=b" "))


def in_line(data: bytes, _start: int, end: int) -> Span | None:
    """`login x password y`, `requirepass y`; one byte of the value is behind us."""
    return in_command(data, 0, end - 1)


def told(data: bytes, _start: int, end: int) -> Span | None:
    """`Incorrect API key provided: …`; one byte of the value is behind us."""
    value = _TOLD.match(data, end - 1)
    return None if value is None or b"MASKED." in value[0] else Span(*value.span())


def in_login(data: bytes, _start: int, end: int) -> Span | None:
    """base64 of `user:password`, as Basic authorization and registry logins hold it; 8 bytes are behind."""
    value = _BASE64.match(data, end - 8)
    if value is None:
        return None
    try:
        plain = base64.b64decode(value[0] + b"=" * (-len(value[0]) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return Span(value.start(), value.end()) if b":" in plain else None


def borne(data: bytes, _start: int, end: int) -> Span | None:
    """`Bearer …` anywhere; 8 bytes of it are behind us."""
    value = _BEARER.match(data, end - 8)
    return Span(value.start(), value.end()) if value and b"MASKED." not in value[0] else None


def in_query(data: bytes, _start: int, end: int) -> Span | None:
    """A signature, code or key among the parameters of a URL; 12 bytes of it are behind us."""
    value = _PARAMETER.match(data, end - 12)
    return Span(value.start(), value.end()) if value and b"MASKED." not in value[0] else None


def in_command(data: bytes, _start: int, end: int) -> Span | None:
    """`curl -u user:secret`, `-pass pass:secret`; `end` is at the secret's first byte."""
    value = _BARE_WORD.match(data, end)
    if value is None or value[0].isdigit() or value[0][:1] in b"$<{" or b"MASKED." in value[0]:
        return None
    return Span(value.start(), value.end())
