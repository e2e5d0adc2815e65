"""Helm's own record of a release, from the text in its Secret to the few facts that are kept.

A record is JSON, compressed and written in base64. It holds the values and the manifest of the release, so it
is taken apart here and nowhere else, and everything but names, states and times is dropped on the way. The
secrets among them are handed to redaction, which hides them wherever they turn up.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import yaml

from mission_control.cluster.own_secrets import values_of_secret
from mission_control.domain.redact import KnownValue, current, cut, learn, secrets_in_tree
from mission_control.domain.release import HookRun, Release, ReleaseObject

MOST_BYTES = 48 << 20
"""The largest record that is unpacked: a Secret holds 1 MB, and text shrinks to a twentieth of itself."""
MOST_OBJECTS = 2000
LONGEST = 600
_GZIP = 31
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BETWEEN = re.compile(r"^---.*$", re.MULTILINE)
_VALUE = r"""[ \t]*["']?([A-Za-z0-9./:_-]+)["']?[ \t]*(?:#.*)?$"""
_KIND = re.compile(rf"^kind:{_VALUE}", re.MULTILINE)
_A_SECRET = re.compile(r"""(?:^|[{,\s])["']?kind["']?\s*:\s*["']?Secret["']?\s*(?:$|[,}#])""", re.MULTILINE)
_API = re.compile(rf"^apiVersion:{_VALUE}", re.MULTILINE)
_META = re.compile(r"^metadata:[ \t]*(?:#.*)?\n((?:[ \t]+.*(?:\n|$)|[ \t]*\n|#.*\n)*)", re.MULTILINE)
_NAME = rf"^{{}}name:{_VALUE}"
_NAMESPACE = rf"^{{}}namespace:{_VALUE}"


class NotARecord(Exception):  # noqa: N818 -- it is what happened
    """The text is no record of Helm's, or too large to be one."""


class Slim(msgspec.Struct, frozen=True):
    """A part of a record; what is not named in it is dropped while decoding."""


class LastRun(Slim, frozen=True):
    """How a hook ended last."""

    phase: str | None = ""
    completed_at: str | None = ""


class HookRecord(Slim, frozen=True):
    """A hook; `last_run` is empty for one that never ran."""

    name: str = ""
    kind: str = ""
    events: tuple[str, ...] | None = ()
    last_run: LastRun | None = None


class Info(Slim, frozen=True):
    """How the release stands."""

    status: str = ""
    description: str | None = ""
    last_deployed: str | None = ""


class ChartMeta(Slim, frozen=True, rename="camel"):
    """Which chart it is."""

    name: str = ""
    version: str = ""
    app_version: str | None = ""


class Chart(Slim, frozen=True):
    """The chart, without its templates and values."""

    metadata: ChartMeta | None = None


class SecretDocument(Slim, frozen=True, rename="camel"):
    """A Secret in a manifest."""

    data: dict[str, str] | None = None
    string_data: dict[str, str] | None = None


class Content(Slim, frozen=True):
    """A record. `config`: the values that were given to the release; read for redaction alone."""

    name: str = ""
    namespace: str = ""
    version: int = 0
    info: Info = Info()
    chart: Chart | None = None
    manifest: str | None = ""
    hooks: tuple[HookRecord, ...] | None = ()
    config: dict[str, Any] | None = None


def unpack(text: str, source: str = "") -> Release:
    """The release in a record's text; redaction learns its secrets under `source`. Raises NotARecord."""
    content = _content(text)
    if source:
        learn(source, _secrets(content))
        current().known.compile()  # here, in a thread of its own, rather than at the next page
    return _release(content)


def _secrets(content: Content) -> tuple[KnownValue, ...]:
    """The secrets among the values of a release, and in the Secrets that it made."""
    found = secrets_in_tree(content.config or {}, current().places)
    for document in _BETWEEN.split(content.manifest or ""):
        if _A_SECRET.search(document) is not None:
            found += _in_secret(document)
    return found


def _in_secret(document: str) -> tuple[KnownValue, ...]:
    try:
        found = msgspec.convert(yaml.load(document, Loader=_LOADER), SecretDocument)  # noqa: S506 (safe)
    except (yaml.YAMLError, msgspec.MsgspecError, ValueError, RecursionError):
        return ()
    return values_of_secret(found.data or {}, found.string_data or {})


def _content(text: str) -> Content:
    try:
        return msgspec.json.decode(unpacked(text), type=Content)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotARecord(type(error).__name__) from None  # its text could hold a part of a value


def unpacked(text: str) -> bytes:
    """The JSON in a record's text. Raises NotARecord."""
    try:
        packed = base64.b64decode(text, validate=True)
        inner = packed if packed[:2] == b"\x1f\x8b" else base64.b64decode(packed, validate=True)
        pump = zlib.decompressobj(_GZIP)
        plain = pump.decompress(inner, MOST_BYTES) if inner[:2] == b"\x1f\x8b" else inner
    except (binascii.Error, zlib.error, ValueError) as error:
        raise NotARecord(type(error).__name__) from None  # as above
    if pump.unconsumed_tail:
        raise NotARecord(f"it is larger than {MOST_BYTES >> 20} MB")
    return plain


def _release(content: Content) -> Release:
    chart = (content.chart.metadata if content.chart else None) or ChartMeta()
    return Release(
        namespace=content.namespace,
        name=content.name,
        revision=content.version,
        status=content.info.status,
        at=moment(content.info.last_deployed),
        is_read=True,
        chart=chart.name,
        version=chart.version,
        app_version=chart.app_version or "",
        description=cut(" ".join((content.info.description or "").split()), LONGEST),
        hooks=tuple(_hook(hook) for hook in content.hooks or ()),
        objects=tuple(objects_of(content.manifest or "", content.namespace)),
    )


def _hook(hook: HookRecord) -> HookRun:
    last = hook.last_run or LastRun()
    return HookRun(
        hook.kind, hook.name, tuple(hook.events or ()), last.phase or "", moment(last.completed_at)
    )


def moment(text: str | None) -> datetime | None:
    """A time as Go writes it; None for none and for Go's zero time."""
    try:
        found = msgspec.convert(text, datetime) if text else None
    except msgspec.ValidationError:
        return None
    return found if found and found.year > 1 else None


def objects_of(manifest: str, namespace: str) -> Iterator[ReleaseObject]:
    """The objects of a manifest by name. An object without a namespace is in that of the release."""
    found = 0
    for document in _BETWEEN.split(manifest):
        if not document.strip() or found >= MOST_OBJECTS:
            continue
        for api_version, kind, name, within in _quick(document) or _thorough(document):
            found += 1
            yield ReleaseObject(api_version, kind, within or namespace, name)


Found = tuple[str, str, str, str]


def _quick(document: str) -> list[Found]:
    """The four words of an ordinary document; empty when it is written in another way."""
    kinds, versions, meta = _KIND.findall(document), _API.findall(document), _META.search(document)
    if len(kinds) != 1 or len(versions) != 1 or meta is None or kinds[0] == "List":
        return []
    block = meta[1]
    indent = next((line[: len(line) - len(line.lstrip())] for line in block.splitlines() if line.strip()), "")
    names = re.findall(_NAME.format(indent), block, re.MULTILINE)
    within = re.findall(_NAMESPACE.format(indent), block, re.MULTILINE)
    asked = re.search(rf"^{indent}namespace:", block, re.MULTILINE)
    if len(names) != 1 or len(within) > 1 or bool(asked) != bool(within):
        return []
    return [(versions[0], kinds[0], names[0], within[0] if within else "")]


def _thorough(document: str) -> list[Found]:
    """The same through YAML; what cannot be read is left out rather than guessed."""
    try:
        tree = yaml.load(document, Loader=_LOADER)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    items = tree.get("items") if isinstance(tree, dict) and tree.get("kind") == "List" else [tree]
    return [found for item in items or [] if (found := _words(item)) is not None]


def _words(item: Any) -> Found | None:
    meta = item.get("metadata") if isinstance(item, dict) else None
    if not isinstance(meta, dict):
        return None
    api_version, kind, name = item.get("apiVersion"), item.get("kind"), meta.get("name")
    within = meta.get("namespace") or ""
    if not (isinstance(api_version, str) and isinstance(kind, str) and isinstance(name, str)):
        return None
    return (api_version, kind, name, within if isinstance(within, str) else "")
