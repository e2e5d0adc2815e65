from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mission_control.domain.redact import MASK, redact

JWT, PRIVATE_KEY = (MASK.replace(".secret.", f".{kind}.") for kind in ("jwt", "private-key"))
SECRETS = {
    "an assignment": ("password=hunter2 host=db", f"password={MASK} host=db"),
    "JSON": ('{"password": "hun\\"ter2", "port": 1}', f'{{"password": "{MASK}", "port": 1}}'),
    "JSON within JSON": (
        '{"log": "{\\"api_key\\": \\"hunter2\\"}"}',
        f'{{"log": "{{\\"api_key\\": \\"{MASK}\\"}}"}}',
    ),
    "YAML": ("adminPassword: 'hunter2 and more'", f"adminPassword: '{MASK}'"),
    "a query": ("GET /x?token=hunter2&page=2", f"GET /x?token={MASK}&page=2"),
    "a flag": ("run --password hunter2 --verbose", f"run --password {MASK} --verbose"),
    "a header": ("Authorization: Basic aHVudGVyMg==", f"Authorization: Basic {MASK}"),
    "a bearer token alone": ("sent Bearer aHVudGVyMi1odW50ZXIy", f"sent Bearer {MASK}"),
    "a URI's password": ("postgres://app:hunt/er2@db:5432/x", f"postgres://app:{MASK}@db:5432/x"),
    "a URI's password without a user": ("redis://:hunter2@cache:6379", f"redis://:{MASK}@cache:6379"),
    "a URI's token": ("https://ghs_hunter2@host/x.git", f"https://{MASK}@host/x.git"),
    "a JSON web token": ("got eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", f"got {JWT}"),
    "a licence key": ("license key: hunter2-0000", f"license key: {MASK}"),
    "a private key": (
        "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\nnext",
        f"{PRIVATE_KEY}\nnext",
    ),
    "a private key that was cut off": ("x -----BEGIN PRIVATE KEY-----\nhunter2", f"x {PRIVATE_KEY}"),
}
HARMLESS = (
    "max_tokens=512 tokenizer=fast",
    "secretName: app-tls",
    "couldn't find key license_key in Secret shop/shop-app",
    "cannot read the token: not found",
    "image registry:5000/app@sha256:0123abcd",
    "docker-pullable://registry:5000/app@sha256:0123abcd",
    "http://host:8080/path?page=2",
    "password authentication failed for user app",
    "partition key: day",
)
HOSTILE = (
    "a" * 100_000,
    "://a:" * 20_000,
    "eyJ" * 30_000,
    "password=" * 12_000,
    "-----BEGIN PRIVATE KEY-----" * 4_000,
    'password="' + "a\\" * 50_000,
    ": " * 50_000,
    "bearer " * 15_000,
)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_replaced_by_the_mask(kind: str) -> None:
    text, wanted = SECRETS[kind]
    assert redact(text) == wanted


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_speaks_of_secrets_stays(text: str) -> None:
    assert redact(text) == text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [text for text, _ in SECRETS.values()] + list("\"':=@/ \\\n-") + ["password", "://", MASK]
        ),
        max_size=8,
    ).map("".join)
)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_a_hostile_line_costs_time_in_proportion_to_its_length(text: str) -> None:
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 0.3
