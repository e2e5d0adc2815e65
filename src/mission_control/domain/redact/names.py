"""Which names say that their value is a secret: of environment variables, annotations, keys, flags.

Judged by words, so that DB_PASSWORD, dbPassword and db-password are one name, while TOKENIZER, max_tokens
and secretName are none: they hold no secret, only speak of one.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

_SECRET_ENDINGS = (
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "credential",
    "credentials",
    "pwd",
    "jwt",
    "cookie",
)
_SECRET_WORDS = frozenset(
    {
        "pass",
        "salt",
        "bearer",
        "authorization",
        "dsn",
        "pgpass",
        "secrets",
        "passwords",
        "authtoken",
        "requirepass",
        "masterauth",
        "jwks",
        "jwk",
        "pat",
    }
)
_SECRET_PAIRS = frozenset(
    {
        ("connection", "string"),
        ("session", "id"),
        ("auth", "key"),
        ("key", "data"),
        ("applied", "configuration"),
        ("access", "code"),
        ("recovery", "code"),
        ("webhook", "url"),
        ("signing", "key"),
    }
)
_ABOUT_A_SECRET = frozenset(
    {
        "name",
        "names",
        "ref",
        "refs",
        "ttl",
        "seconds",
        "minutes",
        "expiration",
        "expiry",
        "expires",
        "enabled",
        "type",
        "path",
        "file",
        "dir",
        "mount",
        "length",
        "count",
        "kind",
        "class",
        "namespace",
        "version",
        "policy",
        "required",
        "revision",
        "algorithm",
        "issuer",
        "usage",
        "limit",
        "budget",
        "total",
        "size",
        "rate",
        "per",
        "window",
        "used",
        "uri",
        "audience",
        "alg",
        "age",
        "days",
        "hours",
        "at",
        "status",
        "endpoint",
        "source",
        "provider",
        "format",
        "prefix",
        "position",
        "index",
        "cost",
        "price",
        "rotation",
        "interval",
        "duration",
        "counts",
        "info",
        "metadata",
        "error",
        "errors",
        "mode",
    }
)
_OPEN_KEYS = frozenset(
    {
        "public",
        "partition",
        "sort",
        "primary",
        "foreign",
        "cache",
        "row",
        "idempotency",
        "routing",
        "label",
        "config",
        "object",
        "topology",
        "bucket",
        "dict",
        "map",
        "hot",
        "group",
        "index",
        "selector",
        "lock",
        "lookup",
        "shard",
        "order",
        "dedup",
        "dedupe",
        "metric",
        "unique",
        "composite",
        "natural",
        "home",
        "end",
        "arrow",
        "page",
        "first",
        "last",
        "missing",
        "unknown",
        "invalid",
    }
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 200

# What the prefilter looks for: every secret name has one of these in it. A bare "key" is none, and neither
# are the commonest of names that hold none: `tokens` and `token_count`.
NAME = (
    r"(?i:(?:pass|pwd|secret|credential|jwt|cookie|salt|bearer|authorization|dsn|[0-9a-z_. -]keys?|jwk"
    r"|masterauth|connection.?string|session.?id|auth.?key|applied.?configuration|access.?code|recovery.?code|webhook.?url"
    r"|[_.-]pat)[\w.-]*|token(?:[_.-]?[abd-rt-z0-9][\w.-]*)?)"
)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a value under this name is to be hidden."""
    words = [word.lower() for word in _WORD.findall(name[-_LONGEST:])]
    while words and words[-1].isdigit():
        words.pop()
    if not words or words[-1] in _ABOUT_A_SECRET or words[0] in ("existing", "no", "max", "min", "num"):
        return False
    if any(word.endswith(_SECRET_ENDINGS) or word in _SECRET_WORDS for word in words):
        return True
    if any(pair in _SECRET_PAIRS for pair in itertools.pairwise(words)):
        return True
    return len(words) > 1 and words[-1] in ("key", "keys") and words[-2] not in _OPEN_KEYS


@lru_cache(maxsize=4096)
def is_secret_key(name: bytes) -> bool:
    """The same for a name as bytes. A mask is none, though it says "secret" itself."""
    return b"MASKED." not in name and is_secret_name(name.decode("ascii", "replace"))


def counts_tokens(name: str) -> bool:
    """Whether a small number under this name is a count, as language models count tokens."""
    return name.lower().rstrip("0123456789").endswith(("token", "tokens"))
