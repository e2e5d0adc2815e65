"""What stands in a secret's place: a reserved, typed token with a short keyed fingerprint.

`MASKED.jwt.7f3a9c21d4` is made of letters, digits, dots and hyphens only, so it stays one word in JSON,
YAML, CSV, HTML, a URL and a shell; it is no base64, so an API server refuses it as the data of a Secret.
Kind and fingerprint depend on the secret alone, never on where it was found: equal secrets have equal masks
wherever they stand. Without a key no fingerprint is made, since everybody could then try words against it.

A mask must never travel back into a cluster. Every path that writes asks `refuse_mask` first.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

CHIP = "••••"
MASK = "MASKED.secret.0000000000"
SECRET = b"secret"

_FINGERPRINT_BYTES = 5
_NO_FINGERPRINT = b"0000000000"
FORM = re.compile(rb"MASKED\.[a-z][a-z0-9-]{0,30}\.[0-9a-f]{10}")
_WRITTEN = re.compile(r"(?i)MASKED\.[a-z][a-z0-9-]{0,30}\.[0-9a-f]{10}|MASKED\.[a-z][a-z0-9-]{0,30}\.?")
_STABLE = 3  # characters of base64 that depend on what stands beside a value


def _dressed() -> tuple[str, ...]:
    """How the beginning of a mask looks inside base64, at each of its three alignments."""
    whole = [base64.b64encode(b"." * before + b"MASKED.").decode() for before in range(3)]
    return tuple(text.rstrip("=")[start:-1] for text, start in zip(whole, (0, 2, _STABLE), strict=True))


_IN_BASE64 = _dressed()
_NOT_A_VALUE = b" \t\r\n\"'`\\,;:&=()[]{}<>"


class MaskInWriteError(ValueError):
    """A mask stood where a value was to be written; nothing has been written."""


class Masks:
    """Makes masks with one key: the install's, or one made for a single bundle."""

    __slots__ = ("_hash",)

    def __init__(self, key: bytes | None) -> None:
        self._hash = None if key is None else blake2b(key=key[:64], digest_size=_FINGERPRINT_BYTES)

    @property
    def is_keyed(self) -> bool:
        """Whether there is a key."""
        return self._hash is not None

    def mask(self, secret: bytes, kind: bytes = SECRET) -> bytes:
        """The mask of this secret."""
        if self._hash is None:
            return b"MASKED.%b.%b" % (kind, _NO_FINGERPRINT)
        digest = self._hash.copy()
        digest.update(secret)
        return b"MASKED.%b.%b" % (kind, digest.hexdigest().encode())


def is_masked(value: bytes) -> bool:
    """Whether nothing but masks, blanks and punctuation is left in it."""
    return b"MASKED." in value and not FORM.sub(b"", value).strip(_NOT_A_VALUE)


def contains_mask(text: str) -> bool:
    """Whether a mask stands in the text: whole, cut short, in base64, or as the chip that pages show."""
    return _first_mask(text) is not None


def refuse_mask(content: Any, where: str) -> None:
    """Raise MaskInWriteError when a mask stands anywhere in what is to be written.

    `content` is a text or the tree that JSON or YAML makes; `where` names the target in the operator's words,
    for example "the values of release main". The message tells the line of a text, the path in a tree.
    """
    for path, text in _texts(content, ""):
        at = _first_mask(text)
        if at is not None:
            line = text.count("\n", 0, at) + 1
            place = f"line {line} of {path}" if path and "\n" in text else path or f"line {line}"
            raise MaskInWriteError(
                f"{where}: {place} holds a mask instead of a value. Nothing was written. "
                "Put the real value there, or leave the field as it is in the cluster."
            )


def _first_mask(text: str) -> int | None:
    if found := _WRITTEN.search(text):
        return found.start()
    places = [text.find(sign) for sign in (CHIP, *_IN_BASE64)]
    return min((place for place in places if place >= 0), default=None)


def _texts(tree: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, bytes | bytearray):
        yield path, bytes(tree).decode("utf-8", "replace")
    elif isinstance(tree, dict):
        for key, value in tree.items():
            inner = f"{path}.{key}" if path else str(key)
            yield from _texts(str(key), f"the key {inner}")
            yield from _texts(value, inner)
    elif isinstance(tree, list | tuple | set | frozenset):
        for index, value in enumerate(tree):
            yield from _texts(value, f"{path}[{index}]")
