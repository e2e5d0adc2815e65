"""Reads the certificates that Ingresses name, each by the name of its Secret, and keeps no key.

Whether a Secret has changed is asked of its metadata; its content is read only then. Where the console may
not read it, that is an answer: the certificate is then not looked at, which is told and changes no verdict.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Iterable

import msgspec

from mission_control.cluster import secrets
from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden, NotFound
from mission_control.domain.certificate import Certificate
from mission_control.domain.readings import Readings
from mission_control.domain.verdict import Blind

AT_ONCE = 4
MOST = 100
"""How many Secrets are looked at."""
FRESH = 180.0
"""Seconds until a Secret that was seen is looked at again."""
_NEEDS = "get secrets"
_REASON = "the certificate of an Ingress may not be read, so its end is not seen"


class TlsData(msgspec.Struct, frozen=True):
    """The certificate alone; `tls.key` is dropped while decoding."""

    certificate: str = msgspec.field(default="", name="tls.crt")


class TlsSecret(msgspec.Struct, frozen=True):
    """A TLS Secret."""

    data: TlsData | None = None


class Held(msgspec.Struct, frozen=True):
    """What was read of a Secret: of which version, and when it was last looked at."""

    certificate: Certificate
    version: str
    at: float


class CertificateReader:
    """The certificates of named Secrets."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._held: dict[tuple[str, str], Held] = {}

    async def read(self, wanted: Iterable[tuple[str, str]]) -> Readings:
        """The certificates in these Secrets, by namespace and name."""
        names = tuple(dict.fromkeys(wanted))[:MOST]
        self._held = {name: self._held[name] for name in names if name in self._held}
        reasons = await asyncio.gather(*(self._look(*name) for name in names))
        refused: dict[str, str] = {}
        for (namespace, _), reason in zip(names, reasons, strict=True):
            if reason:
                refused.setdefault(namespace, reason)
        return Readings(
            certificates=tuple(held.certificate for held in self._held.values()),
            blind=tuple(Blind("Certificate", name, reason, _NEEDS) for name, reason in refused.items()),
        )

    async def _look(self, namespace: str, name: str) -> str:
        """Looks at one Secret; why that was not possible, or nothing."""
        now = asyncio.get_running_loop().time()
        held = self._held.get((namespace, name))
        if held is not None and now - held.at < FRESH and held.certificate.exists:
            return ""
        async with self._gate:
            try:
                found, version = await self._certificate(namespace, name, held)
            except NotFound:
                found, version = Certificate(namespace, name, exists=False), ""
            except Forbidden:
                self._held.pop((namespace, name), None)
                return _REASON
            except ClusterError as error:
                return error.says
        self._held[namespace, name] = Held(found, version, now)
        return ""

    async def _certificate(self, namespace: str, name: str, held: Held | None) -> tuple[Certificate, str]:
        version = await secrets.version(self._connection, namespace, name)
        if held is not None and version and held.version == version:
            return held.certificate, version
        secret = await secrets.read(self._connection, namespace, name, TlsSecret)
        text = secret.data.certificate if secret.data else ""
        return parsed(namespace, name, text), version


def parsed(namespace: str, name: str, text: str) -> Certificate:
    """The first certificate in the value of `tls.crt`, as a Secret holds it."""
    if not text:
        return Certificate(namespace, name, problem="it holds no tls.crt")
    # a console that looks at no Ingress with TLS does not pay for this library
    from cryptography import x509  # noqa: PLC0415

    try:
        found = x509.load_pem_x509_certificates(base64.b64decode(text))[0]
        try:
            names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            hosts = tuple(names.get_values_for_type(x509.DNSName))
            hosts += tuple(map(str, names.get_values_for_type(x509.IPAddress)))
        except x509.ExtensionNotFound:
            hosts = ()
    except (ValueError, IndexError, binascii.Error, x509.DuplicateExtension):
        return Certificate(namespace, name, problem="its tls.crt is no certificate")
    return Certificate(
        namespace,
        name,
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        hosts,
        found.issuer.rfc4514_string()[:200],
    )
