"""What a line says of itself: how bad it is, and in JSON its message.

The forms are those that the products and their stores write: JSON of structured loggers, tab-separated lines,
`LEVEL logger: message`, `[level ]`, `<Level>`, `LEVEL:  `, signs after the process, access logs by their
status. A form that is not known has no level, which is better than a wrong one.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mission_control.domain.logs.entries import Level

_HEAD = 240  # characters in which a level must stand
_WORDS: dict[str, Level] = {
    **dict.fromkeys(
        ("error", "err", "fatal", "critical", "crit", "panic", "emerg", "alert", "severe"), "error"
    ),
    **dict.fromkeys(("warn", "warning"), "warn"),
    **dict.fromkeys(("info", "notice", "log", "information", "statement", "hint", "detail"), "info"),
    **dict.fromkeys(("debug", "trace", "verbose", "test"), "debug"),
}
_NAMES = "|".join(sorted(_WORDS, key=len, reverse=True))
_START = r"^(?:[\[(]?[\d:./,TZ +-]{8,40}[\])]?[ \t:|-]{1,4}(?:UTC|GMT)?[ \t]*)?"
_FORMS = re.compile(
    rf"{_START}(?:\[\d+\] ?)?(?:[\[<(]?(?P<first>(?i:{_NAMES}))\b[ ]*[\]>):\t|]"
    rf"|(?P<upper>{_NAMES.upper()})(?=[\s\[-]|$))"
    rf"|\b(?:level|lvl|severity)=\"?(?P<pair>(?i:{_NAMES}))\b"
    rf"|<(?P<angle>Fatal|Critical|Error|Warning|Notice|Information|Debug|Trace|Test)>"
    rf"|[ \[](?P<bracket>(?i:{_NAMES}))\] "
    rf"|[ \t|](?P<inner>FATAL|ERROR|CRITICAL|WARNING|WARN|INFO|DEBUG|LOG)(?::|[ \t])"
    rf"|^(?P<klog>[IWEF])\d{{4}} \d\d:"
    rf"|^\d+:[MCSX] (?:\d.{{0,30}} )?(?P<sign>[.*#-]) "
    rf"|^(?P<trace>Traceback \(most recent call last\)|panic: |Exception in thread"
    rf"|[\w.:]{{3,60}}(?:Error|Exception): )"
    rf'|" (?P<status>[1-5]\d\d)(?: |$)'
)
_SIGNS: dict[str, Level] = {"I": "info", "W": "warn", "E": "error", "F": "error"}
_SHORT: dict[str, Level] = {".": "debug", "-": "info", "*": "info", "#": "warn"}
_STATUSES: dict[str, Level] = {"5": "error", "4": "warn"}
_LEVEL_KEYS = ("level", "severity", "levelname", "lvl", "log.level", "loglevel", "@level")
_MESSAGE_KEYS = ("message", "msg", "event", "@message", "log", "textPayload")
_NUMBERS: tuple[tuple[int, Level], ...] = ((50, "error"), (40, "warn"), (30, "info"))  # of bunyan and pino
_decode = msgspec.json.Decoder().decode


def level_of(text: str) -> Level:
    """How bad the line says that it is."""
    if text.startswith("{"):
        found = _json_level(text)
        if found is not None:
            return found
    match = _FORMS.search(text[:_HEAD])
    if match is None or match.lastgroup is None:
        return ""
    return _meant(match.lastgroup, match[match.lastgroup])


def _meant(form: str, word: str) -> Level:
    """The level that a word means in the form in which it stands."""
    if form == "trace":
        return "error"
    if form == "status":
        return _STATUSES.get(word[0], "info")
    known = {"klog": _SIGNS, "sign": _SHORT}.get(form, _WORDS)
    return known.get(word if known is not _WORDS else word.lower(), "")


_QUICK = re.compile(
    r'"(?:level|severity|levelname|lvl|log\.level)" ?: ?(?:"(?P<word>[A-Za-z]{3,12})"|(?P<number>\d{2}))'
)


def _json_level(text: str) -> Level | None:
    """From JSON without decoding it: a level is near one of few keys."""
    found = _QUICK.search(text)
    if found is None:
        return None
    if found["word"]:
        return _WORDS.get(found["word"].lower(), "")
    number = int(found["number"])
    for least, name in _NUMBERS:
        if number >= least:
            return name
    return "debug"


class Fields(msgspec.Struct, frozen=True):
    """A line of JSON taken apart: its message, and the rest as names and texts."""

    message: str
    fields: tuple[tuple[str, str], ...]


def fields_of(text: str) -> Fields | None:
    """The fields of a line that is a JSON object; None for any other."""
    if not text.startswith("{"):
        return None
    try:
        tree = _decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    if not isinstance(tree, dict):
        return None
    message_key = next((key for key in _MESSAGE_KEYS if isinstance(tree.get(key), str)), "")
    rest = [(str(key), _said(value)) for key, value in tree.items() if key not in (message_key, *_LEVEL_KEYS)]
    return Fields(str(tree.get(message_key, "")), tuple(rest))


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
