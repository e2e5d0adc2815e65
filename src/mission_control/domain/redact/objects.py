"""Secrets in Kubernetes objects, values and other trees, without turning them into text.

Values go, names stay: that a Secret has a key `license_key` is how one finds out that it is missing.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from mission_control.domain.redact.ledger import Ledger
from mission_control.domain.redact.names import counts_tokens, is_secret_name
from mission_control.domain.redact.values import is_open_value

if TYPE_CHECKING:
    from mission_control.domain.redact.redactor import Redactor

_WHOLE = frozenset({"kubectl.kubernetes.io/last-applied-configuration"})
_COMMANDS = frozenset({"command", "args"})
_DATA = frozenset({"data", "stringData", "binaryData"})
_DEEPEST = 200
_SMALL = 10_000_000

Path = tuple[str, ...]


class TreeWalk:
    """One walk through one tree."""

    def __init__(self, redactor: Redactor, ledger: Ledger | None) -> None:
        self._redactor = redactor
        self._ledger = ledger

    def walk(self, tree: Any, place: str) -> Any:
        """A copy of the tree without secrets. Lists of objects too; constants stay as they are."""
        return self._any(tree, (place,) if place else ())

    def _any(self, tree: Any, path: Path) -> Any:
        if isinstance(tree, str):
            return self._redactor.text(tree, self._ledger, _written(path))
        if len(path) > _DEEPEST:
            return self._hidden(tree, path)
        if isinstance(tree, dict):
            return self._mapping(tree, path)
        if isinstance(tree, list | tuple | set | frozenset):
            return [self._any(item, (*path, "[]")) for item in tree]
        if isinstance(tree, bytes | bytearray):
            return self._redactor.unknown(bytes(tree), self._ledger, _written(path))
        return tree

    def _mapping(self, tree: dict[Any, Any], path: Path) -> dict[Any, Any]:
        hides_data = tree.get("kind") == "Secret" or _is_release_record(tree)
        pair = isinstance(tree.get("name"), str) and self._is_secret(tree["name"], path)
        out: dict[Any, Any] = {}
        for key, value in tree.items():
            name, step = str(key), (*path, str(key))
            if value is None:
                safe = None
            elif hides_data and name in _DATA:
                safe = self._hidden(value, step, encoded=name != "stringData")
            elif name in _WHOLE or (pair and name == "value") or self._redactor.places.holds_path(step):
                safe = self._hidden(value, step)
            elif self._is_secret(name, step):
                safe = self._named(value, step)
            elif name in _COMMANDS and isinstance(value, list | tuple):
                safe = self._command(value, step)
            elif name == "auth" and isinstance(value, str) and _is_login(value):
                safe = self._hidden(value, step)
            else:
                safe = self._any(value, step)
            out[self._key(key, out)] = safe
        return out

    def _key(self, key: Any, taken: dict[Any, Any]) -> Any:
        """A key is a name, unless a known value stands in it; two of them stay two."""
        if not isinstance(key, str):
            return key
        safe = name = self._redactor.text(key, self._ledger, "key")
        count = 1
        while safe != key and safe in taken:
            count += 1
            safe = f"{name}.{count}"
        return safe

    def _is_secret(self, name: str, path: Path) -> bool:
        places = self._redactor.places
        return is_secret_name(name) or places.holds_name(name) or places.holds_path(path)

    def _named(self, value: Any, path: Path) -> Any:
        """The value under a secret's name: hidden when it is one, walked through when it is an object."""
        if isinstance(value, str):
            if is_open_value(value, path[-1]):
                return self._any(value, path)
            return self._hidden(value, path)
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return [self._hidden(item, (*path, "[]")) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            is_count = counts_tokens(path[-1]) and abs(value) < _SMALL
            return value if is_count else self._hidden(str(value), path)
        return self._any(value, path)

    def _hidden(self, value: Any, path: Path, *, encoded: bool = False) -> Any:
        if isinstance(value, dict):
            return {
                key: self._hidden(inner, (*path, str(key)), encoded=encoded) for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._hidden(inner, (*path, "[]"), encoded=encoded) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        text = value if isinstance(value, str) else _as_text(value)
        if encoded:
            text = _decoded(text)
        return self._redactor.value(text, "secret-place", self._ledger, _written(path))

    def _command(self, words: list[Any] | tuple[Any, ...], path: Path) -> list[Any]:
        """A command line, where a secret may be the word after its flag."""
        out: list[Any] = []
        for number, word in enumerate(words):
            before = words[number - 1] if number else ""
            after_flag = isinstance(before, str) and before.startswith("-") and "=" not in before
            hidden = after_flag and is_secret_name(before) and isinstance(word, str) and word[:1] != "-"
            step = (*path, "[]")
            is_hidden = hidden and not is_open_value(word, before)
            out.append(self._hidden(word, step) if is_hidden else self._any(word, step))
        return out


def _written(path: Path) -> str:
    return ".".join(path).replace(".[]", "[]") or "text"


def _as_text(value: Any) -> str:
    return (
        bytes(value).decode("utf-8", "surrogateescape")
        if isinstance(value, bytes | bytearray)
        else str(value)
    )


def _decoded(text: str) -> str:
    """The value within base64, so that its mask is the one it has elsewhere; the text when it is none."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text


def _is_login(text: str) -> bool:
    return ":" in _decoded(text) and ":" not in text


def _is_release_record(tree: dict[Any, Any]) -> bool:
    """Whether it is a release record of Helm's ConfigMap driver; its Secret driver's are Secrets anyway."""
    metadata = tree.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return isinstance(labels, dict) and labels.get("owner") == "helm" and isinstance(tree.get("data"), dict)
