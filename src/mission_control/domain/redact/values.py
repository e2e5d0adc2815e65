"""Where a value ends, and whether it is one: what stands after a secret's name and its sign.

The name says that a secret follows; here is decided how far it goes in quotes of any depth of escaping,
bare in a line, wrapped over lines or as a YAML block, and whether it is only a placeholder, a type, a piece
of code or the end of a sentence. A long value is never taken for any of these: in doubt it is hidden.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mission_control.domain.redact.masks import is_masked
from mission_control.domain.redact.names import counts_tokens


class Span(NamedTuple):
    """What to mask, and the quotes that must be added around it to keep JSON valid."""

    start: int
    end: int
    quote: bytes = b""


class Named(NamedTuple):
    """A secret's name, and how it stands in the text."""

    name: bytes
    at_line_start: bool
    quote: bytes  # the closing quote of the name with its escapes, or nothing
    sign: bytes


_LEAD = re.compile(rb">?[ \t]{0,40}(?:[bBuUrRfF]{1,2}(?=[\"'])|(?:[&!][\w!./-]{0,64}[ \t]{1,4}){0,3})")
_OPENING = re.compile(rb"(\\{0,15})([\"'`])")
_SCHEME = re.compile(rb"(?i)(?:bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)[ \t]{1,4}(?=\S)")
_PARTS = re.compile(
    rb"(?:(?:digest|aws4-hmac-sha256)[ \t]{1,4})?[\w.$-]{1,120}=(?:\"[^\"\n]{0,4096}\"|[^\s;,\"'\\]{0,4096})"
    rb"(?:[;,][ \t]{0,4}[\w.$-]{1,120}(?:=(?:\"[^\"\n]{0,4096}\"|[^\s;,\"'\\]{0,4096}))?){0,60}",
    re.IGNORECASE,
)
# A line end as it stands, with what a log writes before the next line, or escaped in a string.
LINE_END = rb"(?:(?:\\{1,8}r)?\\{1,8}n|(?:\r?\n){1,2}(?:\d[^\n]{8,80}? )?)"
_ESCAPED_BLOCK = re.compile(rb"[|>][+-]?\d?((?:\\{1,8}r)?\\{1,8}n)([ ]+)[^\\\"'\n]+(?:\1\2[^\\\"'\n]+)*")
_BLOCK = re.compile(rb"[|>][+-]?\d?[+-]?[ \t]*(?:#[^\n]*)?\r?\n")
_LOGGED_LINE = re.compile(rb"\n?(?:\d[^\n]{8,80}?[ \t]{2,}|[ \t]+)(?=\S)([^\n]{1,4096})(?=\n|$)")
_LAST_QUOTE = re.compile(rb"[^'\n]{0,4096}(?:\n|\Z)")
_DOUBLED = re.compile(rb"''([^'\n]{1,4096})''")
_ENDS = {quote: re.compile(rb"\\*[\n" + quote + rb"]") for quote in (b'"', b"'", b"`")}
_BARE = re.compile(
    rb"(?:[^\s\"'<>,;&(){}\[\]\\]|\\(?![\"'nrt\\])|[\"'<>](?=\w)"
    rb"|[,;&(){}\[\]](?![,;&(){}\[\]]{0,8}(?:\s|$|\\{0,8}[\"']|[\w.-]{1,64}(?:=|: ))))+"
)
_WHOLE_WORD = re.compile(rb"\S+")
_NUMBER_IN_JSON = re.compile(rb"[^\s,}\]\"'\\]+")
_LIST = re.compile(
    rb"\[\s{0,80}(?:(?:\"(?:[^\"\\\n]|\\.){0,4096}\"|'[^'\n]{0,4096}'|\\{1,7}\"[^\"\\\n]{0,4096}\\{1,7}\")"
    rb"\s{0,80},?\s{0,80}){1,500}\]"
)
_REST_OF_LINE = re.compile(rb"[^\r\n]+")
_COMMENT = re.compile(rb"[ \t]+#[^\n]*$")
_CONTINUED = re.compile(rb"\r?\n([ \t]+)(?![-\w.\"']{1,80}:[ \t\r\n]|- |at |File )[^\r\n]+")
_WRAPPED = 40  # a YAML writer wraps at 80 columns; shorter first lines are whole
_LINES = 40
_LONG = 160
_FAR = 8192

