"""Which values in what the console may read are secrets: of a Secret, of a release's values, of an address.

The engine itself finds them, so that what is hidden at its place is hidden wherever else it turns up. What a
value gives away in part – a connection string its password – is known by that part, since an operator must
still read which account on which host was refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mission_control.domain.redact.known import KnownValue
from mission_control.domain.redact.ledger import Ledger
from mission_control.domain.redact.names import is_secret_name
from mission_control.domain.redact.objects import TreeWalk
from mission_control.domain.redact.places import Places
from mission_control.domain.redact.redactor import Redactor

_OPEN_KEY = re.compile(
    r"(?i)(?:.*[._-])?(?:crt|ca|host|port|user|username|db|database|schema|tls|ssl|email|name|namespace|region"
    r"|bucket|endpoint|issuer|issuer_url|server|type|enabled|version|mode)"
)
_BARE_ADDRESS = re.compile(r"[^\s:@/]{0,128}:([^\s@]{1,512})@[^\s@/:]+(?::\d{1,5})?(?:[/?]|$)")
"""`user:password@host:port/name`, as some products keep the address of a database, without a scheme."""
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


class Gatherer(Redactor):
    """Walks as the engine does, and keeps what it would hide."""

    def __init__(self, places: Places) -> None:
        super().__init__(places=places)
        self.found: dict[str, None] = {}

    def text(self, text: str, ledger: Ledger | None = None, place: str = "text") -> str:  # noqa: ARG002
        """Keep the secrets within a text."""
        data = text.encode("utf-8", "surrogatepass")
        for finding in self.findings(data):
            self.keep(data[finding.start : finding.end].decode("utf-8", "replace"))
        return text

    def value(self, value: str, rule: str, ledger: Ledger | None, place: str) -> str:  # noqa: ARG002
        """Keep a value that is a secret by its place: the secret parts of it, if it has some, or all."""
        data = value.encode("utf-8", "surrogatepass")
        parts = [part for part in self.findings(data) if part.end - part.start < len(data.strip())]
        bare = _BARE_ADDRESS.match(value.strip())
        if parts:
            self.text(value)
        else:
            self.keep(bare[1] if bare else value)
        return value

    def keep(self, value: str) -> None:
        """Keep one value; one that is written encoded in an address is also known as it is meant."""
        if _CERTIFICATE in value:
            return
        self.found[value] = None
        if "%" in value:
            self.found[_as_meant(value)] = None

    @property
    def values(self) -> tuple[KnownValue, ...]:
        """What was kept."""
        return tuple(KnownValue(value) for value in self.found)


def _as_meant(value: str) -> str:
    """A value of an address without its percent signs."""
    data = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), value.encode("utf-8", "replace"))
    return data.decode("utf-8", "replace")


def secrets_in_tree(tree: Any, places: Places) -> tuple[KnownValue, ...]:
    """The secrets in values, objects or other trees."""
    gatherer = Gatherer(places)
    TreeWalk(gatherer, None).walk(tree, "")
    return gatherer.values


def secrets_in_text(texts: Iterable[str], places: Places = Places()) -> tuple[KnownValue, ...]:  # noqa: B008
    """The secrets that show in some texts: the password of an address, for example."""
    gatherer = Gatherer(places)
    for text in texts:
        gatherer.text(text)
    return gatherer.values


def secrets_in_secret(data: Mapping[str, str], places: Places) -> tuple[KnownValue, ...]:
    """The values of a Secret, decoded, by key; without what its key says to be no secret: a host, a user."""
    gatherer = Gatherer(places)
    for key, value in data.items():
        secret = is_secret_name(key) or places.holds_name(key)
        if secret or not _OPEN_KEY.fullmatch(key):
            gatherer.value(value, "", None, "")
    return gatherer.values
