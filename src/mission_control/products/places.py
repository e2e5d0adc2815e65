"""The secret places of the packs as the redaction engine takes them, and what a pack may not call secret.

A place that is too general would black out the console, so a pack with one is refused like one with a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mission_control.domain.product import Product, SecretPlaces
from mission_control.domain.redact import Places

_PATH = re.compile(r"(?:[A-Za-z0-9_-]+|\*)(?:\.(?:[A-Za-z0-9_-]+|\*)){1,11}")
_FORMS = {
    "variables": (re.compile(r"[A-Z][A-Z0-9_]{3,100}"), "a variable is written in capitals: DATABASE_URI"),
    "keys": (
        re.compile(r"[A-Za-z0-9._-]{3,253}"),
        "a key has letters, digits, dots, hyphens and underscores",
    ),
    "annotations": (
        re.compile(r"[a-z0-9.-]{1,253}/[A-Za-z0-9._-]{1,63}"),
        "an annotation is written with its prefix: example.com/name",
    ),
}
_EVERYWHERE = frozenset(
    {
        "annotations",
        "config",
        "data",
        "database",
        "host",
        "image",
        "items",
        "key",
        "kind",
        "labels",
        "message",
        "metadata",
        "name",
        "namespace",
        "port",
        "reason",
        "spec",
        "status",
        "type",
        "uri",
        "url",
        "user",
        "username",
        "value",
    }
)


def places_of(products: Iterable[Product]) -> Places:
    """The places of all these products."""
    names: set[str] = set()
    paths: dict[str, None] = {}
    for product in products:
        secrets = product.secrets
        names.update(secrets.variables, secrets.keys, secrets.annotations)
        paths.update(dict.fromkeys((*secrets.values, *secrets.fields)))
    return Places(frozenset(names), tuple(paths))


def problems_of(secrets: SecretPlaces) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with them, as path and sentence."""
    for part in ("values", "fields"):
        for n, path in enumerate(getattr(secrets, part)):
            if not _PATH.fullmatch(path):
                yield (
                    ("secrets", part, n),
                    f"{path!r} is no path of two to twelve steps like config.apiKeySalt",
                )
            elif path.rsplit(".", 1)[-1] == "*" and path.count(".") < 2:  # noqa: PLR2004  two steps that tell
                yield ("secrets", part, n), f"{path!r} says too little: it would hide half of everything"
    for part, (form, says) in _FORMS.items():
        for n, name in enumerate(getattr(secrets, part)):
            if not form.fullmatch(name):
                yield ("secrets", part, n), f"{name!r} cannot be: {says}"
            elif name.lower() in _EVERYWHERE:
                yield ("secrets", part, n), f"{name!r} is too general: it would hide half of everything"
    for part in ("values", "fields", *_FORMS):
        listed = getattr(secrets, part)
        for n, place in enumerate(listed):
            if place in listed[:n]:
                yield ("secrets", part, n), f"{place!r} is there twice in {part}"
