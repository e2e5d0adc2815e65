"""Which addresses the console calls."""

from __future__ import annotations

import ipaddress

import pytest

from mission_control.fetch.addresses import name_refusal, refusal


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",  # noqa: S104 -- an address to refuse
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
    ],
)
def test_this_machine_its_link_and_metadata_are_refused(address: str) -> None:
    assert refusal(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "192.168.0.9", "203.0.113.7", "8.8.8.8", "fd12:3456::1", "2606:4700::1111"]
)
def test_private_and_public_networks_are_not(address: str) -> None:
    assert refusal(ipaddress.ip_address(address)) == ""


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "a.localhost", "metadata.google.internal."])
def test_names_of_this_machine_and_of_metadata_are_refused(name: str) -> None:
    assert name_refusal(name)
    assert not name_refusal("example.com")
