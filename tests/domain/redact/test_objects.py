from __future__ import annotations

from typing import Any

import pytest

from mission_control.domain.redact import MASK, is_secret_name, redact_object

HIDDEN_NAMES = (
    "POSTGRES_PASSWORD", "dbPassword", "X_JWT_SECRET", "api-key", "apiKey", "LICENSE_KEY", "API_KEY_SALT",
    "AWS_SECRET_ACCESS_KEY", "accessToken", "PGPASSWORD", "CLIENT_SECRET_2", "connectionString", "REDIS_PASS",
)  # fmt: skip
OPEN_NAMES = (
    "MAX_TOKENS", "TOKENIZER", "secretName", "PASSWORD_FILE", "tokenExpirationSeconds", "existingSecret",
    "PUBLIC_KEY", "partition_key", "HOST", "key", "topologyKey", "tokens", "secretKeyRef", "COMPASS",
)  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN_NAMES)
def test_a_name_of_a_secret_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OPEN_NAMES)
def test_a_name_that_holds_no_secret_is_open(name: str) -> None:
    assert not is_secret_name(name)


def test_a_secret_keeps_its_keys_and_loses_its_values() -> None:
    tree = {"kind": "Secret", "data": {"user": "YWRtaW4="}, "stringData": {"note": "x"}, "type": "Opaque"}
    assert redact_object(tree) == {
        "kind": "Secret",
        "data": {"user": MASK},
        "stringData": {"note": MASK},
        "type": "Opaque",
    }


def test_secrets_in_a_list_lose_their_values() -> None:
    tree = {"kind": "List", "items": [{"kind": "Secret", "data": {"a": "eA=="}}]}
    assert redact_object(tree)["items"][0]["data"] == {"a": MASK}


def test_an_environment_variable_with_a_secret_name_is_hidden_and_others_stay() -> None:
    env = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "DB_HOST", "value": "db"}]
    assert redact_object({"env": env})["env"] == [
        {"name": "DB_PASSWORD", "value": MASK},
        {"name": "DB_HOST", "value": "db"},
    ]


def test_where_a_variable_comes_from_stays() -> None:
    env = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "app", "key": "db_password"}}}
    assert redact_object(env) == env


def test_the_last_applied_configuration_is_hidden_whole() -> None:
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"a":"b"}}', "note": "x"}
    hidden = redact_object({"metadata": {"annotations": annotations}})["metadata"]["annotations"]
    assert hidden == {"kubectl.kubernetes.io/last-applied-configuration": MASK, "note": "x"}


def test_helms_record_is_hidden_also_in_a_config_map() -> None:
    tree = {"kind": "ConfigMap", "metadata": {"labels": {"owner": "helm"}}, "data": {"release": "H4sI"}}
    assert redact_object(tree)["data"] == {"release": MASK}


def test_a_config_map_loses_only_what_looks_like_a_secret() -> None:
    tree = {
        "kind": "ConfigMap",
        "data": {"url": "postgres://a:hunter2@db/x", "api_key": "k", "level": "info"},
    }
    assert redact_object(tree)["data"] == {
        "url": f"postgres://a:{MASK}@db/x",
        "api_key": MASK,
        "level": "info",
    }


def test_a_word_after_a_secret_flag_is_hidden_in_a_command() -> None:
    command = ["serve", "--password", "hunter2", "--token=hunter2", "--port", "80"]
    assert redact_object({"args": command})["args"] == [
        "serve",
        "--password",
        MASK,
        f"--token={MASK}",
        "--port",
        "80",
    ]


@pytest.mark.parametrize(
    "tree", [None, 3, True, [], {}, {"data": None}, {"kind": "Secret", "data": None}, "text"]
)
def test_odd_trees_pass(tree: Any) -> None:
    assert redact_object(tree) == tree
