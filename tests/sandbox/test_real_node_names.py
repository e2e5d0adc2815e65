"""The names that real pods can look up."""

from __future__ import annotations

import socket
import struct
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.api import Api, Obj
from sandbox.errors import ApiError
from sandbox.real import names

KNOWN = {"web.shop.svc.cluster.local": ["10.101.0.7"]}


def query(name: str, kind: int = 1) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


def status(reply: bytes) -> tuple[int, int]:
    """The reply's code, and how many answers it has."""
    _, flags, _, answers, *_ = struct.unpack(">HHHHHH", reply[:12])
    return flags & 0xF, answers


def test_a_service_is_answered_with_its_address() -> None:
    reply = names.answer(query("web.shop.svc.cluster.local"), KNOWN.get)
    assert status(reply) == (0, 1)
    assert reply.endswith(socket.inet_aton("10.101.0.7"))


def test_another_kind_of_record_is_empty_and_no_error() -> None:
    assert status(names.answer(query("web.shop.svc.cluster.local", kind=28), KNOWN.get)) == (0, 0)


def test_a_name_that_is_no_service_does_not_exist() -> None:
    assert status(names.answer(query("example.com"), KNOWN.get)) == (3, 0)


def test_an_api_server_that_does_not_answer_is_a_failure_of_the_server() -> None:
    def refused(_name: str) -> list[str]:
        raise ApiError(0, "gone")

    assert status(names.answer(query("example.com"), refused)) == (2, 0)


@settings(max_examples=40)
@given(st.binary(max_size=40))
def test_what_is_no_question_breaks_nothing(raw: bytes) -> None:
    assert isinstance(names.answer(raw, KNOWN.get), bytes)


def test_services_are_not_asked_for_at_every_question() -> None:
    asked, clock = list[int](), [0.0]

    def ask() -> names.Table:
        asked.append(1)
        return KNOWN

    known = names.Names(ask, lambda: clock[0])
    assert known.addresses("WEB.shop.svc.cluster.local.") == ["10.101.0.7"]
    assert known.addresses("other") is None
    clock[0] = 1.5
    known.addresses("other")
    assert len(asked) == 2


class Recorded:
    """An API server with one headless service and one that is not."""

    def items(self, path: str) -> list[Obj]:
        if path.endswith("services"):
            return [service("db", "None"), service("web", "10.101.0.7")]
        ready, waiting = {"conditions": {"ready": True}}, {"conditions": {"ready": False}}
        first = {"addresses": ["10.101.128.4"], "hostname": "db-0", **ready}
        second = {"addresses": ["10.101.128.5"], "hostname": "db-1", **waiting}
        meta = {"namespace": "shop", "labels": {"kubernetes.io/service-name": "db"}}
        return [{"metadata": meta, "addressType": "IPv4", "endpoints": [first, second]}]


def service(name: str, address: str) -> Obj:
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": {"clusterIP": address}}


@pytest.mark.parametrize(
    ("name", "addresses"),
    [("db", ["10.101.128.4"]), ("db-0.db", ["10.101.128.4"]), ("db-1.db", None), ("web", ["10.101.0.7"])],
)
def test_a_headless_service_has_the_addresses_of_its_ready_pods(
    name: str, addresses: list[str] | None
) -> None:
    assert names.table(cast("Api", Recorded())).get(f"{name}.shop.svc.cluster.local") == addresses
