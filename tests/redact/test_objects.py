import base64
from typing import Any

import pytest

from mission_control.domain.redact import Ledger, Places, Redactor, redact_object


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(
        b"objects", places=Places(names=frozenset({"oauth_client_id"}), paths=("*.external.url",))
    )


def is_mask(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("MASKED.")


def test_the_data_of_a_secret_go_and_their_keys_stay() -> None:
    safe = redact_object({"kind": "Secret", "data": {"license_key": "bGlj"}, "stringData": {"b": "c"}})
    assert list(safe["data"]) == ["license_key"]
    assert is_mask(safe["data"]["license_key"])
    assert is_mask(safe["stringData"]["b"])


def test_secrets_in_a_list_are_hidden() -> None:
    assert is_mask(redact_object([{"kind": "Secret", "data": {"a": "b"}}])[0]["data"]["a"])


def test_a_value_has_one_mask_in_a_secret_and_in_a_variable(redactor: Redactor) -> None:
    secret = redactor.tree({"kind": "Secret", "data": {"p": base64.b64encode(b"hunter22").decode()}})
    variable = redactor.tree({"env": [{"name": "DB_PASSWORD", "value": "hunter22"}]})
    assert secret["data"]["p"] == variable["env"][0]["value"]


def test_a_variable_from_a_reference_stays_readable(redactor: Redactor) -> None:
    tree = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "app-secrets", "key": "password"}}}
    assert redactor.tree(tree) == tree


def test_what_was_last_applied_is_hidden_whole(redactor: Redactor) -> None:
    tree = {
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"a":"b"}}', "note": "b"}
    }
    safe = redactor.tree(tree)["annotations"]
    assert is_mask(safe["kubectl.kubernetes.io/last-applied-configuration"])
    assert safe["note"] == "b"


def test_a_release_record_in_a_config_map_is_hidden(redactor: Redactor) -> None:
    tree = {"kind": "ConfigMap", "metadata": {"labels": {"owner": "helm"}}, "data": {"release": "H4sIabc"}}
    assert is_mask(redactor.tree(tree)["data"]["release"])


def test_the_word_after_a_secret_flag_is_hidden(redactor: Redactor) -> None:
    safe = redactor.tree({"args": ["--db-password", "hunter22", "--token-file", "/x", "--api-key=abc"]})[
        "args"
    ]
    assert is_mask(safe[1])
    assert safe[2:4] == ["--token-file", "/x"]
    assert safe[4].startswith("--api-key=MASKED.")


def test_a_login_of_a_registry_is_hidden(redactor: Redactor) -> None:
    login = base64.b64encode(b"user:hunter22").decode()
    assert is_mask(redactor.tree({"auths": {"r": {"auth": login}}})["auths"]["r"]["auth"])


def test_a_kubeconfig_keeps_its_certificate_and_loses_its_key(redactor: Redactor) -> None:
    safe = redactor.tree(
        {"user": {"client-key-data": "LS0t", "client-certificate-data": "LS0u", "token": "abc1"}}
    )
    assert is_mask(safe["user"]["client-key-data"])
    assert is_mask(safe["user"]["token"])
    assert safe["user"]["client-certificate-data"] == "LS0u"


def test_a_number_that_is_a_password_is_hidden_and_a_count_of_tokens_is_not(redactor: Redactor) -> None:
    safe = redactor.tree({"password": 12345678, "token": 512, "passwordless": True, "secret": None})
    assert is_mask(safe["password"])
    assert safe["token"] == 512
    assert safe["passwordless"] is True
    assert safe["secret"] is None


def test_names_and_paths_of_a_pack_are_secret_places(redactor: Redactor) -> None:
    safe = redactor.tree({"redis": {"external": {"url": "cache"}, "url": "cache"}, "oauth_client_id": "abc"})
    assert is_mask(safe["redis"]["external"]["url"])
    assert safe["redis"]["url"] == "cache"
    assert is_mask(safe["oauth_client_id"])


def test_names_of_a_pack_are_secret_in_text_too(redactor: Redactor) -> None:
    assert "abc99" not in redactor.text('{"oauth_client_id": "abc99"}')


def test_redacting_an_object_twice_changes_nothing(redactor: Redactor) -> None:
    tree = {
        "kind": "Secret",
        "data": {"a": "b"},
        "env": [{"name": "API_KEY", "value": "c"}],
        "x": "password=d1",
    }
    once = redactor.tree(tree)
    assert redactor.tree(once) == once


def test_a_very_deep_tree_is_cut_without_error(redactor: Redactor) -> None:
    tree: Any = "password=hunter22"
    for _ in range(400):
        tree = [tree]
    assert "hunter22" not in repr(redactor.tree(tree))


def test_the_ledger_tells_rules_and_places_and_no_values(redactor: Redactor) -> None:
    ledger = Ledger()
    redactor.tree({"spec": {"containers": [{"env": [{"name": "API_KEY", "value": "hunter22"}]}]}}, ledger)
    redactor.text("password=hunter22 token=abcdef12", ledger, "log of worker")
    entries = {(entry.rule, entry.place): entry.count for entry in ledger.entries()}
    assert entries == {
        ("secret-place", "spec.containers[].env[].value"): 1,
        ("named-value", "log of worker"): 2,
    }
    assert ledger.total == 3
    assert ledger.by_rule() == {"secret-place": 1, "named-value": 2}
    assert "hunter22" not in repr(ledger.entries())


def test_a_ledger_does_not_grow_without_end() -> None:
    ledger = Ledger(places=3)
    for number in range(50):
        ledger.note("jwt", f"place {number}")
    assert len(ledger.entries()) == 4
    assert ledger.total == 50
