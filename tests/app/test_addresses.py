"""The address that `serve` prints is one that the console answers to."""

from __future__ import annotations

import ipaddress

import pytest

from mission_control.app.addresses import address, is_any, own_hosts


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", "http://127.0.0.1:8090"), ("::1", "http://[::1]:8090"), ("box", "http://box:8090")],
)
def test_one_address_is_told_as_it_is(host: str, expected: str) -> None:
    assert address(host, 8090) == expected
    assert own_hosts(host) == (host,)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])  # noqa: S104 (that is what is tested)
def test_every_address_is_told_as_one_by_which_others_find_this_machine(host: str) -> None:
    assert is_any(host)
    found = own_hosts(host)
    assert "0.0.0.0" not in found  # noqa: S104 (as above)
    plain = address(host, 8090).removeprefix("http://").rpartition(":")[0].strip("[]")
    assert plain in found
    try:
        assert not ipaddress.ip_address(plain).is_loopback
    except ValueError:
        assert plain
