"""Turns what the network and the API server say into the errors of this package, each with its next step.

One place, so that a person reads the same sentence for the same trouble wherever it happened, and so that no
address of a user, header or token can slip into one.
"""

from __future__ import annotations

import re
import socket
import ssl
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
import msgspec

from mission_control.cluster.errors import (
    Busy,
    CertificateProblem,
    ClusterError,
    ConfigProblem,
    Expired,
    Forbidden,
    NotFound,
    Unauthorised,
    Unreachable,
    without_tokens,
)

_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64
_CANNOT = re.compile(
    r'cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)"(?: in API group "(?P<group>[^"]*)")?'
)
_IN_NAMESPACE = re.compile(r'in the namespace "(?P<namespace>[^"]+)"')


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """A `Status` object, by which the API server explains a failure."""

    code: int | None = 0
    message: str | None = ""
    reason: str | None = ""
    kind: str | None = ""


class Place(msgspec.Struct, frozen=True):
    """Whom an error is about: the server, the context, the end of the user's certificate, the proxy."""

    server: str
    context: str
    certificate_until: datetime | None = None
    proxy: str | None = None

    @property
    def host(self) -> str:
        """Host and port of the server."""
        return urlsplit(self.server).netloc or self.server


def status_of(body: bytes) -> Status:
    """The Status in an answer; empty when there is none."""
    try:
        return msgspec.json.decode(body, type=Status)
    except msgspec.MsgspecError:
        return Status()


def answer_trouble(place: Place, code: int, body: bytes, retry_after: str = "") -> ClusterError:
    """The error that an answer with this HTTP status means."""
    status = status_of(body)
    said = without_tokens(status.message or "")
    wait = float(retry_after) if retry_after.isdigit() else 0.0
    match code:
        case HTTPStatus.UNAUTHORIZED:
            trouble: ClusterError = unauthorised(place)
        case HTTPStatus.FORBIDDEN:
            trouble = _forbidden(said)
        case HTTPStatus.NOT_FOUND:
            trouble = _not_found(place, status)
        case HTTPStatus.GONE:
            trouble = Expired(said or "That version is no longer kept.")
        case HTTPStatus.TOO_MANY_REQUESTS:
            trouble = Busy("The API server asks for patience (429).", "It is tried again by itself.", wait)
        case _ if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            trouble = Busy(f"The API server has an error ({code}). {said}".strip(), _look(place), wait)
        case HTTPStatus.BAD_REQUEST if status.reason == "BadRequest" and said:
            trouble = ClusterError(said)
        case _:
            trouble = ClusterError(f"{place.host} gave an unexpected answer ({code}). {said}".strip())
    return trouble


def _not_found(place: Place, status: Status) -> NotFound:
    if status.kind:
        return NotFound(without_tokens(status.message or "") or "There is no such object.")
    return NotFound(
        f"What answers at {place.host} does not know this path.",
        "Is it a Kubernetes API server? Check `server` in the kubeconfig.",
    )


def unauthorised(place: Place) -> Unauthorised:
    """401: with the date, when it is the user's own certificate that has run out."""
    until = place.certificate_until
    if until is not None and until < datetime.now(UTC):
        says = (
            f"The client certificate of the context {place.context!r} expired on {until:%Y-%m-%d %H:%M} UTC."
        )
        return Unauthorised(says, "Get a new kubeconfig from whoever runs the cluster.")
    says = f"The cluster does not accept the credentials of the context {place.context!r} (401)."
    return Unauthorised(says, "The token may have expired: log in again, then try again.")


def _forbidden(said: str) -> Forbidden:
    cannot, within = _CANNOT.search(said), _IN_NAMESPACE.search(said)
    if not cannot:
        return Forbidden(said or "The API server refuses this request (403).")
    group = cannot["group"]
    resource = f"{cannot['resource']}.{group}" if group else cannot["resource"]
    return Forbidden(said, cannot["verb"], resource, within["namespace"] if within else "")


def network_trouble(place: Place, error: Exception) -> ClusterError:
    """The error that a failed exchange means: name, port, certificate, proxy, silence."""
    if isinstance(error, ClusterError):
        return error
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(place, cause)
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        says = f"{place.server!r} is no address of an API server."
        return ConfigProblem(says, "Mend `server` in the kubeconfig.")
    through = place.proxy and isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
    if through or isinstance(error, httpx2.ProxyError):
        says = f"{place.host} cannot be reached through the proxy {urlsplit(place.proxy or '').hostname}."
        return Unreachable(says, "Check HTTPS_PROXY, NO_PROXY or proxy-url.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return _tls(place, causes)
    return Unreachable(_silence(place, error, causes), _look(place))


def _silence(place: Place, error: Exception, causes: tuple[BaseException, ...]) -> str:
    """What happened instead of an answer."""
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"The name {urlsplit(place.server).hostname} of the API server cannot be resolved."
    if isinstance(error, httpx2.TimeoutException):
        return f"The API server at {place.host} does not answer."
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"Nothing listens at {place.host}."
    if isinstance(error, httpx2.ConnectError):
        return f"The API server at {place.host} cannot be reached."
    return f"The connection to {place.host} was cut."


def _certificate(place: Place, error: ssl.SSLCertVerificationError) -> CertificateProblem:
    """Why the server's certificate is not believed, by OpenSSL's X509_V_ERR codes."""
    match error.verify_code:
        case code if code == _EXPIRED:
            says = f"The certificate of the API server at {place.host} has expired."
            return CertificateProblem(
                says, "Whoever runs the cluster must renew it. Is this machine's clock right?"
            )
        case code if code == _NOT_YET:
            says = f"The certificate of the API server at {place.host} is not valid yet."
            return CertificateProblem(says, "Is this machine's clock right?")
        case code if code in (_WRONG_NAME, _WRONG_ADDRESS):
            says = f"The certificate of the API server was not made for {urlsplit(place.server).hostname}."
            return CertificateProblem(says, "Use the name in the certificate, or set tls-server-name.")
        case _:
            says = f"The certificate of the API server at {place.host} is signed by an unknown authority."
            return CertificateProblem(
                says, f"Set certificate-authority-data of the cluster in context {place.context!r}."
            )


def _tls(place: Place, causes: tuple[BaseException, ...]) -> CertificateProblem | Unreachable:
    text = " ".join(str(cause).lower() for cause in causes)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Unreachable(f"The API server at {place.host} does not answer.", _look(place))
    if "alert" in text and "certificate" in text:
        until = place.certificate_until
        when = f" (it is valid until {until:%Y-%m-%d})" if until else ""
        says = f"The API server at {place.host} does not accept our client certificate{when}."
        return CertificateProblem(says, "Get a new kubeconfig from whoever runs the cluster.")
    says = f"No secure connection comes about with {place.host}."
    return Unreachable(says, "Does it speak https? Check `server` in the kubeconfig.")


def _look(place: Place) -> str:
    return f"Is the cluster of context {place.context!r} running, and is a VPN needed?"


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found
