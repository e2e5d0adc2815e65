"""Lines pass the engine with their moments; a secret that spans several hides them all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mission_control.domain.redact import Redactor
from mission_control.domain.redact.lines import LineStream

REDACTOR = Redactor(b"k" * 32)
KEY = [
    "-----BEGIN RSA PRIVATE KEY-----",
    *["MIIEpAIBAAKCAQEA" + "ab12Cd34" * 6] * 4,
    "-----END RSA PRIVATE KEY-----",
]
TEXTS = ["one", *KEY, "password=hunter2hunter", "two", 'db_password: "s3cret-of-mine"', "three"]


def fed(texts: list[str], batches: list[int]) -> list[tuple[int, bytes]]:
    stream: LineStream[int] = LineStream(REDACTOR)
    lines = [(place, text.encode()) for place, text in enumerate(texts)]
    out: list[tuple[int, bytes]] = []
    for size in batches:
        out += stream.feed(lines[:size])
        lines = lines[size:]
    out += stream.feed(lines)
    return [*out, *stream.flush()]


@given(st.lists(st.integers(1, 4), max_size=12))
@settings(max_examples=40)
def test_however_lines_arrive_each_keeps_its_moment_and_no_secret_passes(batches: list[int]) -> None:
    out = fed(TEXTS, batches)
    whole = b"\n".join(text for _, text in out)
    for secret in (b"ab12Cd34", b"hunter2", b"s3cret"):
        assert secret not in whole
    assert {tag: text for tag, text in out if text in (b"one", b"two", b"three")} == {
        0: b"one",
        8: b"two",
        10: b"three",
    }


def test_a_value_in_the_next_line_is_hidden_although_its_name_went_out_before() -> None:
    stream: LineStream[int] = LineStream(REDACTOR)
    out = stream.feed([(1, b"api_key: |")]) + stream.flush()
    out += stream.feed([(2, b"  sk-live-0123456789abcdefghij"), (3, b"done")]) + stream.flush()
    assert b"0123456789abcdefghij" not in b"".join(text for _, text in out)
