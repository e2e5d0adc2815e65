"""The way to one API server: an authenticated HTTP client that gives bytes or one of this package's errors.

Every request of the console to Kubernetes goes through `get_json`, `post_json` or `stream`. It only ever
reads; the one thing posted is the question what the console may do.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
import msgspec

from mission_control.cluster import certificates
from mission_control.cluster.credentials import Plugin, credentials
from mission_control.cluster.errors import ConfigProblem, Unreachable
from mission_control.cluster.kubeconfig import Access, Target, choose
from mission_control.cluster.own_secrets import learn_addresses, learn_key
from mission_control.cluster.proxies import proxy_for
from mission_control.cluster.traffic import Traffic, kind_of
from mission_control.cluster.troubles import Place, answer_trouble, network_trouble
from mission_control.domain.redact import refuse_mask

__all__ = ["Connection", "Target", "connect"]

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""How long the server may be silent within one answer; a page of 500 large objects takes it a second or two.
"""

_SAME_TIME = timedelta(seconds=5)

Params = Mapping[str, str | int]


def _now() -> datetime:
    return datetime.now(UTC)


class Version(msgspec.Struct, frozen=True, rename="camel"):
    """What /version says."""

    git_version: str = ""


class Connection:
    """An API server that has answered. `name` is the context's, `namespace` the one it names.

    `skew` is how far the server's clock is ahead of ours, by the Date of its answers: all moments in objects
    are the server's, so ages are only right by its clock.
    """

    def __init__(self, client: httpx2.AsyncClient, place: Place, namespace: str = "default") -> None:
        self.client = client
        self.place = place
        self.namespace = namespace
        self.version = ""
        self.clock: Callable[[], datetime] = _now
        self.skew = timedelta()
        self.extensions: dict[str, str] = {}
        self.may_ask_others = True
        self.traffic = Traffic()

    @property
    def name(self) -> str:
        """The name of the context."""
        return self.place.context

    @property
    def server(self) -> str:
        """The address of the API server."""
        return self.place.server

    async def get_json(
        self, path: str, params: Params | None = None, accept: str = "application/json"
    ) -> bytes:
        """The answer to a GET, as bytes of JSON. Raises a ClusterError for everything that is no 2xx."""
        async with self.stream(path, params, accept) as response:
            return await self._body(response)

    async def get_from(self, address: str, path: str) -> bytes:
        """The answer of a kubelet at this host and port, to which we show who we are.

        It must prove itself by the cluster's own authority: our token goes to nobody else.
        """
        if not address:
            raise Unreachable("The node does not tell where its kubelet listens.")
        if not self.may_ask_others:
            raise Unreachable("Nobody but the API server is asked with this kubeconfig.")
        headers = {"Accept": "application/json"}
        request = self.client.build_request("GET", f"https://{address}{path}", headers=headers)
        async with self._sent(request, Place(f"https://{address}", self.place.context)) as response:
            return await self._body(response)

    async def post_json(self, path: str, body: bytes) -> bytes:
        """The answer to a POST of JSON, for reviews of permissions only."""
        async with self._answer("POST", path, body=body) as response:
            return await self._body(response)

    async def _body(self, response: httpx2.Response) -> bytes:
        try:
            return await response.aread()
        except (httpx2.HTTPError, OSError) as error:
            raise network_trouble(self.place, error) from error

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        params: Params | None = None,
        accept: str = "application/json",
        patience: float = ANSWER_SECONDS,
    ) -> AsyncIterator[httpx2.Response]:
        """An answer whose status was good and whose body is still to be read.

        `patience` between two parts, in s.
        """
        async with self._answer("GET", path, params, accept, patience=patience) as response:
            yield response

    @asynccontextmanager
    async def _answer(
        self,
        verb: str,
        path: str,
        params: Params | None = None,
        accept: str = "application/json",
        body: bytes | None = None,
        patience: float = ANSWER_SECONDS,
    ) -> AsyncIterator[httpx2.Response]:
        if body is not None:
            refuse_mask(body, f"the request to {path}")
        headers = {"Accept": accept} | ({"Content-Type": "application/json"} if body is not None else {})
        request = self.client.build_request(
            verb,
            path,
            params=params,
            headers=headers,
            content=body,
            timeout=httpx2.Timeout(patience, connect=CONNECT_SECONDS, pool=None),
            extensions=dict(self.extensions),
        )
        async with self._sent(request, self.place) as response:
            self._compare_clocks(response.headers.get("Date", ""))
            yield response

    @asynccontextmanager
    async def _sent(self, request: httpx2.Request, place: Place) -> AsyncIterator[httpx2.Response]:
        what = kind_of(request.method, request.url.path, watches="watch" in request.url.params)
        try:
            response = await self.client.send(request, stream=True)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            self.traffic.failed(what)
            raise network_trouble(place, error) from error
        self.traffic.begins(what, response.status_code, response)
        try:
            if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
                said = await self._body(response)
                wait = response.headers.get("Retry-After", "")
                raise answer_trouble(place, response.status_code, said, wait)
            yield response
        finally:
            self.traffic.ends(response)
            await response.aclose()

    def _compare_clocks(self, said: str) -> None:
        """Less than some seconds is the way of the answer, and that Date knows no fractions."""
        try:
            skew = parsedate_to_datetime(said) - self.clock()
        except (ValueError, TypeError):
            return
        self.skew = skew if abs(skew) > _SAME_TIME else timedelta()

    async def aclose(self) -> None:
        """Closes every connection."""
        await self.client.aclose()


