"""Logs for a terminal: a line each, or a JSON object a line, written in batches.

Lines come redacted from the stream filter, which knows what stood before them; so they are passed on as they
are, except that what could steer the terminal is taken out.
"""

from __future__ import annotations

import re

import msgspec

from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import Entry, Source
from mission_control.services.logs.session import Batch
from mission_control.terminal import screen

_STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line or a mark as JSON."""

    at: str
    namespace: str
    pod: str
    container: str
    text: str
    level: str = ""
    mark: str = ""
    until: str = ""


def told(entry: Entry, source: Source) -> Told:
    """An entry with its moments written out."""
    until = stamps.written(entry.until) if entry.until else ""
    names = (source.namespace, source.pod, source.container)
    return Told(stamps.written(entry.at), *names, entry.text, entry.level, entry.mark, until)


class Telling:
    """Writes batches to standard output."""

    def __init__(self, form: str, *, with_moments: bool) -> None:
        self._is_json = form == "json"
        self._with_moments = with_moments
        self._sources: dict[str, Source] = {}
        self._encode = msgspec.json.Encoder().encode

    def tell(self, batch: Batch) -> None:
        """Write one batch at once."""
        self._sources |= {source.key: source for source in batch.sources}
        if not batch.entries:
            return
        write = self._json if self._is_json else self._text
        screen.pass_on(b"".join([write(entry) for entry in batch.entries]))

    def _json(self, entry: Entry) -> bytes:
        return self._encode(told(entry, self._sources[entry.source])) + b"\n"

    def _text(self, entry: Entry) -> bytes:
        source = self._sources[entry.source]
        moment = f"{stamps.written(entry.at)} " if self._with_moments else ""
        text = _STEERS.sub("", entry.text)
        if entry.mark:
            until = f" until {stamps.written(entry.until)}" if entry.until else ""
            return f"{moment}--- {stamps.written(entry.at)}{until}: {text}\n".encode("utf-8", "replace")
        return f"{moment}{source.pod} {source.container} {text}\n".encode("utf-8", "replace")
