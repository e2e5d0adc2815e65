"""Whether bytes are text, and in which encoding: what is none is reported, never passed on."""

from __future__ import annotations

import codecs

NOT_TEXT = b"[binary content, not shown]\n"

_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\b\x1b")
_SHARE = 20  # one control character among so many bytes makes them binary
_LOOKED_AT = 8192
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> bytes | None:
    """The content as bytes in which ASCII is ASCII: UTF-8 or any single-byte encoding. None for binary."""
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode()
    head = content[:_LOOKED_AT]
    zeros = head.count(0)
    if zeros and (wide := _without_mark(head)):
        return content.decode(wide, "replace").encode()
    if zeros or len(head) - len(head.translate(None, _CONTROL)) > len(head) // _SHARE:
        return None
    return content


def _without_mark(head: bytes) -> str | None:
    """UTF-16 shows in ASCII text as a zero in every other byte."""
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.1 else None
