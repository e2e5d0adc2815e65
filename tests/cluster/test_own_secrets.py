"""What the console holds and reads is handed to redaction on the way, whatever is done with it then."""

from __future__ import annotations

import base64
import json

from mission_control.cluster.kubeconfig import Exec, Provider, UserEntry, Variable
from mission_control.cluster.own_secrets import learn_addresses, learn_key, learn_secret, learn_user
from mission_control.cluster.records import unpack
from mission_control.cluster.releases import ReleaseReader
from mission_control.domain.redact import redact
from tests.cluster.test_records import RECORD, packed
from tests.cluster.test_secret_readings import Cluster

VALUE = "Quiet7-harbour-Lamp"
OTHER = "Loud8-meadow-Candle"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def is_hidden(text: str = VALUE) -> bool:
    return text not in redact(f"said {text} and went")


def test_token_and_password_of_the_kubeconfig_are_hidden() -> None:
    learn_user(UserEntry(token=VALUE, password=OTHER))
    assert is_hidden()
    assert is_hidden(OTHER)


def test_what_a_plugin_and_an_old_provider_are_given_is_hidden() -> None:
    plugin = Exec("login", env=(Variable("API_TOKEN", VALUE), Variable("REGION", "eu-Central7-more")))
    learn_user(UserEntry(exec=plugin, auth_provider=Provider("oidc", {"refresh-token": OTHER})))
    assert is_hidden()
    assert is_hidden(OTHER)
    assert not is_hidden("eu-Central7-more")


def test_the_key_of_a_client_certificate_is_hidden_in_parts_too() -> None:
    body = "MHcCAQEEIBf0Q7h1tFz8yq2m3n4p5r6s7t8u9v0w1x2y3z4A5B6CoAoGCCqGSM49"
    learn_key(f"-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----\n".encode())
    assert is_hidden(body)


def test_the_password_of_a_proxy_is_hidden() -> None:
    learn_addresses((f"http://ops:{VALUE}@proxy:3128", None))
    assert is_hidden()


def test_of_a_secret_read_by_name_every_value_is_hidden_but_what_is_open() -> None:
    data = {"odd": encoded(VALUE), "host": encoded("Db7.shop.svc.cluster.local"), "raw": "/w=="}
    learn_secret("shop", "store", "Opaque", data)
    assert is_hidden()
    assert not is_hidden("Db7.shop.svc.cluster.local")


def test_the_values_and_the_secrets_of_a_release_are_hidden() -> None:
    manifest = (
        f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata:\n  odd: {encoded(OTHER)}\n"
        "---\nkind: ConfigMap\ndata: {odd: Open7-and-for-Everybody}\n---\nkind: Secret\n: {\n"
    )
    unpack(packed({**RECORD, "config": {"db": {"password": VALUE}}, "manifest": manifest}), "a record")
    assert is_hidden()
    assert is_hidden(OTHER)
    assert not is_hidden("Open7-and-for-Everybody")


def test_a_secret_that_a_release_wrote_as_json_is_hidden() -> None:
    secret = json.dumps({"apiVersion": "v1", "kind": "Secret", "data": {"odd": encoded(OTHER)}})
    unpack(packed({**RECORD, "config": {}, "manifest": f"---\n# Source: a\n{secret}\n"}), "a record")
    assert is_hidden(OTHER)


async def test_the_secrets_of_a_release_are_forgotten_with_its_record() -> None:
    cluster = Cluster()
    cluster.record(1, "deployed", config={"db": {"password": VALUE}})
    reader = ReleaseReader(cluster.connection())
    await reader.read(("shop",), ("shop",))
    assert is_hidden()
    cluster.secrets.clear()
    await reader.read(("shop",), ("shop",))
    assert not is_hidden()
