"""Redacts what comes in chunks: live logs, large files, responses that are passed on as they arrive.

Whole lines go out as soon as nothing in them may continue below; at most 64 KiB wait for more. What has
gone out is kept for a moment as context, so that a name in one chunk hides its value in the next.
"""

from __future__ import annotations

import codecs
import re

from mission_control.domain.redact.binary import NOT_TEXT, decoded
from mission_control.domain.redact.ledger import Ledger
from mission_control.domain.redact.redactor import Finding, Redactor

HELD = 65536  # bytes that may wait for their continuation
_SEEN = 1024  # bytes already passed on that are kept as context
_MARGIN = 4096  # of a line without end, this much waits
_CONTINUES = re.compile(
    rb"(?:[|>][+-]?[0-9]?|[nN]ame[\"'\\]{0,8}[ \t]{0,4}[:=][ \t]{0,4}[\"'\\]{0,8}[\w.-]{1,100}[\"'\\]{0,8},?"
    rb"|--[\w.-]{1,100}[\"'\\]{0,8},?|(?:KEY|BLOCK)-----[^\n]{0,8}|[A-Za-z0-9+/=_-]{60,100})[ \t\r]*\n$"
)
_OPEN_DATA = (b"data:\n", b"data:\r\n", b'"data":{', b'"data": {', b'"stringData":{', b'"stringData": {')
_SECRET = (b"kind: Secret", b'"Secret"')
_REST = re.compile(rb"[^\"'\r\n]*(?:\r?\n[A-Za-z0-9+/=]{16,100}(?=\r?\n|$))*")
_WRAPS = 40  # a YAML writer wraps no line that is shorter


class ByteStream:
    """Feed it chunks of text as bytes; it returns what may go out. `close` returns the rest."""

    def __init__(self, redactor: Redactor, ledger: Ledger | None = None, place: str = "stream") -> None:
        self._redactor = redactor
        self._ledger = ledger
        self._place = place
        self._data = b""  # context that has gone out, then what has not
        self._out = 0  # where the second part begins
        self._inside = False  # whether the last cut went through a secret
        self._binary: bool | None = None

    def is_text(self) -> None:
        """Take what comes for text without looking."""
        self._binary = False

    def feed(self, chunk: bytes) -> bytes:
        """What is certain after this chunk, redacted. The first chunk tells whether it is text at all."""
        if self._binary is None and chunk:
            self._binary = decoded(chunk) is not chunk
            if self._binary and self._ledger is not None:
                self._ledger.note("binary", self._place)
            if self._binary:
                return NOT_TEXT
        if self._binary or not chunk:
            return b""
        self._data += chunk
        if b"\n" not in chunk and len(self._data) - self._out < HELD:
            return b""
        findings = self._findings()
        return self._pass_on(self._certain(findings), findings)

    def flush(self) -> bytes:
        """What is held back, redacted as it stands: for a log that has gone quiet."""
        return self._pass_on(len(self._data), self._findings())

    def close(self) -> bytes:
        """The rest, redacted."""
        rest = self.flush()
        self._data, self._out, self._inside, self._binary = b"", 0, False, None
        return rest

    def _findings(self) -> list[Finding]:
        findings = self._redactor.findings(self._data)
        if self._inside and (rest := _REST.match(self._data, self._out)) and rest[0]:
            later = [finding for finding in findings if finding.start >= rest.end()]
            return [Finding(self._out, rest.end(), 0), *later]
        return findings

    def _pass_on(self, until: int, findings: list[Finding]) -> bytes:
        low = self._out
        if until <= low:
            return b""
        here = [finding for finding in findings if finding.end > low and finding.start < until]
        self._inside = bool(here) and here[-1].end >= until and self._data[until - 1 : until] != b"\n"
        masked = self._redactor.masked(self._data, here, self._ledger, self._place, within=(low, until))
        keep = self._context(until)
        self._data, self._out = self._data[keep:], until - keep
        return self._redactor.without_split_values(masked, self._ledger, self._place)

    def _context(self, until: int) -> int:
        """From where the past is kept: some lines, or as far as the Secret that is being written."""
        low = max(0, until - HELD)
        kind = max(self._data.rfind(sign, low, until) for sign in _SECRET)
        keep = max(0, until - _SEEN)
        if kind >= 0 and self._data.find(b"\n---", kind, until) < 0:
            keep = min(keep, kind)
        return keep

    def _certain(self, findings: list[Finding]) -> int:
        """Up to where nothing may still change."""
        data, low = self._data, self._out
        until = data.rfind(b"\n", low) + 1
        if until <= low:
            return self._forced(findings)
        for finding in findings[-3:]:
            if finding.start < until and (finding.end > until or self._may_go_on(finding, until)):
                until = min(until, self._line_of(finding.start))
        if _CONTINUES.search(data, max(low, until - 300), until):
            until = data.rfind(b"\n", low, until - 1) + 1
        if (opened := self._unfinished_secret(until)) is not None:
            until = min(until, opened)
        begun = self._redactor.known.begins_at_end(data[low:until]) if until > low else None
        if begun is not None:
            until = low + begun
        if len(data) - max(until, low) > HELD:
            until = self._forced(findings)
        return until

    def _may_go_on(self, finding: Finding, until: int) -> bool:
        """Whether a finding at the end of the last line could be the beginning of a longer one."""
        data = self._data
        if data[finding.end : until].strip():
            return False
        before = data[finding.start - 1 : finding.start]
        open_string = before in (b'"', b"'") and before not in data[finding.end : until]
        begins_line = not data[data.rfind(b"\n", 0, finding.start) + 1 : finding.start].strip()
        return open_string or begins_line or finding.end - finding.start >= _WRAPS

    def _unfinished_secret(self, until: int) -> int | None:
        """Where data begin of which it is not known yet whether they are a Secret's."""
        low = max(self._out, until - HELD)
        opened = max(self._data.rfind(sign, low, until) for sign in _OPEN_DATA)
        if (
            opened < 0
            or self._data.find(b"kind", opened, until) >= 0
            or self._data.find(b"\n---", opened, until) >= 0
        ):
            return None
        if any(self._data.find(sign, 0, opened) >= 0 for sign in _SECRET):
            return None
        return self._line_of(opened)

    def _line_of(self, at: int) -> int:
        return self._data.rfind(b"\n", self._out, at) + 1 or self._out

    def _forced(self, findings: list[Finding]) -> int:
        """Where to cut when too much waits: not through a secret, unless there is nothing else."""
        if len(self._data) - self._out < HELD:
            return self._out
        until = len(self._data) - _MARGIN
        for finding in findings:
            if finding.start < until < finding.end:
                return finding.start if finding.start > self._out else until
        return until


class TextStream:
    """The same for text."""

    def __init__(self, redactor: Redactor, ledger: Ledger | None = None, place: str = "stream") -> None:
        self._bytes = ByteStream(redactor, ledger, place)
        self._bytes.is_text()
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogatepass").decode

    def feed(self, chunk: str) -> str:
        """What is certain after this chunk, redacted."""
        return self._decode(self._bytes.feed(chunk.encode("utf-8", "surrogatepass")))

    def flush(self) -> str:
        """What is held back, redacted as it stands."""
        return self._decode(self._bytes.flush())

    def close(self) -> str:
        """The rest, redacted."""
        return self._decode(self._bytes.close(), True)  # noqa: FBT003  the name of that argument is `final`
