"""Hostile input must cost time in proportion to its length, with hyperscan and without."""

import time

import pytest

from mission_control.domain.redact import KnownValue, KnownValues, Redactor

# Beginnings of everything the engine looks for, without ends.
HOSTILE = (
    "eyJ",
    "eyJaaaaaaaa-",
    "sk-",
    "-sk-a1",
    "password=",
    'password="',
    "password: ",
    "token:",
    "://",
    "://a:",
    "://a:b@",
    "@",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n",
    "kind: Secret\n",
    "data:\n",
    "kind: Secret\ndata:\n",
    '"kind":"Secret"',
    '"data":{',
    '"kind":"Secret","data":{',
    "\\",
    '\\"',
    '\\"password\\":\\"',
    "'",
    '"',
    "name: password ",
    "name: password\n",
    "--password ",
    "--password\n- ",
    "<password>",
    "password%3D",
    "Cookie: a=b; ",
    "Authorization: ",
    "Bearer ",
    "MIIEvgIBADAN",
    "MIIEvgIBADAN\n",
    "a" * 44,
    "Zm9v",
    "[",
    "(",
    "{",
    "{{",
    "${",
    "password: |\n",
    "password: |\n  ",
    "key ",
    "MASKED.",
    "MASKED.secret.0000000000",
    "password=MASKED.secret.0000000000 ",
    "a1b2c3d4e5f6",
    "YTFiMmMzZDRlNWY2",
    "\n",
    " ",
    '("password", "',
    "password is ",
    "H4sIA",
    "$6$",
    "&#",
    "%25",
    "password: must ",
    '"password": [',
    "x" * 100 + "\n",
)
SIZE = 6_000
TIMES = 8


@pytest.fixture(scope="module")
def fast() -> Redactor:
    return Redactor(b"k", known=KnownValues([KnownValue("a1b2c3d4e5f6"), KnownValue("x/y$z\"w'q r")]))


@pytest.fixture(scope="module")
def plain() -> Redactor:
    return Redactor(b"k", fast=False)


def seconds(redactor: Redactor, text: str) -> float:
    began = time.process_time()
    redactor.text(text)
    return time.process_time() - began


@pytest.mark.parametrize("part", HOSTILE, ids=repr)
def test_time_grows_with_the_length_and_no_faster(fast: Redactor, part: str) -> None:
    small = (part * (SIZE // len(part) + 1))[:SIZE]
    once = min(seconds(fast, small) for _ in range(2))
    large = (part * (TIMES * SIZE // len(part) + 1))[: TIMES * SIZE]
    more = min(seconds(fast, large) for _ in range(2))
    assert more < max(once * TIMES * 3, 0.05), (once, more)
    assert more < 0.4


@pytest.mark.parametrize("part", HOSTILE[::4], ids=repr)
def test_without_hyperscan_time_grows_no_faster_either(plain: Redactor, part: str) -> None:
    small, large = ((part * (size // len(part) + 1))[:size] for size in (1_000, 8_000))
    once = min(seconds(plain, small) for _ in range(2))
    more = min(seconds(plain, large) for _ in range(2))
    assert more < max(once * 8 * 3, 0.08), (once, more)
