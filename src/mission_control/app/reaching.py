"""Trying whether an address can be fetched from here, as everything that calls out does it."""

from __future__ import annotations

import os
from functools import partial
from time import monotonic

import msgspec

from mission_control.cluster.proxies import proxy_for
from mission_control.fetch import Fetcher, Limits
from mission_control.settings import Settings


class Reach(msgspec.Struct, frozen=True):
    """How an address was reached: where it was in the end, by which way, with what answer, in how long."""

    url: str
    status: int
    address: str
    proxy: str
    bytes: int
    ms: int


def fetcher(settings: Settings) -> Fetcher:
    """The one client that calls out, by the proxies of the environment. Raises FetchError."""
    return Fetcher(partial(proxy_for, env=os.environ), settings.trusted_ca)


async def reach_out(settings: Settings, url: str, seconds: float) -> Reach:
    """Fetch an address and tell how. Raises FetchError."""
    began = monotonic()
    found = await fetcher(settings).get(url, limits=Limits(seconds=seconds))
    took = round((monotonic() - began) * 1000)
    return Reach(found.url, found.status, found.address, found.proxy, len(found.body), took)
