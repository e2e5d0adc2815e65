"""Values that may not be kept become digests: equal values have equal digests, and no more can be told.

The digest is keyed, so that nobody who reads it elsewhere can find the value by trying. Whoever puts the
console together gives the key; it never leaves the process.
"""

from __future__ import annotations

import hashlib
from base64 import b85encode

_BYTES = 8


class Seal(str):
    """A digest in place of a value; sealing it again changes nothing."""

    __slots__ = ()


class _Key:
    """The key of this process."""

    current = b"not keyed"


def seal_with(key: bytes) -> None:
    """Make all digests from now on with this key, of at most 64 bytes."""
    _Key.current = key


def seal(value: str) -> Seal:
    """The digest of a value."""
    made = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=_BYTES, key=_Key.current)
    return Seal(b85encode(made.digest()).decode())


def sealed(values: dict[str, str]) -> dict[str, str]:
    """The same keys with a digest of each value."""
    return {key: value if isinstance(value, Seal) else seal(value) for key, value in values.items()}