async def connect(target: Target, env: Mapping[str, str] | None = None) -> Connection:
    """Reads the configuration, logs in and asks the server for its version.

    Raises ConfigProblem, CertificateProblem, Unauthorised, Unreachable or another ClusterError.
    """
    env = os.environ if env is None else env
    access = choose(target, env)
    connection = await open_connection(access, env, lambda: choose(target, env))
    try:
        connection.version = await _version(connection)
    except BaseException:
        await connection.aclose()
        raise
    return connection


async def open_connection(access: Access, env: Mapping[str, str], again: Callable[[], Access]) -> Connection:
    """A connection with the credentials of an access, which has not asked anything yet."""
    context = certificates.trust(access)
    certificate = certificates.client_certificate(access)
    if certificate:
        learn_key(certificate.key)
        certificates.present(context, certificate)
    auth = credentials(access, context, again)
    if isinstance(auth, Plugin):
        await auth.credential()
    server = _address(access.cluster.server)
    proxy = access.cluster.proxy_url or proxy_for(server, env)
    learn_addresses((access.cluster.server, proxy))
    try:
        client = httpx2.AsyncClient(
            base_url=server,
            verify=context,
            auth=auth,
            headers=_headers(access),
            proxy=proxy,
            trust_env=False,
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, pool=None),
            # every watch keeps a connection of its own
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=30),
        )
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        raise ConfigProblem(
            f"The proxy for {server} cannot be used; it must speak http.", "Mend proxy-url or HTTPS_PROXY."
        ) from error
    until = certificate.valid_until if certificate else None
    connection = Connection(client, Place(server, access.name, until, proxy), access.namespace)
    # others must prove who they are, and only the API server knows impersonation
    connection.may_ask_others = not (access.cluster.insecure_skip_tls_verify or access.user.impersonate)
    if access.cluster.tls_server_name:
        connection.extensions["sni_hostname"] = access.cluster.tls_server_name
    return connection


def _address(server: str) -> str:
    """The server's address, when it is one: a scheme, a host and a port that exists."""
    try:
        parts = urlsplit(server)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigProblem(f"{server!r} is no address of an API server.", "Mend `server` in the kubeconfig.")
    return server


def _headers(access: Access) -> list[tuple[str, str]]:
    """Who we are and as whom we act.

    Compression is wanted even on one machine: a list arrives in thousands of small chunks, and taking these
    apart costs more than unpacking a tenth of them.
    """
    headers = [("User-Agent", "mission-control"), ("Accept-Encoding", "gzip")]
    if access.user.impersonate:
        headers.append(("Impersonate-User", access.user.impersonate))
        headers += [("Impersonate-Group", group) for group in access.user.impersonate_groups or ()]
    return headers


async def _version(connection: Connection) -> str:
    try:
        answer = await connection.get_json("/version")
        return msgspec.json.decode(answer, type=Version).git_version
    except msgspec.MsgspecError as error:
        raise Unreachable(
            f"What answers at {connection.place.host} is no Kubernetes API server.",
            "Check `server` in the kubeconfig.",
        ) from error
