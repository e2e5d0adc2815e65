"""Which names say that their value is a secret: of environment variables, annotations, keys, flags.

Judged by words, so that DB_PASSWORD, dbPassword and db-password are one name, while TOKENIZER, max_tokens and
secretName are none: they hold no secret, only speak of one.
"""

from __future__ import annotations

import itertools
import re

_SECRET_ENDINGS = (
    "password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "credential", "credentials",
    "pwd", "jwt", "cookie",
)  # fmt: skip
_SECRET_WORDS = frozenset(
    {"pass", "salt", "bearer", "authorization", "dsn", "pgpass", "secrets", "passwords"}
)
_SECRET_PAIRS = frozenset({("connection", "string"), ("session", "id"), ("auth", "key")})
_ABOUT_A_SECRET = frozenset({
    "name", "names", "ref", "refs", "ttl", "seconds", "minutes", "expiration", "expiry", "expires",
    "enabled", "type", "path", "file", "dir", "mount", "length", "count", "kind", "class",
    "namespace", "version", "policy", "required", "revision", "algorithm", "issuer",
})  # fmt: skip
_OPEN_KEYS = frozenset({
    "public", "partition", "sort", "primary", "foreign", "cache", "row", "idempotency", "routing",
    "label", "config", "object", "topology",
})  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def is_secret_name(name: str) -> bool:
    """Whether a value under this name is to be hidden."""
    words = [word.lower() for word in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words or words[-1] in _ABOUT_A_SECRET or words[0] == "existing":
        return False
    if any(word.endswith(_SECRET_ENDINGS) or word in _SECRET_WORDS for word in words):
        return True
    if any(pair in _SECRET_PAIRS for pair in itertools.pairwise(words)):
        return True
    return len(words) > 1 and words[-1] in ("key", "keys") and words[-2] not in _OPEN_KEYS
