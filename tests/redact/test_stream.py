import pytest

from mission_control.domain.redact import ByteStream, KnownValue, KnownValues, Ledger, Redactor, TextStream
from mission_control.domain.redact.stream import HELD

KEY = (
    "-----BEGIN PRIVATE KEY-----\n"
    + "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC5ow40Tgr5DYe0\n" * 30
)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(b"stream", known=KnownValues([KnownValue("Zx81-known-value-99")]))


def through(redactor: Redactor, text: str, size: int) -> str:
    stream = TextStream(redactor)
    return "".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size)) + stream.close()


TEXTS = {
    "a private key": f"start\n{KEY}-----END PRIVATE KEY-----\nend\n",
    "a private key without end": f"start\n{KEY}",
    "a block": "a: 1\npassword: |\n  hunter22line\n  hunter22more\nb: 2\n",
    "a variable": "- name: DB_PASSWORD\n  value: hunter22line\n- name: X\n  value: y\n",
    "a Secret": "data:\n  a: aHVudGVyMjJsaW5l\n  b: aHVudGVyMjJtb3Jl\nkind: Secret\n---\na: b\n",
    "a Secret in JSON": '{"apiVersion":"v1","data":{"a":"aHVudGVyMjJsaW5l"},"kind":"Secret"}\n{"a":1}\n',
    "a value over two lines": "x Zx81-known-v\nalue-99 y\nz\n",
    "a line": "level=info password=hunter22line done\nnext\n",
    "a flag": "args:\n- --password\n- hunter22line\n- x\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_chunks_make_no_difference(redactor: Redactor, text: str, size: int) -> None:
    masked = through(redactor, text, size)
    assert not any(part in masked for part in ("hunter22", "aHVudGVy", "MIIEvg", "Zx81", "alue-99"))
    assert masked == redactor.text(text)


def test_a_harmless_line_goes_out_at_once(redactor: Redactor) -> None:
    assert TextStream(redactor).feed("2026 INFO ready\n") == "2026 INFO ready\n"


def test_a_masked_line_goes_out_with_the_next(redactor: Redactor) -> None:
    stream = TextStream(redactor)
    assert "MASKED." in stream.feed("password=hunter22 x\n") + stream.feed("next\n")


def test_what_is_held_goes_out_when_the_log_is_quiet(redactor: Redactor) -> None:
    stream = TextStream(redactor)
    assert stream.feed("no line end yet") == ""
    assert stream.flush() == "no line end yet"
    assert stream.feed(" and the rest\n") == " and the rest\n"


def test_a_name_that_has_gone_out_still_hides_its_value(redactor: Redactor) -> None:
    stream = TextStream(redactor)
    out = stream.feed("the password=")
    out += stream.flush() + stream.feed("hunter22line\n") + stream.close()
    assert "hunter22" not in out


@pytest.mark.parametrize(
    "line", ["x" * 50, "a=b ", "password=hunter22line,", "-----BEGIN PRIVATE KEY-----MIIE"]
)
def test_what_waits_is_bounded_in_a_line_without_end(redactor: Redactor, line: str) -> None:
    stream = ByteStream(redactor)
    chunk = (line * 400).encode()
    fed = went = 0
    for _ in range(40):
        went += len(stream.feed(chunk))
        fed += len(chunk)
        assert len(stream._data) <= 3 * HELD + len(chunk)
    assert b"hunter22" not in stream.close()


def test_a_secret_longer_than_what_may_wait_is_masked_to_its_end(redactor: Redactor) -> None:
    secret = 'password: "' + "hunter22" * 30_000 + '" and the rest\nnext\n'
    masked = through(redactor, secret, 5000)
    assert "hunter22" not in masked
    assert masked.endswith("and the rest\nnext\n")


def test_a_binary_stream_is_reported(redactor: Redactor) -> None:
    ledger = Ledger()
    stream = ByteStream(redactor, ledger, "core.dump")
    assert b"hunter" not in stream.feed(b"\x00\x01\x02\x03hunter22" * 50) + stream.feed(b"password=hunter22")
    assert ledger.by_rule() == {"binary": 1}


def test_a_stream_counts_each_value_once(redactor: Redactor) -> None:
    ledger = Ledger()
    stream = TextStream(redactor, ledger, "log")
    for _ in range(20):
        stream.feed("password=hunter22line x\nnext\n")
    stream.close()
    assert ledger.total == 20
