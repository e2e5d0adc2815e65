"""The Timeline page: lines with their links, zoom by links, filters, the twin, and its states."""

from __future__ import annotations

from datetime import timedelta

from mission_control.web.addresses import before_address
from tests.web.stage import decoded, parts_of, picture, refusing, signed_in
from tests.web.story import NOW
from tests.web.surroundings import seen, whole


def test_the_page_tells_what_changed_with_where_and_how_to_see_more() -> None:
    with signed_in(parts_of(seen(broken=True), whole(broken=True))) as browser:
        page = browser.get("/timeline").text
    assert "Helm made revision 15 of demo" in page
    assert "Node node-4 came under DiskPressure" in page
    assert 'href="/objects/Node/-/node-4"' in page
    assert "kubectl describe node node-4" in page
    assert "helm history demo -n langsmith" in page
    assert "Now only: The timeline is not kept" in page


def test_a_bar_is_a_link_to_its_time_and_the_twin_says_the_same() -> None:
    with signed_in(parts_of(seen(broken=True), whole(broken=True))) as browser:
        twin = browser.get("/timeline.json?within=1h").json()
        bar = next(entry for entry in twin["density"]["bars"] if entry["count"])
        begin = bar["begin"].replace(":", "%3A")
        assert f"from={begin}&amp;to=" in browser.get("/timeline?within=1h").text
        zoomed = browser.get("/timeline.json", params={"from": bar["begin"], "to": bar["end"]}).json()
    assert zoomed["told"] == bar["count"]
    assert zoomed["begin"] == bar["begin"]


def test_filters_choose_by_kind_installation_component_object_and_words() -> None:
    with signed_in(parts_of(seen(broken=True), whole(broken=True))) as browser:

        def told(**query: str) -> list[dict[str, object]]:
            rows = browser.get("/timeline.json", params={"within": "30d", **query}).json()["rows"]
            return [row["entry"] for row in rows]

        assert {entry["what"] for entry in told(kind="restart")} == {"restart"}
        assert {entry["component"] for entry in told(installation="langsmith/demo", component="queue")} == {
            "queue"
        }
        queue = "demo-langsmith-queue"
        about = told(about=f"Deployment/langsmith/{queue}")
        assert about
        assert all(str(entry["subject"]["name"]).startswith(queue) for entry in about)  # type: ignore[index]
        assert [entry["what"] for entry in told(q="revision 15")] == ["release"]
        assert told(q="nothing of the kind") == []
        assert "Nothing fits the filter" in browser.get("/timeline?q=nothing+of+the+kind").text


def test_without_events_the_rest_is_told_and_the_missing_right_is_named() -> None:
    snapshot = seen(broken=True, sights=refusing("Event"))
    with signed_in(parts_of(snapshot, whole(broken=True))) as browser:
        page = browser.get("/timeline").text
    assert "Events are not visible; everything else is told." in page
    assert 'href="/access/Event"' in page
    assert "Helm made revision 15" in page


def test_a_quiet_time_says_so() -> None:
    with signed_in(parts_of(picture([]))) as browser:
        assert "Nothing happened" in browser.get("/timeline").text


def test_there_are_never_more_than_a_hundred_rows() -> None:
    trees = [
        {
            "kind": "ConfigMap",
            "metadata": {
                "name": f"c{n}",
                "namespace": "shop",
                "creationTimestamp": (NOW - timedelta(minutes=n)).isoformat(),
            },
        }
        for n in range(250)
    ]
    with signed_in(parts_of(picture(trees))) as browser:
        page = browser.get("/timeline").text
        last = browser.get("/timeline.json?page=3").json()
    assert page.count('<td class="num soft">') == 100
    assert "1 to 100 of 250" in page
    assert len(last["rows"]) == 50
    assert len(decoded(trees)) == 250


def test_every_root_leads_to_the_time_before_it() -> None:
    snapshot = seen(broken=True)
    parts = parts_of(snapshot, whole(broken=True))
    root = next(
        finding for finding in parts.judgements.latest.health.findings if finding.root and finding.since
    )
    address = before_address(root)
    with signed_in(parts) as browser:
        health = browser.get("/health/langsmith/demo").text
        assert address.replace("&", "&amp;") in health
        assert "Changed in the ten minutes before" in health
        assert browser.get(address).status_code == 200
        assert "/timeline?about=" in browser.get("/objects/Node/-/node-4").text


def test_what_the_cluster_says_is_redacted_and_escaped() -> None:
    word = "hunter2hunter2"
    event = {
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-0"},
        "reason": "Failed",
        "message": f"cannot reach postgres://ada:{word}@db/x <script>alert(1)</script>",
        "lastTimestamp": NOW.isoformat(),
        "type": "Warning",
    }
    with signed_in(parts_of(picture([event]))) as browser:
        for path in ("/timeline", "/timeline.json"):
            text = browser.get(path).text
            assert word not in text
        assert "<script>alert" not in browser.get("/timeline").text
