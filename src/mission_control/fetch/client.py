"""Fetches one address: judged, resolved once, connected to just that, followed by hand, in bounds.

The name is resolved here, every answer is judged, and the connection goes to an address that was judged, so
that a name cannot mean another machine a moment later. Each redirect begins again from the start. Where a
proxy is set it resolves names; what the console can judge then is the name and addresses written as such.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec

from mission_control.fetch.addresses import name_refusal, refusal
from mission_control.fetch.errors import FetchError, Refused

_MOVED = (301, 302, 303, 307, 308)
_OURS = {"user-agent": "mission-control", "accept-encoding": "identity"}
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]


class Limits(msgspec.Struct, frozen=True):
    """How much and how long: bytes of an answer, seconds in all, redirects. `plain`: http is allowed too."""

    size: int = 10 * 2**20
    seconds: float = 30.0
    redirects: int = 5
    plain: bool = False


class Fetched(msgspec.Struct, frozen=True):
    """An answer: the address that it came from in the end, and how it was reached."""

    url: str
    status: int
    body: bytes
    address: str
    proxy: str = ""
    type: str = ""


class Way(msgspec.Struct, frozen=True):
    """A judged way to one address: whom to connect to, what to call it there."""

    url: httpx2.URL
    host: str
    address: str
    proxy: str | None


class Fetcher:
    """Calls out. `proxy` says by which proxy an address is reached; `authorities` is one more PEM file."""

    def __init__(
        self,
        proxy: Callable[[str], str | None] = lambda _: None,
        authorities: str = "",
        resolve: Resolve | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._proxy, self._transport = proxy, transport
        self._resolve = resolve or _resolve
        self._trust = _trust(authorities)

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Fetched:
        """The answer at the end of all redirects, whatever its status. Raises FetchError."""
        limits = limits or Limits()
        given = {name.lower(): value for name, value in (headers or {}).items()}
        try:
            async with asyncio.timeout(limits.seconds):
                return await self._follow(url, given, limits)
        except TimeoutError as error:
            raise FetchError(
                f"{_shown(url)} took longer than {limits.seconds:g} s.", "Look at the network and the proxy."
            ) from error

    async def _follow(self, url: str, headers: dict[str, str], limits: Limits) -> Fetched:
        first = urlsplit(url)[:2]
        for _ in range(limits.redirects + 1):
            way = await self._way(url, limits)
            if urlsplit(url)[:2] != first:  # what was meant for one host is not told to another
                headers = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
            answer, onward = await self._ask(way, url, headers, limits)
            if not onward:
                return answer
            url = urljoin(url, onward)
        raise FetchError(
            f"{_shown(url)} redirects more than {limits.redirects} times.", "Name its last address."
        )

    async def _ask(self, way: Way, url: str, headers: dict[str, str], limits: Limits) -> tuple[Fetched, str]:
        """The answer of one hop, and where it sends on to."""
        async with httpx2.AsyncClient(
            verify=self._trust, proxy=way.proxy, trust_env=False, transport=self._transport
        ) as client:
            request = client.build_request(
                "GET",
                way.url,
                headers={**_OURS, **headers, "host": way.host},
                timeout=limits.seconds,
                extensions={"sni_hostname": urlsplit(url).hostname or ""},
            )
            try:
                response = await client.send(request, stream=True, follow_redirects=False)
                try:
                    body = await _body(response, url, limits.size)
                finally:
                    await response.aclose()
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
                raise _trouble(url, way, error) from error
        onward = response.headers.get("location", "") if response.status_code in _MOVED else ""
        kind = response.headers.get("content-type", "")
        return Fetched(url, response.status_code, body, way.address, way.proxy or "", kind), onward

    async def _way(self, url: str, limits: Limits) -> Way:
        """Judge an address, and pin what its name means now. Raises Refused."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise Refused(f"{url!r} is no address.", "Write it like https://host/path.") from error
        if parts.scheme not in (("https", "http") if limits.plain else ("https",)) or not host:
            raise Refused(f"{_shown(url)} is not called: only https is.", "Name an https address.")
        if parts.username is not None or parts.password is not None:
            raise Refused(f"{_shown(url)} is not called: it has a user or password in it.", "Leave it away.")
        _refuse(url, name_refusal(host))
        proxy = self._proxy(url)
        literal = _literal(host)
        if literal is None and proxy:
            return Way(httpx2.URL(url), _named(host, parts.port), "", proxy)
        found = (str(literal),) if literal else await self._resolve(host, port)
        for address in found:
            _refuse(url, refusal(ipaddress.ip_address(address.partition("%")[0])))
        if not found:
            raise FetchError(f"{host} has no address.", "Check the name and the cluster's DNS.")
        pinned = httpx2.URL(url).copy_with(host=found[0])
        return Way(httpx2.URL(url) if proxy else pinned, _named(host, parts.port), found[0], proxy)


def _refuse(url: str, why: str) -> None:
    if why:
        raise Refused(f"{_shown(url)} is not called: {why}.", "Name an address that others have, too.")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is written as, also in the odd ways of the C library (0x7f.1, 2130706433)."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.ip_address(socket.inet_aton(host))
    except OSError:
        return None


def _named(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}" if port else shown


async def _resolve(host: str, port: int) -> tuple[str, ...]:
    """What a name means now, each address once."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchError(
            f"{host} is not known ({error}).", "Check the name and the cluster's DNS."
        ) from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _body(response: httpx2.Response, url: str, most: int) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > most:
            raise FetchError(
                f"{_shown(url)} answers with more than {most} bytes.", "It is not what was meant."
            )
        parts.append(part)
    return b"".join(parts)


def _trust(authorities: str) -> ssl.SSLContext:
    """The machine's authorities, and those of the file besides."""
    context = ssl.create_default_context()
    if authorities:
        try:
            context.load_verify_locations(cafile=authorities)
        except (OSError, ssl.SSLError) as error:
            raise FetchError(
                f"{authorities} holds no authorities that can be read ({error}).", "Check MC_TRUSTED_CA."
            ) from error
    return context


def _trouble(url: str, way: Way, error: Exception) -> FetchError:
    through = f" through the proxy {way.proxy}" if way.proxy else ""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return FetchError(
            f"The certificate of {_shown(url)} is not trusted.", "Add its authority with MC_TRUSTED_CA."
        )
    return FetchError(
        f"{_shown(url)} does not answer{through} ({type(error).__name__}).",
        "Look at the network, the NetworkPolicy and the proxy.",
    )


def _shown(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