_OPEN = re.compile(
    rb"(?i:null|none|nil|true|false|undefined|unset|yes|no|~|-+|_+|\*+|x{3,}|\.+|\?+|str|string|bytes|int|bool|optional"
    rb"|any|object|secretstr|\[?redacted\]?|\[?masked\]?|\[?hidden\]?|\[?filtered\]?"
    rb"|\(?sensitive(?: value)?\)?"
    rb"|<[^<>\n]{0,120}>?|\$\{[^\n]{0,120}|\$\([^\n]{0,120}|\$[A-Z_][A-Z0-9_]{0,60}|\{\{[^\n]{0,140}|%[(sqvdr][^\n]{0,60}|%[A-Z_]+%"
    rb"|your[-_ ][\w -]{1,60}|my[-_ ][\w -]{1,40}[-_ ]here"
    rb"|replace[-_ ]?(?:me|with)[\w -]{0,60}|\w{1,40}[-_ ]goes[-_ ]here"
    rb"|example[\w-]{0,20}|placeholder|todo|tbd|\*[A-Za-z][\w-]{0,40}"
    rb"|(?:arn:aws:|vault:|op://|ref\+|projects/|secretsmanager:|ssm:|gcpsm:)[^\n]{0,150})"
    rb"|\xe2\x80\xa2+|(?:\.{0,2}|~)(?:/[a-z0-9._@-]{1,60}){2,12}/?"
    rb"|(?:self|cls|os|settings|config|conf|cfg|args|opts|options|kwargs|process|ctx|request|req|this|env|environ|params"
    rb"|values|secrets|data|creds|credentials|client|app|user|db|state|session|event|row|item)[.\[][\w.\[\]\"'()]{0,100}"
    rb"|[A-Za-z_]\w{0,40}(?:\.\w{1,40}){0,4}\([^\n]{0,80}"
)
_PROSE = frozenset(
    b"a an and are be been can cannot could denied does empty error expired failed for from has have"
    b" is in incorrect invalid malformed mismatch missing must no none not null of on or provided"
    b" rejected required revoked should the to true false unauthorized unknown unset was were will with"
    b" wrong".split()
)
_WORDS_GO_ON = re.compile(rb"[a-z]{2,12}[ \t]+[a-z]{1,12}\b")
_COUNT = re.compile(rb"-?\d{1,7}(?:\.\d+)?[kKmM]?")
_OBJECT_NAME = re.compile(
    rb"[a-z0-9.-]{1,100}/[a-z0-9.-]{1,100}|[a-z0-9-]{1,80}-(?:secrets?|tls|tokens?|certs?|keys?|credentials?|auth|config)"
)


def value_after(data: bytes, at: int, named: Named) -> Span | None:
    """The span of the value that begins at or soon after `at`, or None when there is nothing to hide."""
    lead = _LEAD.match(data, at)
    start = lead.end() if lead else at
    if opening := _OPENING.match(data, start):
        if named.quote.endswith(b"''") and (doubled := _DOUBLED.match(data, start)):
            return None if _is_open(doubled[1], named) else Span(*doubled.span(1))
        return _quoted(data, opening, named)
    if start >= len(data) or data[start] in b"\r\n":
        return None
    if data[start] in b"|>" and (block := _block_at(data, start, at, named)) is not None:
        return block if block.end > block.start else None
    if named.quote:
        return _in_json(data, start, named)
    return _bare(data, start, named)


