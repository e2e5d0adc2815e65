"""What the kubelet's own messages say: which image could not be pulled and why, which key is missing where.

Kubernetes has no machine-readable form of these facts, so the sentences are parsed; their forms are those of
the kubelet and of containerd and CRI-O since 1.24. What is not understood is carried as it is, never guessed.
"""

from __future__ import annotations

import re

import msgspec

from mission_control.domain.redact import cut

_NOT_FOUND = re.compile(
    r"not ?found|manifest unknown|repository does not exist|name unknown|code = NotFound", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b401\b|\b403\b|unauthori[sz]ed|forbidden|authentication required|access denied|denied:|no basic auth",
    re.IGNORECASE,
)
_LIMITED = re.compile(r"toomanyrequests|\b429\b|rate limit", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"no such host|i/o timeout|connection refused|connection reset|deadline exceeded|TLS handshake|x509|EOF"
    r"|network is unreachable|no route to host|server misbehaving|dial tcp|proxyconnect|\b50[023]\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r'"[^"]*"|[\w./-]+:[\w.-]*\d[\w.-]*')
_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) ([^\s/]+)/(\S+)")
_OBJECT = re.compile(r'(secret|configmap)s? "([^"]+)" not found', re.IGNORECASE)
_ITEM = re.compile(r"references non-existent (?:config|secret) key: (\S+)")
_VOLUME = re.compile(r'for volume "([^"]+)"')
_PROBE = re.compile(r"^(Readiness|Liveness|Startup) probe (?:failed|errored):?\s*(.*)$", re.DOTALL)


class Missing(msgspec.Struct, frozen=True):
    """A Secret or ConfigMap that is not there, or (`key`) a key that it has not."""

    kind: str
    name: str
    key: str = ""


def pull_problem(message: str) -> tuple[str, str]:
    """Why an image could not be pulled, as a word for the cause and as a clause for a sentence.

    Names and ports are left out first: a registry on port 42943 has said nothing of status 429.
    """
    told = _NAMES.sub(" ", message)
    for cause, pattern, clause in (
        ("limited", _LIMITED, "the registry limits how often it may be pulled"),
        ("unauthorised", _DENIED, "the registry refuses access to it"),
        ("not-found", _NOT_FOUND, "the registry does not have it"),
        ("unreachable", _UNREACHABLE, "the registry cannot be reached"),
    ):
        if pattern.search(told):
            return cause, clause
    return "unknown", "it could not be pulled"


def registry_of(image: str) -> str:
    """The registry's host in an image's name; empty for the default registry."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


def missing_object(message: str) -> Missing | None:
    """The object or key whose absence a message complains of."""
    if match := _KEY.search(message):
        return Missing(match[2], match[4].rstrip(".,"), match[1])
    if match := _OBJECT.search(message):
        return Missing("Secret" if match[1].lower() == "secret" else "ConfigMap", match[2])
    return None


def missing_item(message: str) -> str:
    """The key that a volume takes from an object which has it not; the message does not name the object."""
    match = _ITEM.search(message)
    return match[1] if match else ""


def volume_named(message: str) -> str:
    """The volume that a mount message names; empty when it names none."""
    match = _VOLUME.search(message)
    return match[1] if match else ""


def probe_failure(message: str) -> tuple[str, str] | None:
    """Which probe failed ("Readiness") and its answer; None when the message is about something else."""
    match = _PROBE.match(message.strip())
    return (match[1], match[2].strip() or "no answer") if match else None


def one_line(message: str, limit: int = 240) -> str:
    """A message in one line, cut where it gets long."""
    text = " ".join(message.split())
    return text if len(text) <= limit else cut(text, limit - 2).rstrip() + " …"
