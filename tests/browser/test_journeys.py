"""What a person does: look, follow a fault to its object, sort and filter, press keys, watch it change."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.console import POD, Console
from tests.web.stage import picture
from tests.web.surroundings import seen, whole


def test_from_home_over_health_to_the_object_and_back(tab: Page, console: Console) -> None:
    expect(tab.locator("h1")).to_have_text("LangSmith is broken")
    tab.get_by_role("link", name=re.compile("asks for storage class fast-ssd")).first.click()
    expect(tab).to_have_url(f"{console.address}/health/langsmith/demo")
    tab.get_by_role("link", name="data-demo-langsmith-postgres-0").first.click()
    expect(tab.locator("h1")).to_contain_text("data-demo-langsmith-postgres-0")
    expect(tab.locator(".evs")).to_contain_text("ProvisioningFailed")
    tab.go_back()
    tab.go_back()
    expect(tab.locator("h1")).to_have_text("LangSmith is broken")
    expect(tab).to_have_url(f"{console.address}/")


def test_the_switcher_leads_to_an_installation(tab: Page, console: Console) -> None:
    tab.locator("#switcher summary").click()
    tab.locator("#switcher").get_by_role("link", name=re.compile("LangSmith")).click()
    expect(tab).to_have_url(f"{console.address}/health/langsmith/demo")


def test_sorting_is_in_the_address(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/workloads")
    tab.get_by_role("link", name="Memory", exact=True).click()
    expect(tab).to_have_url(f"{console.address}/workloads?sort=memory")
    expect(tab.locator("tbody tr").first).to_contain_text("clickhouse")
    tab.get_by_role("link", name=re.compile("^Memory")).click()
    expect(tab).to_have_url(f"{console.address}/workloads?sort=-memory")
    expect(tab.locator("tbody tr").first).to_contain_text("Pending")


def test_filtering_follows_the_typing_and_keeps_the_focus(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/workloads")
    tab.keyboard.press("f")
    tab.keyboard.type("redis")
    expect(tab.locator("tbody tr")).to_have_count(1)
    expect(tab).to_have_url(re.compile(r"q=redis"))
    expect(tab.locator("#q")).to_be_focused()
    tab.reload()
    expect(tab.locator("tbody tr")).to_have_count(1)


def test_only_what_is_wrong_can_be_asked_for(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/workloads")
    everything = tab.locator("tbody tr").count()
    tab.get_by_label("Only what is wrong").check()
    expect(tab).to_have_url(re.compile("only=wrong"))
    expect(tab.locator("tbody tr")).not_to_have_count(everything)
    expect(tab.locator("tbody")).not_to_contain_text("Running")


def test_a_change_in_the_cluster_is_on_the_page_without_a_reload(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/health/langsmith/demo")
    tab.evaluate("document.body.dataset.mark = 'same document'")
    tab.locator("#off summary").click()
    expect(tab.locator("h1")).to_have_text("LangSmith is broken")
    well = whole(broken=False)
    console.tell(picture(well))
    expect(tab.locator("h1")).to_have_text("LangSmith is healthy")
    expect(tab).to_have_title("LangSmith, health – Mission Control")
    expect(tab.locator("#said")).to_have_text("LangSmith is healthy")
    assert tab.evaluate("document.body.dataset.mark") == "same document"
    assert tab.locator("#off").get_attribute("open") is not None


def test_twelve_tabs_all_follow(tab: Page, console: Console) -> None:
    others = [tab.context.new_page() for _ in range(11)]
    for other in others:
        other.goto(f"{console.address}/")
        expect(other.locator("h1")).to_have_text("LangSmith is broken")
    console.tell(seen(broken=False))
    for page in (*others, tab):
        page.bring_to_front()
        expect(page.locator("h1")).to_have_text("LangSmith is healthy")


def test_keys_lead_to_pages_and_the_list_of_keys(tab: Page, console: Console) -> None:
    tab.keyboard.press("g")
    tab.keyboard.press("w")
    expect(tab).to_have_url(f"{console.address}/workloads")
    tab.keyboard.press("g")
    tab.keyboard.press("h")
    expect(tab).to_have_url(f"{console.address}/health/langsmith/demo")
    tab.keyboard.press("?")
    expect(tab.locator("dialog#keys")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog#keys")).to_be_hidden()


def test_the_first_tab_stop_skips_to_the_content(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/workloads")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to content")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("#main")).to_be_focused()


def test_a_command_is_copied(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/health/langsmith/demo")
    tab.get_by_role("button", name="Copy command").first.click()
    expect(tab.locator(".cmd .b").first).to_have_text("Copied")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == "kubectl describe pvc data-demo-langsmith-postgres-0 -n langsmith"


def test_the_theme_is_chosen_and_kept(tab: Page, console: Console) -> None:
    for wanted in ("light", "dark"):
        tab.locator(".theme button").click()
        expect(tab.locator("html")).to_have_attribute("data-bs-theme", wanted)
    tab.goto(f"{console.address}/workloads")
    expect(tab.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 15, 19)"


def test_times_speak_the_readers_zone(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/objects/Pod/langsmith/{POD}")
    age = tab.locator("aside time").first
    expect(age).to_have_text("1 d 6 h")
    expect(age).to_have_attribute("title", re.compile(r"GMT\+1|CET"))


def test_the_page_and_the_server_tell_spans_alike(tab: Page) -> None:
    from mission_control.web.assets import address  # noqa: PLC0415 -- hashes files, only here
    from mission_control.web.words import span  # noqa: PLC0415

    seconds = [0, 59, 60, 3599, 3600, 4320, 86399, 86400, 100800, 172800, 777600]
    script = f"async s => {{ const m = await import('{address('islands/page.js')}'); return s.map(m.span) }}"
    assert tab.evaluate(script, seconds) == [span(entry) for entry in seconds]


def test_pages_are_read_and_navigated_without_scripts(tab: Page, console: Console) -> None:
    browser = tab.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    plain = context.new_page()
    plain.goto(console.way_in)
    expect(plain.locator("h1")).to_have_text("LangSmith is broken")
    plain.locator("#menu summary").click()
    plain.get_by_role("navigation", name="Pages, menu").get_by_role("link", name="Workloads").click()
    plain.get_by_label("Filter by name, namespace, state or node").fill("redis")
    plain.get_by_role("button", name="Filter").click()
    expect(plain.locator("tbody tr")).to_have_count(1)
    context.close()


def test_the_first_broken_link_of_a_way_in_leads_to_its_pod(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/network")
    way = tab.locator(".ways > li").first
    expect(way.locator(".first")).to_contain_text("none of 2 is ready")
    way.get_by_role("link", name=POD).click()
    expect(tab).to_have_url(f"{console.address}/objects/Pod/langsmith/{POD}")
    expect(tab.locator(".side [aria-current=page]")).to_have_text("Workloads")


def test_events_are_filtered_in_the_address(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/events")
    tab.get_by_label("Type").select_option("Warning")
    expect(tab).to_have_url(re.compile("type=Warning"))
    expect(tab.locator("tbody tr")).to_have_count(2)
    tab.keyboard.press("f")
    tab.get_by_label("Filter by reason, object or message").fill("provisioning")
    expect(tab.locator("tbody tr")).to_have_count(1)
    tab.reload()
    expect(tab.locator("tbody tr")).to_have_count(1)


def test_storage_and_nodes_follow_a_change_without_a_reload(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/storage")
    expect(tab.locator("tbody tr").first).to_contain_text("does not exist")
    console.tell(seen(broken=False))
    expect(tab.locator("tbody")).not_to_contain_text("does not exist")
    tab.keyboard.press("g")
    tab.keyboard.press("n")
    expect(tab.locator("tbody")).not_to_contain_text("DiskPressure")
    console.tell(seen(broken=True))
    expect(tab.locator("tbody tr").first).to_contain_text("DiskPressure")


def test_a_finding_is_accepted_and_counted_again(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/health/langsmith/demo")
    before = tab.locator("h1").inner_text()
    root = tab.locator("article.finding").filter(has_text="storage class fast-ssd")
    root.get_by_text("Accept as expected").click()
    root.get_by_label("Reason").fill("until the disks are delivered")
    console.tell(seen(broken=True))  # the page is morphed while somebody types
    expect(root.get_by_label("Reason")).to_have_value("until the disks are delivered")
    root.get_by_label("For").select_option("7d")
    root.get_by_role("button", name="Accept").click()
    expect(tab.locator("#accepted summary")).to_contain_text("1 accepted finding")
    expect(root).to_have_count(0)
    tab.locator("#accepted summary").click()
    expect(tab.locator("#accepted")).to_contain_text("until the disks are delivered. Accepted by ada")
    tab.get_by_role("button", name=re.compile("Count it again")).click()
    expect(root).to_have_count(1)
    expect(tab.locator("h1")).to_have_text(before)


def test_what_changed_before_a_fault_stands_beside_it(tab: Page, console: Console) -> None:
    tab.goto(f"{console.address}/health/langsmith/demo")
    panel = tab.locator("section").filter(has=tab.get_by_role("heading", name="Changed before this"))
    expect(panel.locator("li").first).to_be_visible()


def test_home_lists_the_releases_the_stuck_one_first(tab: Page) -> None:
    rows = tab.locator(".rel tbody tr")
    expect(rows.first).to_contain_text("Pending upgrade")
    expect(rows.last).to_contain_text("scaler")
    expect(tab.locator(".inst")).to_contain_text("Revision 15")
