"""The TLS side of a connection: whom to trust, whom to be, and until when a certificate is valid.

An API server answers an expired client certificate with a bare 401, so the date is read from the certificate
itself; Python's ssl module does not tell it, hence the few lines that walk through the encoded form.
"""

from __future__ import annotations

import base64
import binascii
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from mission_control.cluster.errors import ConfigProblem
from mission_control.cluster.kubeconfig import Access

_UTC_TIME, _VERSION = 0x17, 0xA0
_LONG_FORM = 0x80


class ClientCertificate:
    """A certificate and its key as PEM, from a kubeconfig or from a plugin."""

    __slots__ = ("certificate", "key")

    def __init__(self, certificate: bytes, key: bytes) -> None:
        self.certificate = certificate
        self.key = key

    @property
    def valid_until(self) -> datetime | None:
        """When it expires; None when that cannot be read."""
        return expiry(self.certificate)


def trust(access: Access) -> ssl.SSLContext:
    """The TLS context that knows the cluster's authority (the system's ones when it names none)."""
    cluster = access.cluster
    if cluster.insecure_skip_tls_verify:
        return httpx2.create_ssl_context(verify=False)
    try:
        if cluster.certificate_authority_data:
            pem = _decoded(cluster.certificate_authority_data, "certificate-authority-data")
            context = ssl.create_default_context(cadata=pem.decode("ascii", "replace"))
        elif cluster.certificate_authority:
            context = ssl.create_default_context(cafile=cluster.certificate_authority)
        else:
            return httpx2.create_ssl_context()
    except (OSError, ValueError) as error:
        named = cluster.certificate_authority or "in certificate-authority-data"
        raise ConfigProblem(
            f"The certificate authority {named} of the context {access.name!r} cannot be read.",
            "Write the kubeconfig anew, or mend the path.",
        ) from error
    # cluster authorities often lack the key identifiers that the strict mode of newer Pythons wants
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def client_certificate(access: Access) -> ClientCertificate | None:
    """The user's certificate and key, from data or from files; None when the user has none."""
    user = access.user
    certificate = _pem(user.client_certificate_data, user.client_certificate, "client-certificate")
    key = _pem(user.client_key_data, user.client_key, "client-key")
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        missing = "client-certificate" if certificate is None else "client-key"
        raise ConfigProblem(
            f"The user of the context {access.name!r} has no {missing}.", "Write the kubeconfig anew."
        )
    return ClientCertificate(certificate, key)


def present(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    """Makes new connections show this certificate.

    The key is on disk for the moment that ssl needs to read it.
    """
    with tempfile.TemporaryDirectory(prefix="mission-control-") as folder:
        path = Path(folder) / "pair.pem"
        path.touch(mode=0o600)
        path.write_bytes(certificate.certificate + b"\n" + certificate.key)
        try:
            context.load_cert_chain(path)
        except (OSError, ValueError) as error:
            raise ConfigProblem(
                "The client certificate and its key do not belong together, or are damaged.",
                "Write the kubeconfig anew.",
            ) from error


def expiry(pem: bytes) -> datetime | None:
    """`notAfter` of the first certificate in a PEM text (RFC 5280); None when it cannot be read."""
    try:
        begin = pem.index(b"-----BEGIN CERTIFICATE-----") + 27
        der = base64.b64decode(pem[begin : pem.index(b"-----END", begin)])
        _, at, _ = _element(der, 0)  # Certificate
        _, at, _ = _element(der, at)  # TBSCertificate
        tag, _, end = _element(der, at)
        if tag == _VERSION:
            _, _, end = _element(der, end)  # serial number
        _, _, end = _element(der, end)  # signature algorithm
        _, _, end = _element(der, end)  # issuer
        _, at, _ = _element(der, end)  # validity
        _, _, end = _element(der, at)  # notBefore
        tag, start, stop = _element(der, end)
    except (ValueError, IndexError, binascii.Error):
        return None
    text = der[start:stop].decode("ascii", "replace")
    form = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _element(der: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and end of the content of the element at this place."""
    tag, length, start = der[at], der[at + 1], at + 2
    if length & _LONG_FORM:
        digits = length & ~_LONG_FORM
        length, start = int.from_bytes(der[start : start + digits], "big"), start + digits
    return tag, start, start + length


def _pem(data: str | None, path: str | None, field: str) -> bytes | None:
    if data:
        return _decoded(data, f"{field}-data")
    if not path:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigProblem(
            f"The {field} {path} cannot be read: {error.strerror}.", "Mend the path in the kubeconfig."
        ) from error


def _decoded(data: str, field: str) -> bytes:
    try:
        return base64.b64decode(data, validate=False)
    except ValueError as error:
        raise ConfigProblem(f"{field} in the kubeconfig is damaged.", "Write the kubeconfig anew.") from error
