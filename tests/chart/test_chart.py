"""The chart as it renders: valid for each Kubernetes, strict about its values, restricted in what it runs."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any

import pytest
import yaml

from image import layout
from mission_control.settings import documented
from tests.chart.rendering import CHART, SPACE, Obj, helm, is_test, only, refusal, render

pytestmark = pytest.mark.sandbox

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
EVERYTHING: Obj = {
    "image": {"registry": "registry.example.com/team", "digest": f"sha256:{'0' * 64}"},
    "imagePullSecrets": [{"name": "ours"}],
    "commonLabels": {"team": "platform"},
    "commonAnnotations": {"cost-centre": "7"},
    "podLabels": {"tier": "one"},
    "podAnnotations": {"note": "here"},
    "signIn": {"existingSecret": "ours", "key": "admin.password"},
    "audit": {"keepDays": 30},
    "rbac": {
        "tokenReviews": True,
        "namespaces": ["shop", "stage"],
        "clusterReads": True,
        "releases": {"namespaces": ["shop"]},
        "secrets": [{"namespace": "shop", "names": ["shop-tls"]}],
        "diagnostics": {"nodeStats": True, "nodeProxy": True, "serviceProxy": True},
    },
    "persistence": {"storageClass": "fast", "annotations": {"keep": "yes"}},
    "publicHosts": ["console.example.com"],
    "env": [{"name": "TZ", "value": "Europe/Berlin"}],
    "proxy": {"https": "http://proxy.example.com:3128", "except": ["10.0.0.0/8"]},
    "trustedCA": {"pem": PEM},
    "networkPolicy": {
        "ingress": {"from": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}]},
        "egress": {
            "apiServer": {"cidrs": ["10.1.0.0/16"]},
            "extra": [{"ports": [{"protocol": "TCP", "port": 3128}]}],
        },
    },
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
}
VALUES: dict[str, Obj] = {
    "defaults": {},
    "everything": EVERYTHING,
    "without a volume": {"persistence": {"enabled": False}, "rbac": {"clusterWide": True}},
    "a claim of one's own": {"persistence": {"existingClaim": "mine"}, "podSecurity": None},
}
REFUSED: list[tuple[Obj, str]] = [
    ({"colour": "red"}, "colour"),
    ({"rbac": {"nodeProxy": True}}, "nodeProxy"),
    ({"rbac": {"namespaces": ["Not A Name"]}}, "namespaces"),
    ({"rbac": {"releases": {"namespaces": ["*"]}}}, "releases"),
    ({"rbac": {"secrets": [{"namespace": "shop", "names": []}]}}, "names"),
    ({"image": {"digest": "latest"}}, "digest"),
    ({"image": {"pullPolicy": "Sometimes"}}, "pullPolicy"),
    ({"service": {"port": 0}}, "port"),
    ({"persistence": {"size": "much"}}, "size"),
    ({"logLevel": "loud"}, "logLevel"),
    ({"env": [{"name": "MC_HOST", "value": "::"}]}, "env"),
    ({"commonLabels": {"app.kubernetes.io/name": "other"}}, "app.kubernetes.io/name"),
    ({"signIn": {"adminPassword": "short"}}, "adminPassword"),
    ({"signIn": {"adminPassword": "long enough 1", "existingSecret": "s"}}, "signIn.existingSecret are both"),
    ({"trustedCA": {"pem": PEM, "configMap": "mine"}}, "trustedCA.pem and trustedCA.configMap are both set"),
]


def pod_spec(found: Obj) -> Obj:
    spec: Obj = found["spec"]["template"]["spec"] if found["kind"] == "StatefulSet" else found["spec"]
    return spec


def variables(values: Obj) -> dict[str, str]:
    container = pod_spec(only(render(values), "StatefulSet"))["containers"][0]
    return {each["name"]: each["value"] for each in container["env"]}


def test_helm_finds_nothing_wrong_with_the_chart() -> None:
    done = helm("lint", str(CHART), "--strict")
    assert not done.returncode, done.stdout


@pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
def test_every_object_is_valid_for_the_last_four_kubernetes(values: Obj) -> None:
    kubernetes = pytest.importorskip("kubernetes_validate")
    newest = int(kubernetes.latest_version().split(".")[1])
    objects = render(values)
    assert len(objects) > 5
    for minor in range(newest - 3, newest + 1):
        for each in objects:
            kubernetes.validate(each, f"1.{minor}", strict=True)


@pytest.mark.parametrize(("values", "named"), REFUSED, ids=[named for _, named in REFUSED])
def test_a_value_that_cannot_be_is_refused_by_name(values: Obj, named: str) -> None:
    assert named in refusal(values)


def test_every_value_is_described_by_the_schema() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())

    def undescribed(values: Obj, known: Obj, path: str) -> list[str]:
        found = [f"{path}{key}" for key in values if key not in known.get("properties", {})]
        for key, value in values.items():
            inner = known.get("properties", {}).get(key, {})
            if isinstance(value, dict) and "properties" in inner:
                found += undescribed(value, inner, f"{path}{key}.")
        return found

    assert not undescribed(yaml.safe_load((CHART / "values.yaml").read_text()), schema, "")


@pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
def test_every_pod_keeps_to_pod_security_restricted(values: Obj) -> None:
    pods = [pod_spec(each) for each in render(values) if each["kind"] in ("StatefulSet", "Pod")]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        assert not [volume for volume in pod.get("volumes", []) if "hostPath" in volume]
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_the_pod_runs_as_the_account_of_the_image() -> None:
    security = pod_spec(only(render(), "StatefulSet"))["securityContext"]
    assert {security[key] for key in ("runAsUser", "runAsGroup", "fsGroup")} == {layout.UID}


@pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
def test_the_chart_sets_only_settings_that_the_console_has(values: Obj) -> None:
    known = {setting.variable for setting in documented()}
    set_by_chart = {name for name in variables(values) if name.startswith("MC_")}
    assert set_by_chart
    assert set_by_chart <= known


def test_the_console_is_told_that_its_state_is_temporary_only_without_a_volume() -> None:
    told = {name: "MC_STATE_IS_TEMPORARY" in variables(values) for name, values in VALUES.items()}
    assert [name for name, is_told in told.items() if is_told] == ["without a volume"]


def test_the_console_looks_where_its_roles_reach() -> None:
    assert variables({})["MC_NAMESPACES"] == SPACE
    assert variables(EVERYTHING)["MC_NAMESPACES"] == "shop,stage"
    assert "MC_NAMESPACES" not in variables({"rbac": {"clusterWide": True}})


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ({}, f"mission-control:{layout.version()}"),
        ({"registry": "r.example.com/a/", "tag": "7"}, "r.example.com/a/mission-control:7"),
        ({"tag": "7", "digest": f"sha256:{'a' * 64}"}, f"mission-control@sha256:{'a' * 64}"),
    ],
)
def test_an_image_is_named_by_registry_tag_or_digest(image: Obj, reference: str) -> None:
    pods = [pod_spec(each) for each in render({"image": image}) if each["kind"] in ("StatefulSet", "Pod")]
    assert {container["image"] for pod in pods for container in pod["containers"]} == {reference}


def test_nobody_reaches_the_console_over_the_network_unless_named() -> None:
    policy = only(render(), "NetworkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == []


def test_the_network_policy_is_for_the_console_and_not_for_its_test() -> None:
    objects = render()
    chosen = only(objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"].items()
    labels = only(objects, "StatefulSet")["spec"]["template"]["metadata"]["labels"].items()
    test = next(each for each in objects if each["kind"] == "Pod" and is_test(each))
    assert chosen <= labels
    assert not chosen <= test["metadata"]["labels"].items()
    assert only(objects, "Service")["spec"]["selector"].items() == chosen


def test_the_ways_out_are_the_api_server_and_names() -> None:
    ways = only(render(), "NetworkPolicy")["spec"]["egress"]
    assert [[port["port"] for port in way["ports"]] for way in ways] == [[443, 6443], [53, 53]]
    narrow = only(render(EVERYTHING), "NetworkPolicy")["spec"]["egress"]
    assert narrow[0]["to"] == [{"ipBlock": {"cidr": "10.1.0.0/16"}}]
    assert [port["port"] for port in narrow[2]["ports"]] == [3128]


def test_a_proxy_is_never_used_for_the_api_server() -> None:
    told = variables(EVERYTHING)
    assert told["HTTPS_PROXY"] == "http://proxy.example.com:3128"
    assert told["NO_PROXY"].split(",")[0] == "$(KUBERNETES_SERVICE_HOST)"
    assert told["NO_PROXY"].endswith(",10.0.0.0/8")


def test_private_authorities_are_mounted_and_a_change_of_them_restarts_the_pod() -> None:
    first, second = (
        only(render({"trustedCA": {"pem": pem}}), "StatefulSet")["spec"]["template"]
        for pem in (PEM, PEM + PEM)
    )
    mounted = {each["name"]: each["mountPath"] for each in first["spec"]["containers"][0]["volumeMounts"]}
    assert variables({"trustedCA": {"pem": PEM}})["MC_TRUSTED_CA"] == f"{mounted['trusted-ca']}/ca.crt"
    assert first["metadata"]["annotations"] != second["metadata"]["annotations"]


def test_common_labels_and_annotations_are_on_every_object() -> None:
    metadata: list[Any] = [each["metadata"] for each in render(EVERYTHING)]
    assert not [each["name"] for each in metadata if each["labels"].get("team") != "platform"]
    assert not [each["name"] for each in metadata if each["annotations"].get("cost-centre") != "7"]


def test_a_pod_is_ready_when_pages_can_be_answered_and_alive_as_long_as_it_answers() -> None:
    container = pod_spec(only(render(), "StatefulSet"))["containers"][0]
    probes = [container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")]
    assert probes == ["/readyz", "/readyz", "/healthz"]


def password(values: Obj) -> str:
    return b64decode(only(render(values), "Secret")["data"]["password"]).decode()


def test_a_password_is_made_for_the_administrator_anew_each_time_it_is_not_known() -> None:
    made = {password({}) for _ in range(2)}
    assert len(made) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9]{24}", each) for each in made)


def test_a_given_password_is_taken_and_a_change_of_it_restarts_the_pod() -> None:
    given = [{"signIn": {"adminPassword": f"correct horse {n}"}} for n in range(2)]
    assert [password(values) for values in given] == ["correct horse 0", "correct horse 1"]
    first, second = (only(render(values), "StatefulSet")["spec"]["template"] for values in given)
    assert first["metadata"]["annotations"] != second["metadata"]["annotations"]
    assert "correct" not in json.dumps(first)


def test_a_secret_of_ones_own_is_mounted_and_none_is_made() -> None:
    objects = render({"signIn": {"existingSecret": "ours", "key": "pw"}})
    assert not [each for each in objects if each["kind"] == "Secret"]
    pod = pod_spec(only(objects, "StatefulSet"))
    volume = next(each for each in pod["volumes"] if each["name"] == "admin")
    assert volume["secret"]["secretName"] == "ours"
    told = {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}
    mount = next(m for m in pod["containers"][0]["volumeMounts"] if m["name"] == "admin")
    assert told["MC_ADMIN_PASSWORD_FILE"] == f"{mount['mountPath']}/pw"


def test_the_password_is_mounted_and_never_in_a_variable_or_a_note() -> None:
    values = {"signIn": {"adminPassword": "correct horse battery"}}
    assert "correct horse" not in json.dumps([each for each in render(values) if each["kind"] != "Secret"])
    told = helm("install", "mc", str(CHART), "--dry-run=client", "-n", SPACE, values=values).stdout
    assert "correct horse" not in told.partition("NOTES:")[2]


def test_the_template_of_the_claim_does_not_change_with_the_version() -> None:
    claim = only(render(EVERYTHING), "StatefulSet")["spec"]["volumeClaimTemplates"][0]
    assert not re.search(r"helm.sh/chart|app.kubernetes.io/version", json.dumps(claim))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"persistence": {"enabled": False}}, "is lost with the pod"),
        ({"rbac": {"tokenReviews": True}}, "sign in with a token of the cluster and see"),
        ({"rbac": {"releases": {"namespaces": ["shop"]}}}, "read every Secret of shop"),
        ({"rbac": {"diagnostics": {"nodeProxy": True}}}, "rbac.diagnostics.nodeProxy is on"),
        ({"rbac": {"create": False}}, "give the service account mc-mission-control its rights yourself"),
        ({"proxy": {"http": "http://p:1"}}, "networkPolicy.egress.extra"),
    ],
)
def test_the_notes_warn_of_what_was_chosen_and_only_then(values: Obj, sentence: str) -> None:
    told = [
        helm("install", "mc", str(CHART), "--dry-run=client", "-n", SPACE, values=each).stdout
        for each in ({}, values)
    ]
    assert [sentence in text for text in told] == [False, True]
