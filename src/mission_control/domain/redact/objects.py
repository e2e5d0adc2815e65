"""Secrets in Kubernetes objects, given as the tree that their JSON makes.

Values go, names stay: that a Secret has a key `license_key` is how one finds out that it is missing.
"""

from __future__ import annotations

from typing import Any

from mission_control.domain.redact.names import is_secret_name
from mission_control.domain.redact.text import MASK, redact

_WHOLE_OBJECTS = frozenset({"kubectl.kubernetes.io/last-applied-configuration"})
_COMMANDS = frozenset({"command", "args"})


def redact_object(tree: Any) -> Any:
    """A copy of the tree without secrets; lists of objects too. Numbers and booleans stay as they are."""
    if isinstance(tree, dict):
        return _mapping(tree)
    if isinstance(tree, list | tuple):
        return [redact_object(item) for item in tree]
    return redact(tree) if isinstance(tree, str) else tree


def _mapping(tree: dict[str, Any]) -> dict[str, Any]:
    hides_data = tree.get("kind") == "Secret" or _is_helm_record(tree)
    secret_pair = isinstance(tree.get("name"), str) and is_secret_name(tree["name"])
    out: dict[str, Any] = {}
    for key, value in tree.items():
        if value is None:
            out[key] = None
        elif hides_data and key in ("data", "stringData", "binaryData"):
            out[key] = _hidden(value)
        elif (key == "value" and secret_pair) or key in _WHOLE_OBJECTS:
            out[key] = MASK  # an environment variable, a header, a Helm parameter
        elif isinstance(value, str) and is_secret_name(key):
            out[key] = MASK
        elif key in _COMMANDS and isinstance(value, list):
            out[key] = _command(value)
        else:
            out[key] = redact_object(value)
    return out


def _hidden(value: Any) -> Any:
    return dict.fromkeys(value, MASK) if isinstance(value, dict) else MASK


def _is_helm_record(tree: dict[str, Any]) -> bool:
    """Whether it is a release record of Helm's ConfigMap driver; its Secret driver's are Secrets anyway."""
    metadata = tree.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return isinstance(labels, dict) and labels.get("owner") == "helm" and isinstance(tree.get("data"), dict)


def _command(words: list[Any]) -> list[Any]:
    """A command line, where a secret may be the word after its flag."""
    out: list[Any] = []
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after_flag = isinstance(before, str) and before.startswith("-") and "=" not in before
        hidden = after_flag and is_secret_name(before) and isinstance(word, str) and not word.startswith("-")
        out.append(MASK if hidden else redact_object(word))
    return out