def _block_at(data: bytes, start: int, at: int, named: Named) -> Span | None:
    """The block scalar that begins here, if one does: in YAML, in a log of it, in a string that holds it.

    The span is empty when the block has nothing to hide.
    """
    if escaped := _ESCAPED_BLOCK.match(data, start):
        body = start + escaped[0].find(escaped[1]) + len(escaped[1]) + len(escaped[2])
        return Span(body, body if is_masked(data[body : escaped.end()]) else escaped.end())
    block = _BLOCK.match(data, start)
    if block is None:
        return None
    if named.at_line_start:
        return _block(data, block.end(), _indentation(data, at))
    body, end = 0, block.end()
    while line := _LOGGED_LINE.match(data, end):
        body = body or line.start(1)
        end = line.end()
    return Span(body, body if is_masked(data[body:end]) else end)


def _quoted(data: bytes, opening: re.Match[bytes], named: Named) -> Span | None:
    start = opening.end()
    if scheme := _SCHEME.match(data, start):
        start = scheme.end()
    end = _closing(data, start, len(opening[1]), opening[2])
    if end - start <= _LONG and _is_open(data[start:end], named):
        return None
    return Span(start, end) if end > start else None


def _closing(data: bytes, start: int, escapes: int, quote: bytes) -> int:
    """Where the string ends that was opened by this quote behind so many backslashes."""
    at = start
    while found := _ENDS[quote].search(data, at):
        at = found.end()
        if data[at - 1] == 10:  # noqa: PLR2004  a line feed
            return _closing_below(data, start, found.end() - 1, quote) if not escapes else found.start()
        behind = at - 1 - found.start()
        if escapes:
            if behind <= escapes:
                return found.start()
        elif quote == b"'":
            if data[at : at + 1] == quote and at - 1 > start:
                at += 1  # YAML writes a single quote in single quotes twice
            elif behind % 2 == 0 or _LAST_QUOTE.match(data, at):
                return at - 1  # and its backslash escapes nothing
        elif behind % 2 == 0:
            return at - 1
    return len(data)


def _closing_below(data: bytes, start: int, line_end: int, quote: bytes) -> int:
    """The end of a string over several lines, or of its first line when it does not look like one."""
    limit = min(len(data), start + _FAR)
    closing = data.find(quote, line_end, limit)
    after = data[closing + 1 : closing + 3].lstrip(b" \t,;")
    inside = data[line_end : max(closing, line_end)]
    if (
        closing < 0
        or (after and after[:1] not in b"\r\n}])")
        or b": " in inside
        or b"=" in inside.rstrip(b"=")
    ):
        return line_end
    return closing


def _indentation(data: bytes, at: int) -> int:
    line = data[data.rfind(b"\n", max(0, at - 400), at) + 1 : at]
    return len(line) - len(line.lstrip(b" \t"))


def _block(data: bytes, start: int, indentation: int) -> Span:
    """A YAML block scalar: every line below that is empty or indented deeper than its key."""
    end, first = start, None
    while end < len(data):
        stop = data.find(b"\n", end)
        stop = len(data) if stop < 0 else stop + 1
        line = data[end:stop]
        text = line.lstrip(b" \t")
        if text.strip() and len(line) - len(text) <= indentation:
            break
        if first is None and text.strip():
            first = end + len(line) - len(text)
        end = stop
    if first is None or is_masked(data[first:end]):
        return Span(start, start)
    whole = data[first:end]
    return Span(first, first + len(whole.rstrip()))


def _in_json(data: bytes, start: int, named: Named) -> Span | None:
    """A value without quotes whose name has them: a number, a constant, a list of strings."""
    if data[start] == 91:  # noqa: PLR2004  an opening bracket
        return _listed(data, start)
    value = _NUMBER_IN_JSON.match(data, start)
    if value is None or data[start] in b"{" or _is_open(value[0], named):
        return None
    return Span(value.start(), value.end(), named.quote)


def _listed(data: bytes, start: int) -> Span | None:
    items = _LIST.match(data, start)
    if items is None or is_masked(items[0]):
        return None
    first = _OPENING.search(items[0])
    if first is None:
        return None
    last = items[0].rfind(first[0])
    return Span(start + first.end(), start + last) if last > first.end() else None


