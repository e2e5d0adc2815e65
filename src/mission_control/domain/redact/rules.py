"""The table of all rules: what the prefilter looks for, and what confirms a hit.

Rules that know a secret by its place come first, rules that know it by its shape after them: when both find
the very same bytes, the shape says what kind of secret it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from mission_control.domain.redact import addresses, blocks, contexts
from mission_control.domain.redact.names import NAME
from mission_control.domain.redact.shapes import SHAPES
from mission_control.domain.redact.values import Span

Confirm = Callable[[bytes, int, int], Span | blocks.Searched | None]


class Rule(NamedTuple):
    """One rule: its name in the ledger, the kind in the mask, its anchor, what confirms a hit."""

    name: str
    kind: str
    anchor: bytes
    wants_start: bool
    confirm: Confirm


# A star behind a class is unbounded for hyperscan and short for `re`: see the scanner.
_SIGN = r"[ \t]{0,4}[:=][ \t]{0,4}"
_Q = r"[\"'\\]*"
_QUOTE = r"[\\]*[\"']"

_NAMED = rf"{NAME}(?:[\"'\\\]]*[ \t]{{0,40}}[:=]|>|%3[dD]|{_QUOTE},\s{{0,4}}b?{_QUOTE})"
_LOGIN = r"(?i:login[ \t]{1,4}[^\s]{1,64}\s{1,4}password|requirepass|masterauth)[ \t]{1,4}[^\s]"
_OPTION = r"(?:-pass(?:in|out)?|sshpass|login[^\n]{0,100})[ \t]{1,4}(?:pass:|-p[ \t]{1,2})[\"']?"
_TOLD = (
    r"(?i:key|token|password|secret)[ ](?i:provided|is|was|used|value|received|given):?[ ]{1,2}[\"'`]?[^\s]"
)
_QUERY = (
    r"[?&;](?i:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|code|key|access_token"
    r"|client_assertion|assertion)=[^\s&\"'<>#]{12}"
)

# name, anchor, whether the start is wanted, what confirms
_PLACES: tuple[tuple[str, str, bool, Confirm], ...] = (
    (
        "private-key",
        r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----",
        True,
        blocks.private_key,
    ),
    (
        "private-key",
        r"-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----",
        True,
        blocks.end_of_private_key,
    ),
    ("secret-data", r"kind: {1,4}Secret", False, blocks.secret_values),
    ("secret-data", rf"kind{_QUOTE}\s{{0,4}}:\s{{0,4}}{_QUOTE}Secret{_QUOTE}", False, blocks.secret_values),
    ("address", r":[\\]*/[\\]*/[^\s\"'<>@]*@", False, addresses.in_address),
    ("address", r"%3[aA]%2[fF]%2[fF]", False, addresses.in_encoded_address),
    ("address", r"@(?:tcp|unix)\(", False, addresses.in_driver_address),
    ("address", r":thin:", False, addresses.in_thin_address),
    ("named-value", _NAMED, False, contexts.named),
    ("flag", rf"-[\w.-]*{NAME}[ \t\n\r\"'\\,]", False, contexts.after_flag),
    ("variable", rf"[nN]ame{_Q}{_SIGN}{_Q}[\w.-]*{NAME}[\"'\\\s,]", False, contexts.valued),
    (
        "statement",
        rf"(?i:password|passwd|identified by|identified with [a-z0-9_]{{1,40}} by)\s{{1,4}}[eE]?{_QUOTE}",
        False,
        contexts.stated,
    ),
    ("login", _LOGIN, False, contexts.in_line),
    ("login", r"(?i:basic)[ \t]{1,4}[A-Za-z0-9+/]{8}", False, contexts.in_login),
    ("login", rf"auth{_Q}{_SIGN}{_Q}[A-Za-z0-9+/]{{8}}", False, contexts.in_login),
    ("bearer", r"(?i:bearer)(?:[ \t]{1,4}|%20)[A-Za-z0-9_.~+/=-]{8}", False, contexts.borne),
    (
        "query",
        _QUERY,
        False,
        contexts.in_query,
    ),
    ("command", r"-(?:u|-user)[ \t=]{1,2}[\"']?[A-Za-z0-9_.@-]{1,64}:", False, contexts.in_command),
    ("command", _OPTION, False, contexts.in_command),
    ("command", r"-cli[^\n]{0,100}[ \t]-a[ \t]{1,2}[\"']?", False, contexts.in_command),
    (
        "command",
        r"(?:mysql|mysqldump|mysqladmin|mariadb)[ \t][^\n]{0,100}[ \t]-p[^ \t\n-]",
        False,
        contexts.in_line,
    ),
    ("command", r"auth=\([^,()\n]{1,80},[ \t]{0,4}[\"']", False, contexts.in_command),
    ("statement", r"(?i:password)[^\n:=\"'.]{0,40} is [\"'`][^\s]", False, contexts.told),
    (
        "statement",
        _TOLD,
        False,
        contexts.told,
    ),
)


_SIGNED = rb"eyJ[A-Za-z0-9_-]{8}[A-Za-z0-9_-]*[.][A-Za-z0-9_-]{8}"


_KINDS = {"private-key": "private-key"}


def _shaped(whole: str) -> Confirm:
    match = re.compile(whole.encode()).match

    def confirm(data: bytes, start: int, _end: int) -> Span | None:
        found = match(data, start)
        return None if found is None else Span(*found.span(found.re.groups and 1))

    return confirm


def _rules() -> tuple[Rule, ...]:
    return (
        *(
            Rule(name, _KINDS.get(name, "secret"), anchor.encode(), wanted, confirm)
            for name, anchor, wanted, confirm in _PLACES
        ),
        Rule("jwt", "jwt", _SIGNED, wants_start=True, confirm=contexts.signed),
        *(
            Rule(
                shape.name, shape.kind, shape.anchor.encode(), wants_start=True, confirm=_shaped(shape.whole)
            )
            for shape in SHAPES
        ),
    )


RULES: tuple[Rule, ...] = _rules()
FIRST_SHAPE = len(_PLACES)
