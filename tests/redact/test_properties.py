import base64
import html
import json
import shlex
import string
import urllib.parse
from collections.abc import Callable
from functools import lru_cache

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mission_control.domain.redact import ByteStream, KnownValue, KnownValues, Redactor, TextStream
from mission_control.domain.redact.known import is_searchable

SYMBOLS = "!@#$%^&*()-_=+[]{};:'\",.<>/?|\\` ~äß€密\U0001f511"
few = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
some = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
letters = string.ascii_letters + string.digits
values = st.text(letters + SYMBOLS, min_size=6, max_size=40).map(str.strip).filter(is_searchable)
# Text that is full of what the engine looks at.
scraps = st.sampled_from(
    (
        "password",
        "token",
        "api_key",
        "=",
        ": ",
        ":",
        '"',
        "'",
        "\\",
        "\n",
        " ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "|",
        "- ",
        "--",
        "eyJhbGciOiJI",
        ".",
        "sk-",
        "a1b2c3d4e5f6g7h8",
        "://",
        "@",
        "user",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "kind: Secret",
        "data:",
        "stringData:",
        "  ",
        "<",
        ">",
        "null",
        "MASKED.jwt.0123456789",
        "MASKED.",
        "Bearer ",
        "Authorization",
        "%3D",
        "name",
        "value",
        "(",
        ")",
        "MIIEvgIBADANBgkqhkiG9w0",
        "\\n",
        "\t",
        "é",
        "$",
    )
)
noise = st.one_of(st.text(max_size=60), st.lists(scraps, max_size=30).map("".join))
noise.validate()  # reckons the table of all characters now: a second in a fresh clone, and no test's own

DRESSES: dict[str, Callable[[str], str]] = {
    "plain": lambda value: f"before {value} after",
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 without padding": lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    "base64 for URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "base64 in lines": lambda value: base64.encodebytes(b"x" * 50 + value.encode() + b"y" * 50).decode(),
    "base64 of a whole": lambda value: base64.b64encode(f"user:{value}@host".encode()).decode(),
    "base64 of another whole": lambda value: base64.b64encode(f"a:{value}".encode()).decode(),
    "base64 of base64": lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    "URL": lambda value: f"https://x/?q={urllib.parse.quote(value, safe='')}&n=1",
    "form": urllib.parse.quote_plus,
    "JSON": lambda value: json.dumps({"note": value}),
    "JSON as it is": lambda value: json.dumps({"note": value}, ensure_ascii=False),
    "JSON in JSON": lambda value: json.dumps({"note": json.dumps({"note": value})}),
    "JSON in a URL": lambda value: urllib.parse.quote(json.dumps({"note": value})),
    "YAML": lambda value: yaml.safe_dump({"deep": {"note": value}}),
    "YAML in double quotes": lambda value: yaml.safe_dump({"note": value}, default_style='"'),
    "YAML in single quotes": lambda value: yaml.safe_dump({"note": value}, default_style="'"),
    "YAML in JSON": lambda value: json.dumps(yaml.safe_dump({"note": value})),
    "HTML": html.escape,
    "shell": shlex.quote,
    "Python": repr,
    "Python's bytes": lambda value: repr(value.encode()),
    "hex": lambda value: value.encode().hex(),
    "upper hex": lambda value: value.encode().hex().upper(),
    "connection string": lambda value: f"amqp://svc:{urllib.parse.quote(value, safe='')}@mq:5672/",
}


@lru_cache(maxsize=64)
def knowing(*held: str, fast: bool = True) -> Redactor:
    return Redactor(b"k" * 32, known=KnownValues([KnownValue(value) for value in held], fast=fast), fast=fast)


def test_no_known_value_survives_any_dress() -> None:
    @few
    @given(value=values)
    def holds(value: str) -> None:
        redactor = knowing(value)
        for name, put_on in DRESSES.items():
            dressed = put_on(value)
            masked = redactor.text(dressed)
            assert "MASKED." in masked, (name, dressed)
            assert value not in masked, (name, dressed)

    holds()


def test_without_hyperscan_no_known_value_survives_either() -> None:
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(value=values)
    def holds(value: str) -> None:
        redactor, fast = knowing(value, fast=False), knowing(value)
        for put_on in DRESSES.values():
            assert redactor.text(put_on(value)) == fast.text(put_on(value))

    holds()


