"""Secrets in free text: log lines, events, messages, URLs, YAML that somebody pasted into a ConfigMap.

Every pattern starts where a run of its characters starts (the look-behind) and has no nested repetition, so
that a hostile log line costs time in proportion to its length.
"""

from __future__ import annotations

import re

from mission_control.domain.redact.names import is_secret_name

MASK = "••••"

_PEM_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY-----")
_PEM_END = re.compile(r"-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY-----")
_USER_AND_PASSWORD = re.compile(
    r"(://[^\s/:@?#\"'<>]{0,256}:)(?!\d{1,5}(?:[/?#]|$))[^\s\"'<>]{1,512}@(?!sha\d)"
)
_USER_ALONE = re.compile(r"://[^\s/:@?#\"'<>]{1,256}@")
_TOKENS = re.compile(
    r"(?<![\w-])(?:"
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"  # a JSON web token
    r"|(?:lsv2_[a-z]{2}_|sk-|gh[pousr]_|glpat-|xox[abprs]-)[\w-]{16,}"  # issued with a prefix that says so
    r"|AKIA[A-Z0-9]{16}(?!\w))"
)
_BEARER = re.compile(r"(?i)(?<!\w)(bearer\s{1,4})[\w.~+/=-]{16,}")
_KEY = re.compile(
    r"(?i)(?<![\w.-])(?P<key>(?:(?:api|access|licen[sc]e|secret|private|encryption)[ ])?[\w.-]+)"
    r"(?:\\{0,3}[\"'])?(?P<sign>[ \t]{0,4}[:=]>?[ \t]{0,4}|(?<=\w)[ \t]{1,4}(?=[^\s-]))"
)
_SCHEME = r"(?:(?i:bearer|basic|digest|negotiate|token|apikey)[ \t]{1,4})?"
_VALUE = re.compile(
    rf"\\{{1,3}}[\"']{_SCHEME}(?P<escaped>[^\"'\\]+)"  # JSON within JSON
    rf"|\"{_SCHEME}(?P<double>(?:[^\"\\]|\\.)+)"
    rf"|'{_SCHEME}(?P<single>[^'\n]+)"
    rf"|{_SCHEME}(?P<bare>[^\s\"',;&{{}}\[\]()<>\\]+)"
)
_PROSE = frozenset({
    "a", "an", "and", "are", "be", "can", "cannot", "could", "does", "empty", "error", "expired",
    "failed", "has", "is", "invalid", "missing", "must", "no", "none", "not", "null", "of", "or",
    "provided", "required", "secret", "secrets", "the", "to", "true", "false", "unauthorized",
    "unset", "was", "were", "will", "with",
})  # fmt: skip


def redact(text: str) -> str:
    """The text with everything that looks like a secret replaced by the mask. Idempotent."""
    if "PRIVATE KEY-----" in text:
        text = _without_private_keys(text)
    if "://" in text:
        text = _USER_AND_PASSWORD.sub(rf"\1{MASK}@", text)
        text = _USER_ALONE.sub(f"://{MASK}@", text)
    text = _TOKENS.sub(MASK, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _without_values(text)


def _without_private_keys(text: str) -> str:
    """Every private key block, or what there is of one whose end was cut off, becomes one mask."""
    parts, position = [], 0
    while begin := _PEM_BEGIN.search(text, position):
        end = _PEM_END.search(text, begin.end())
        parts += [text[position : begin.start()], MASK]
        position = end.end() if end else len(text)
    return "".join([*parts, text[position:]])


def _without_values(text: str) -> str:
    """`key=value`, `key: value`, `"key": "value"` and `--key value` with a secret's name lose their value."""
    parts, position = [], 0
    for found in _KEY.finditer(text):
        key, sign = found["key"], found["sign"]
        is_flag = key.startswith("--")
        if found.end() < position or (not sign.strip() and not is_flag) or not is_secret_name(key):
            continue
        value = _VALUE.match(text, found.end())
        if value is None or value.lastgroup is None or _is_prose(value, sign, is_flag=is_flag):
            continue
        parts += [text[position : value.start(value.lastgroup)], MASK]
        position = value.end()
    return "".join([*parts, text[position:]])


def _is_prose(value: re.Match[str], sign: str, *, is_flag: bool) -> bool:
    """Whether a colon merely ends a phrase: "cannot read the token: not found"."""
    return ":" in sign and sign.endswith(" ") and not is_flag and value[0].lower() in _PROSE
