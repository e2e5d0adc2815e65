"""Secrets in addresses: the password of a URI's user info, or the whole of it when there is no user name.

Also the forms without a scheme that database drivers take. The user's name, the host and the rest stay,
since an operator must see which account on which host was refused.
"""

from __future__ import annotations

import re

from mission_control.domain.redact.masks import is_masked
from mission_control.domain.redact.values import Span

_NO_PORT = rb"(?!\d{1,5}(?:[/?#,\\]|$))"
_PASSWORD = re.compile(rb"[^\s/:@?#\"'<>]{0,256}:" + _NO_PORT + rb"([^\s/\"'<>]{1,512})@(?!sha\d)")
_PASSWORD_WITH_SLASH = re.compile(rb"[^\s/:@?#\"'<>]{0,256}:" + _NO_PORT + rb"([^\s\"'<>@]{1,512})@(?!sha\d)")
_FARTHEST = 600
_SLASHES = re.compile(rb":(?:\\{0,15}/){2}")
_USER = re.compile(rb"([^\s/:@?#\"'<>]{1,256})@")
_ENCODED = re.compile(
    rb"(?:(?!%3[aA]|%40|%2[fF])[^\s\"'<>&]){0,256}%3[aA]((?:(?!%40|%2[fF])[^\s\"'<>&]){1,512})%40"
)
_OPEN_USERS = frozenset({b"git", b"oauth2", b"ssh"})
_PLACEHOLDER = re.compile(
    rb"\$\{[^}]{0,80}\}|\$\([^)]{0,80}\)|\$[A-Z_][A-Z0-9_]{0,60}|\*+|x{3,}|\.{3}|(?:\xe2\x80\xa2)+|PASSWORD|PASS|\[?REDACTED\]?"
    rb"|\{[A-Za-z_.]{0,60}\}|\{\{[^}]{0,80}\}\}|%s|%v|<[^>]{0,80}>|your[-_]?password"
)
_THIN = re.compile(rb"[^\s/@\"']{1,128}/([^\s@\"']{1,256})@")


def in_address(data: bytes, _start: int, end: int) -> Span | None:
    """`scheme://user:password@host`; `end` is behind the first `@`."""
    low = max(0, end - _FARTHEST)
    start = max(data.rfind(b"://", low, end), data.rfind(b":\\", low, end))
    slashes = _SLASHES.match(data, start) if start >= 0 else None
    if slashes is None:
        return None
    end = slashes.end()
    if found := _PASSWORD.match(data, end) or _PASSWORD_WITH_SLASH.match(data, end):
        secret = found[1]
        return None if _PLACEHOLDER.fullmatch(secret) or is_masked(secret) else Span(*found.span(1))
    found = _USER.match(data, end)
    if found is None or found[1] in _OPEN_USERS or _PLACEHOLDER.fullmatch(found[1]) or is_masked(found[1]):
        return None
    if data[max(0, start - 6) : start].endswith((b"ssh", b"sftp", b"mailto")):
        return None
    return None if data[found.end() : found.end() + 3] == b"sha" else Span(*found.span(1))


def in_encoded_address(data: bytes, _start: int, end: int) -> Span | None:
    """The same within a URL that is itself part of a URL: `%3A%2F%2Fuser%3Apassword%40host`."""
    found = _ENCODED.match(data, end)
    return None if found is None or is_masked(found[1]) else Span(*found.span(1))


def in_driver_address(data: bytes, _start: int, end: int) -> Span | None:
    """`user:password@tcp(host)/name`; `end` is behind the opening parenthesis."""
    low = max(0, end - 300)
    begin = max(data.rfind(sign, low, end) for sign in (b" ", b'"', b"'", b"=", b"\n", b"\t")) + 1
    colon = data.find(b":", max(begin, low), end)
    at = data.rfind(b"@", low, end)
    if colon < 0 or at <= colon + 1 or is_masked(data[colon + 1 : at]):
        return None
    return Span(colon + 1, at)


def in_thin_address(data: bytes, _start: int, end: int) -> Span | None:
    """`…:thin:user/password@host`; `end` is behind the second colon."""
    found = _THIN.match(data, end)
    return None if found is None or is_masked(found[1]) else Span(*found.span(1))
