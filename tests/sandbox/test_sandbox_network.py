"""Ports, address ranges, and what is written down about them."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from sandbox import network, processes, record
from sandbox.network import Ranges
from sandbox.record import Ports, Record


def test_free_ports_differ() -> None:
    ports = network.free_ports(7)
    assert len(set(ports)) == 7


def test_pods_and_services_lie_in_the_blocked_range_and_apart() -> None:
    ranges = Ranges(120)
    whole, pods, services = (
        ipaddress.IPv4Network(text) for text in (ranges.whole, ranges.pods, ranges.services)
    )
    assert pods.subnet_of(whole)
    assert services.subnet_of(whole)
    assert not pods.overlaps(services)
    assert ipaddress.IPv4Address(ranges.dns_service) in services


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    process = processes.Process("etcd", 1, "then", ("etcd", "--flag"), "log")
    written = Record(
        Ports(1, 2, 3, 4, 5, 6, 7),
        Ranges(100, is_routed=True),
        None,
        stages=["x.yaml"],
        bare=False,
        bin="/bin",
    )
    written.remember(process, tmp_path)
    assert record.load(tmp_path) == written
