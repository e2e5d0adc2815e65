"""What the process comes to know: from then on hidden, in every dress, and readable again when forgotten."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from mission_control.domain.redact import (
    Redactor,
    counts,
    current,
    cut,
    forget,
    learn,
    redact,
    redact_object,
    secrets_in_secret,
    secrets_in_text,
    secrets_in_tree,
    spare,
    use,
    version,
)
from mission_control.domain.redact.places import Places

VALUE = "Quiet7-harbour-Lamp"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    use(Redactor(b"learned"))
    yield
    use(None)


def test_a_learned_value_is_hidden_in_text_and_trees_and_base64() -> None:
    learn("release shop", [VALUE])
    encoded = base64.b64encode(VALUE.encode()).decode()
    assert VALUE not in redact(f"it said {VALUE}")
    assert VALUE not in str(redact_object({"note": [f"so {VALUE}"]}))
    assert encoded not in redact(f"it said {encoded}")


def test_the_same_value_has_the_mask_that_it_has_at_a_secret_place() -> None:
    learn("release shop", [VALUE])
    assert redact(f"it said {VALUE}").removeprefix("it said ") == redact(f"password={VALUE}")[9:]


def test_what_a_source_said_before_is_forgotten_when_it_says_something_else() -> None:
    learn("token", [VALUE])
    learn("token", ["Another9-value-Entirely"])
    assert redact(VALUE) == VALUE
    forget("token")
    assert redact("Another9-value-Entirely") == "Another9-value-Entirely"


def test_learning_the_same_again_changes_nothing() -> None:
    learn("token", [VALUE])
    before = version(), current()
    learn("token", [VALUE])
    assert (version(), current()) == before


def test_words_short_values_and_names_of_objects_stay_readable() -> None:
    learn("secret", ["postgres", "abc", "demo7-langsmith-DB0"])
    spare(["demo7-langsmith-DB0", "another"])
    text = "postgres abc demo7-langsmith-DB0"
    assert redact(text) == text


def test_a_name_that_is_gone_is_spared_no_more() -> None:
    learn("secret", ["demo7-langsmith-DB0"])
    spare(["demo7-langsmith-DB0"])
    spare(["another"])
    assert "demo7" not in redact("demo7-langsmith-DB0")


def test_the_version_tells_that_the_same_text_may_be_redacted_otherwise() -> None:
    before = version()
    learn("token", [VALUE])
    assert version() > before


def test_what_was_masked_is_counted_by_rule() -> None:
    redact("password=Zx81-and-more and again token=Zx82-and-more")
    assert counts()["named-value"] == 2


def values(found: tuple[object, ...]) -> set[str]:
    return {known.value for known in found}  # type: ignore[attr-defined]


def test_of_a_connection_string_only_the_password_is_known() -> None:
    found = secrets_in_text(["postgresql://app:s3cr%2Ft-Pw@db:5432/app"])
    assert values(found) == {"s3cr%2Ft-Pw", "s3cr/t-Pw"}


def test_of_a_secret_hosts_users_and_certificates_are_no_secrets() -> None:
    data = {
        "clickhouse_host": "demo-click.langsmith.svc.cluster.local",
        "clickhouse_user": "default-user-1",
        "tls.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "clickhouse_password": VALUE,
        "anything": "Else7-that-nobody-Knows",
    }
    assert values(secrets_in_secret(data, Places())) == {VALUE, "Else7-that-nobody-Knows"}


def test_of_values_the_secrets_are_found_by_name_place_and_shape() -> None:
    tree = {
        "config": {"apiKeySalt": VALUE, "hostname": "smith.example.com", "odd": "Told7-by-the-Pack"},
        "extraEnv": [{"name": "OPENAI_API_KEY", "value": "sk-" + "a1B2" * 8}],
    }
    found = values(secrets_in_tree(tree, Places(paths=("config.odd",))))
    assert found == {VALUE, "Told7-by-the-Pack", "sk-" + "a1B2" * 8}


def test_a_bundles_own_key_gives_other_fingerprints() -> None:
    ours, theirs = current(), current().keyed(b"bundle")
    assert ours.text(f"password={VALUE}") != theirs.text(f"password={VALUE}")
    assert VALUE not in theirs.text(f"password={VALUE}")


def test_a_text_is_redacted_before_it_is_cut() -> None:
    learn("a Secret", [VALUE])
    assert cut(f"it said {VALUE}", 12) == redact(f"it said {VALUE}")[:12]
    assert cut("short", 12) == "short"


def test_of_an_address_without_scheme_only_the_password_is_known() -> None:
    found = secrets_in_secret(
        {"connection_url": "app:s3cr%2Ft-Pw@db:5432/app?a=1"}, Places(frozenset({"connection_url"}))
    )
    assert values(found) == {"s3cr%2Ft-Pw", "s3cr/t-Pw"}


def test_a_variable_that_a_pack_names_is_hidden_in_the_text_of_a_manifest() -> None:
    redactor = Redactor(b"k", places=Places(frozenset({"DATABASE_URI"})))
    assert "words" not in redactor.text("env:\n- name: DATABASE_URI\n  value: plain-words\n- name: B\n")
    assert "words" not in redactor.text('{"name":"DATABASE_URI","value":"plain-words"}')
