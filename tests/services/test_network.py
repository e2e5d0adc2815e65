"""The Network page as a function: the first broken link of each way in, Services, policies."""

from __future__ import annotations

from mission_control.domain.health import judge
from mission_control.domain.verdict import Verdict
from mission_control.products.catalog import products
from mission_control.services.network import NetworkPage, NetworkQuery, network
from mission_control.services.ways import Way
from tests.web.stage import picture, refusing
from tests.web.story import Tree, ago, pod_tree
from tests.web.surroundings import path, whole

ALL = products()


def shown(query: NetworkQuery | None = None, found: list[Tree] | None = None, *hidden: str) -> NetworkPage:
    snapshot = picture(whole(broken=True) if found is None else found, refusing(*hidden))
    return network(snapshot, judge(snapshot, ALL), query or NetworkQuery())


def ingress(**more: object) -> Tree:
    return {
        "kind": "Ingress",
        "metadata": {"name": "in", "namespace": "x", "creationTimestamp": ago(hours=1)},
        "spec": {"rules": [{"host": "h", "http": {"paths": [path("/", "svc")]}}]} | more,
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
    }


def service(**more: object) -> Tree:
    spec = {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]} | more
    return {"kind": "Service", "metadata": {"name": "svc", "namespace": "x"}, "spec": spec}


def slice_of(*states: str) -> Tree:
    labels = {"kubernetes.io/service-name": "svc"}
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": "svc-1", "namespace": "x", "labels": labels},
        "endpoints": [{"conditions": {"ready": state == "ready"}} for state in states],
    }


def pod(app: str) -> Tree:
    tree = pod_tree("p", "", ("ReplicaSet", "r"), "1", "1Gi")
    tree["metadata"] |= {"namespace": "x", "labels": {"app": app}}
    return tree


def way(*found: Tree, hidden: str = "") -> Way:
    return shown(None, list(found), *([hidden] if hidden else [])).ways[0]


def test_a_way_whose_links_all_hold_leads_in() -> None:
    found = way(ingress(), service(), slice_of("ready", "not"), pod("web"))
    assert (found.verdict, found.broken) == (Verdict.HEALTHY, None)
    assert [step.says for step in found.steps] == ["at 192.0.2.1", "port 80", "1 of 2 ready", "1 pod"]


def test_a_service_that_does_not_exist_is_the_broken_link() -> None:
    found = way(ingress())
    assert found.broken == 1
    assert found.says == "Service svc does not exist"


def test_a_port_that_the_service_has_not_is_the_broken_link() -> None:
    found = way(ingress(), service(ports=[{"port": 8080}]), slice_of("ready"))
    assert found.says == "has no port 80, only 8080"
    assert [step.state for step in found.steps[2:]] == ["unreached", "unreached"]


def test_a_selector_that_matches_no_pod_is_told_at_the_endpoints() -> None:
    found = way(ingress(), service(), slice_of(), pod("other"))
    assert found.broken == 2
    assert found.says == "none: no pod has the labels of the selector"


def test_pods_that_cannot_serve_are_told_with_their_state() -> None:
    sick = pod("web")
    sick["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}
    found = way(ingress(), service(), slice_of("not"), sick)
    assert found.says == "none of 1 is ready"
    assert found.steps[3].says == "1 pod, CrashLoopBackOff"


def test_a_class_that_does_not_exist_breaks_the_way_at_its_beginning() -> None:
    found = way(ingress(ingressClassName="none"), service(), slice_of("ready"))
    assert (found.broken, found.says) == (0, "class none does not exist")


def test_an_ingress_without_an_address_is_broken_only_after_a_while() -> None:
    old, young = ingress(), ingress()
    old["status"] = young["status"] = {}
    young["metadata"] = young["metadata"] | {"creationTimestamp": ago(minutes=1)}
    assert way(old, service(), slice_of("ready")).verdict is Verdict.BROKEN
    assert way(young, service(), slice_of("ready")).verdict is Verdict.UNKNOWN


def test_what_may_not_be_seen_is_unknown_and_not_broken() -> None:
    assert way(ingress(), hidden="Service").verdict is Verdict.UNKNOWN
    assert way(ingress(), service(), hidden="EndpointSlice").verdict is Verdict.UNKNOWN


def test_a_service_that_leads_out_has_no_endpoints_to_miss() -> None:
    found = way(ingress(), service(type="ExternalName", externalName="db.example.com"))
    assert found.verdict is Verdict.HEALTHY
    assert found.steps[-1].says == "leads out to db.example.com" or "no port" in found.says


def test_broken_ways_come_first_and_are_counted() -> None:
    page = shown()
    assert page.broken == 2
    assert [found.path for found in page.ways] == ["/api", "/docs", "/"]
    assert [found.path for found in shown(NetworkQuery(wrong=True)).ways] == ["/api", "/docs"]


def test_a_way_names_its_certificate_and_the_policies_that_guard_its_pods() -> None:
    found = shown().ways[2]
    assert found.tls == "smith-tls"
    assert [policy.name for policy in found.policies] == ["frontend-from-ingress"]


def test_a_service_says_how_many_endpoints_are_ready_and_who_reaches_it() -> None:
    rows = {row.name.removeprefix("demo-langsmith-"): row for row in shown(NetworkQuery("services")).services}
    assert (rows["backend"].state, rows["backend"].ready, rows["backend"].total) == ("None ready", 0, 2)
    assert rows["frontend"].hosts == ("smith.example.com",)
    assert rows["postgres"].state == "No endpoints"
    assert rows["redis"].verdict is Verdict.HEALTHY


def test_endpoints_that_cannot_be_seen_are_not_counted_as_none() -> None:
    row = shown(NetworkQuery("services"), [service()], "EndpointSlice").services[0]
    assert (row.ready, row.state, row.verdict) == (None, "Not visible", Verdict.UNKNOWN)


def test_a_policy_says_whom_it_guards_and_what_it_lets_through() -> None:
    row = shown(NetworkQuery("policies")).policies[0]
    assert (row.pods, row.inward, row.outward) == (1, "all pods in all namespaces, port 8080", "")


def test_a_policy_without_rules_lets_nothing_in() -> None:
    closed: Tree = {"kind": "NetworkPolicy", "metadata": {"name": "closed", "namespace": "x"}}
    row = shown(NetworkQuery("policies"), [closed, pod("web")]).policies[0]
    assert (row.selects, row.pods, row.inward) == ("all pods", 1, "nothing")


def test_without_an_ingress_the_services_are_shown() -> None:
    assert shown(None, [service()]).query.view == "services"
    assert shown(NetworkQuery(view="nonsense"), [service()]).query.view == "services"


def test_the_filter_looks_through_the_steps_too() -> None:
    assert [found.path for found in shown(NetworkQuery(text="no-such")).ways] == ["/docs"]