def _bare(data: bytes, start: int, named: Named) -> Span | None:
    if named.name[-13:].lower().endswith((b"cookie", b"authorization")) and (
        all_of := _PARTS.match(data, start)
    ):
        return None if is_masked(all_of[0]) else Span(*all_of.span())
    if scheme := _SCHEME.match(data, start):
        start = scheme.end()
    if data[start : start + 1] == b"[":
        return _bracketed(data, start, named)
    if named.at_line_start and named.sign.endswith(b" ") and b":" in named.sign:
        return _line(data, start, named)
    whole = named.at_line_start and b"=" in named.sign and data[start] not in b"({["
    value = (_WHOLE_WORD if whole else _BARE).match(data, start)
    if value is None or (len(value[0]) <= _LONG and _is_open(value[0], named)):
        return None
    if _is_prose(data, value, named):
        return None
    return Span(value.start(), value.end())


def _bracketed(data: bytes, start: int, named: Named) -> Span | None:
    """`Authorization:[Bearer x]`, as Go prints a header."""
    end = data.find(b"]", start, start + 4096)
    inner = start + 1
    if end < 0 or b"=" in named.sign or data[inner : inner + 1] in b"{[\"'" or b"\n" in data[inner:end]:
        return None
    if scheme := _SCHEME.match(data, inner):
        inner = scheme.end()
    return Span(inner, end) if end > inner and not _is_open(data[inner:end], named) else None


def _line(data: bytes, start: int, named: Named) -> Span | None:
    """The rest of a line, as YAML reads it, with the lines below that continue it."""
    rest = _REST_OF_LINE.match(data, start)
    if rest is None or data[start] in b"{[":
        return _flow(data, start)
    text = _COMMENT.sub(b"", rest[0]).rstrip()
    words = text.split(maxsplit=1)
    if not words or (len(text) <= _LONG and _is_open(text, named)):
        return None
    if len(words) > 1 and words[0].strip(b".,:").lower() in _PROSE:
        return None
    end, depth = start + len(text), _indentation(data, start)
    if len(text) >= _WRAPPED:
        for _ in range(_LINES):
            more = _CONTINUED.match(data, end)
            if more is None or len(more[1]) <= depth:
                break
            end = more.end()
    return Span(start, end)


def _flow(data: bytes, start: int) -> Span | None:
    return _listed(data, start) if data[start : start + 1] == b"[" else None


def _is_prose(data: bytes, value: re.Match[bytes], named: Named) -> bool:
    """Whether a colon merely ends a phrase: "cannot read the token: not found"."""
    if b":" not in named.sign or not named.sign.endswith(b" "):
        return False
    word = value[0].rstrip(b".,:;!").lower()
    return word in _PROSE or word in (b"secret", b"secrets") or bool(_WORDS_GO_ON.match(data, value.start()))


def _is_open(value: bytes, named: Named) -> bool:  # noqa: PLR0911  a list of reasons
    """Whether a value may be read by all: nothing, a placeholder, a type, code, a count, a mask."""
    text = value.strip()
    if not text or is_masked(text):
        return True
    if len(text) > _LONG:
        return False
    text = text.rstrip(b".,;:)") or text
    if _OPEN.fullmatch(text):
        return True
    name = named.name.decode("ascii", "replace")
    if _COUNT.fullmatch(text):
        return counts_tokens(name)
    lower = name.lower()
    if lower.endswith("pwd") and text.startswith(b"/") and name.isupper():
        return True
    if lower in ("secret", "secrets") and _OBJECT_NAME.fullmatch(text):
        return True
    return text == named.name and b"=" in named.sign


def is_open_value(value: str, name: str) -> bool:
    """Whether a value under a secret's name may be read by all; `value` is the whole of it."""
    named = Named(name.encode("utf-8", "replace"), at_line_start=True, quote=b"", sign=b"=")
    data = value.encode("utf-8", "replace")
    return len(data) <= _LONG and _is_open(data, named)
