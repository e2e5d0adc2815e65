"""Masks on pages: a chip in text, the mask in data, a line that counts them, nothing old after learning."""

from __future__ import annotations

import pytest

from mission_control.domain.redact import Redactor, learn, use
from mission_control.web.masks import MARK, chip, comparison, with_chips
from tests.web.stage import parts_of, picture, signed_in
from tests.web.story import trees

ONE, OTHER = "MASKED.api-key.7f3a9c21d4", "MASKED.secret.0123456789"
NONE = "MASKED.secret.0000000000"
POD = "/objects/Pod/langsmith/demo-langsmith-backend-7c9d8b6f5-x2k0q"


def test_a_mask_in_text_is_a_chip_that_holds_the_mask() -> None:
    html, count = with_chips(f"<p>key {ONE} refused</p>{MARK}")
    assert html.startswith(f"<p>key {chip(ONE)} refused</p>")
    assert "1 value masked" in html
    assert count == 1


def test_a_chip_tells_no_length_and_the_mask_is_what_is_copied() -> None:
    assert f"<span>{ONE}</span>" in chip(ONE)
    assert 'aria-label="hidden: api key"' in chip(ONE)


@pytest.mark.parametrize(
    "html",
    [
        f'<button data-copy="key {ONE}">Copy</button>',
        f"<title>{ONE}</title>",
        f"<textarea>{ONE} &lt;b&gt;</textarea>",
        f"<option>{ONE}</option>",
        f"<script>{ONE}</script>",
    ],
)
def test_a_mask_in_data_stays_as_it_is_and_is_not_counted(html: str) -> None:
    assert with_chips(html + MARK) == (html, 0)


def test_text_that_looks_like_a_tag_stays_text() -> None:
    assert with_chips(f"a < b {ONE}").html == f"a < b {chip(ONE)}"


def test_a_comparison_says_changed_or_same() -> None:
    assert chip(OTHER, "changed") in with_chips(f"<td>{ONE} → {OTHER}</td>").html
    assert chip(ONE, "same") in with_chips(f"<td>{ONE} → {ONE}</td>").html
    assert with_chips(f"<td>{ONE} → {OTHER}</td>").masks == 2


def test_without_fingerprints_nobody_knows_whether_it_changed() -> None:
    assert comparison(NONE, NONE) == comparison(ONE, NONE) == ""
    assert comparison(ONE, ONE) == "same"


def test_a_page_shows_chips_and_how_many_and_its_twin_the_masks() -> None:
    use(Redactor(b"page"))
    found = trees(broken=True)
    pod = next(tree for tree in found if tree["kind"] == "Pod" and POD.endswith(tree["metadata"]["name"]))
    pod["metadata"]["labels"]["note"] = "password=Zx81-canary-Quiet7"
    with signed_in(parts_of(picture(found), found)) as client:
        page = client.get(POD).text
        twin = client.get(POD + ".json")
    assert "Zx81" not in page + twin.text
    assert 'class="chip mask"' in page
    assert "value masked" in page or "values masked" in page
    assert "MASKED.secret." in twin.text
    assert int(twin.headers["x-masked"]) == twin.text.count("MASKED.")


def test_what_is_learned_later_is_hidden_in_what_was_rendered_before() -> None:
    found = trees(broken=True)
    pod = next(tree for tree in found if tree["kind"] == "Pod" and POD.endswith(tree["metadata"]["name"]))
    pod["metadata"]["labels"]["note"] = "Quiet7-harbour-Lamp"
    with signed_in(parts_of(picture(found), found)) as client:
        headers = {"hx-request": "true"}
        before = client.get(POD, headers=headers)
        learn("a Secret", ["Quiet7-harbour-Lamp"])
        after = client.get(POD, headers=headers | {"x-seen": before.headers["x-seen"]})
    assert "Quiet7" in before.text
    assert after.status_code == 200
    assert "Quiet7" not in after.text
