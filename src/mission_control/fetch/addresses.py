"""Where the console may call: anywhere but this machine, its link, and what clouds answer secrets at.

Private networks are allowed, because that is where companies keep their registries. Addresses of IPv4 that
hide in IPv6 (mapped, NAT64, 6to4, Teredo) are judged as what they reach.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",  # AWS, Azure, Google, OpenStack, DigitalOcean
            "169.254.170.2",  # AWS, credentials of containers
            "169.254.170.23",  # AWS, credentials of pods
            "fd00:ec2::254",  # AWS by IPv6
            "fd00:ec2::23",  # the same for pods
            "fd20:ce::254",  # Google by IPv6
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure's host
            "192.0.0.192",  # Oracle
        ),
    )
)
_NAMES = ("metadata", "metadata.google.internal", "metadata.goog", "instance-data")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def refusal(address: Address) -> str:
    """Why the console does not call an address; empty when it may."""
    for meant in _meant(address):
        if meant in _METADATA:
            return "it is where a cloud hands out credentials"
        if meant.is_loopback or meant.is_unspecified:
            return "it is this machine itself"
        if meant.is_link_local:
            return "it is on the link of this machine only"
        if meant.is_multicast or meant.is_reserved:
            return "it is no address of one machine"
        if meant == ipaddress.ip_address("255.255.255.255"):
            return "it is no address of one machine"
    return ""


def name_refusal(host: str) -> str:
    """Why the console does not ask for a name, whatever it resolves to; empty when it may."""
    bare = host.rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return "it is this machine itself"
    return "it is where a cloud hands out credentials" if bare in _NAMES else ""


def _meant(address: Address) -> Iterable[Address]:
    """The address itself, and those of IPv4 that are reached through it."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    inner: list[Address] = []
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        inner.append(address.sixtofour)
    if address.teredo:
        inner += address.teredo
    if any(address in network for network in _NAT64):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        return tuple(inner)
    return (address, *inner)