@settings(few, max_examples=3)
@given(value=values, noise=noise, cuts=st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_no_known_value_survives_any_chunking(value: str, noise: str, cuts: list[int]) -> None:
    text = f"{noise}\nnote {value} end\n{noise} {base64.b64encode(value.encode()).decode()}\n{noise}"
    stream = TextStream(knowing(value))
    parts, at, turn = [], 0, 0
    while at < len(text):
        size = cuts[turn % len(cuts)]
        parts.append(stream.feed(text[at : at + size]))
        at, turn = at + size, turn + 1
    masked = "".join([*parts, stream.close()])
    assert value not in masked
    assert base64.b64encode(value.encode()).decode().rstrip("=") not in masked


trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just("HERE"), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(letters, max_size=6), inner, max_size=3)
    ),
    max_leaves=12,
)


@few
@given(value=values, tree=trees)
def test_no_known_value_survives_any_nesting(value: str, tree: object) -> None:
    def planted(part: object) -> object:
        if isinstance(part, dict):
            return {key: planted(inner) for key, inner in part.items()} | {f"a{value}": value}
        if isinstance(part, list):
            return [planted(inner) for inner in part]
        return f"x {value} y" if part == "HERE" else part

    masked = knowing(value).tree({"spec": planted(tree)})
    assert value not in json.dumps(masked, ensure_ascii=False)
    assert value not in repr(masked)


@some
@given(text=noise)
def test_redacting_twice_changes_nothing(text: str) -> None:
    redactor = knowing("a1b2c3d4e5f6")
    once = redactor.text(text)
    assert redactor.text(once) == once


@some
@given(content=st.one_of(st.binary(max_size=200), noise.map(str.encode)))
def test_no_bytes_raise(content: bytes) -> None:
    redactor = knowing("a1b2c3d4e5f6")
    redactor.data(content)
    redactor.unknown(content)
    stream = ByteStream(redactor)
    stream.feed(content)
    stream.close()


@some
@given(text=noise)
def test_with_and_without_hyperscan_the_result_is_the_same(text: str) -> None:
    assert Redactor(b"k", fast=True).text(text) == Redactor(b"k", fast=False).text(text)


names = st.sampled_from(
    ("password", "apiKey", "note", "token", "url", "count", "DB_PASSWORD", "items", "auth")
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 10**9),
    st.text(letters + SYMBOLS + "\n", max_size=30),
    st.just("postgresql://app:s3cretpw@db:5432/app"),
    st.text(letters + " ", min_size=60, max_size=120),
)
documents = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=10,
)


@some
@given(document=st.dictionaries(names, documents, min_size=1, max_size=4), indent=st.sampled_from((None, 2)))
def test_json_stays_json_with_the_same_names(document: dict[str, object], indent: int | None) -> None:
    masked = json.loads(Redactor(b"k").text(json.dumps(document, indent=indent)))
    assert set(masked) == set(document)


@some
@given(document=st.dictionaries(names, documents, min_size=1, max_size=4))
def test_yaml_stays_yaml_with_the_same_names(document: dict[str, object]) -> None:
    masked = yaml.safe_load(Redactor(b"k").text(yaml.safe_dump(document)))
    assert set(masked) == set(document)


@few
@given(document=st.dictionaries(names, documents, min_size=1, max_size=4))
def test_a_tree_keeps_its_shape(document: dict[str, object]) -> None:
    masked = Redactor(b"k").tree(document)
    assert list(masked) == list(document)


@pytest.mark.parametrize("value", ["postgres", "5432", "true", "abc", "my-release", "Password"])
def test_words_numbers_and_names_are_not_searched_for(value: str) -> None:
    assert knowing(value).text(f"the {value} is here") == f"the {value} is here"


def test_a_name_of_an_object_is_not_searched_for() -> None:
    known = KnownValues([KnownValue("release7-db0")], names=["release7-db0"])
    assert Redactor(known=known).text("pod release7-db0") == "pod release7-db0"


@few
@given(value=values)
def test_one_value_has_one_mask_in_all_dresses(value: str) -> None:
    assume(not value.startswith(("=", "-", "+", "/")) and value[-1] not in "=-+/")
    redactor = knowing(value)
    masks = {redactor.text(form(value)) for form in (str, DRESSES["base64"], DRESSES["hex"])}
    assert len(masks) == 1
