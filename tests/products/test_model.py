"""Packs: what is wrong with one is told with file, line and, where it can be guessed, what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mission_control.products.model import PackProblem, load

PACK = """\
key: shop
title: Shop
recognise: {charts: [shop]}
groups:
  - {key: stores, title: Stores}
components:
  - key: store
    title: store
    group: stores
    suffixes: [store]
  - key: api
    title: api
    group: stores
    suffixes: [api]
    vital: true
dependencies:
  - {from: api, to: store, port: 5432}
jobs:
  - {key: migrate, suffixes: [migrate], component: api, needs: [store]}
signatures:
  - {code: dependency-auth, pattern: refused, says: it refuses, target: store}
"""


def problem(old: str, new: str) -> str:
    with pytest.raises(PackProblem) as caught:
        load(PACK.replace(old, new), "products/shop/product.yaml")
    assert str(caught.value).startswith("products/shop/product.yaml, line ")
    return str(caught.value).removeprefix("products/shop/product.yaml, ")


def test_a_right_pack_is_loaded() -> None:
    product = load(PACK)
    assert [part.key for part in product.components] == ["store", "api"]
    assert product.dependencies[0].required


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("vital: true", "vitel: true", "line 15: there is no key 'vitel' in components.1; did you mean 'vi"),
        ("vital: true", "vital: yesterday", "line 15: components.1.vital: Expected `bool`, got `str`"),
        ("port: 5432", "port: sql", "line 17: dependencies.0.port: Expected `int | null`, got `str`"),
        ("    title: api\n", "", "line 11: components.1 lacks the key 'title'"),
        ("    group: stores\n    suffixes: [api]", "    group: stors\n    suffixes: [api]",
         "line 13: there is no group 'stors'; did you mean 'stores'?"),
        ("to: store,", "to: stor,", "line 17: there is no component 'stor'; did you mean 'store'?"),
        ("needs: [store]", "needs: [shelf]", "line 19: there is no component 'shelf'"),
        ("component: api", "component: ape", "line 19: there is no component 'ape'; did you mean 'api'?"),
        ("pattern: refused", "pattern: 'refused('", "line 21: the pattern is no regular expression"),
        ("code: dependency-auth", "code: dependency-oath", "line 21: there is no cause code"),
        ("target: store}", "target: st}", "line 21: there is no component 'st'"),
        ("  - key: api", "  - key: store", "line 11: the key 'store' is used twice in components"),
        ("title: Shop\n", "title: Shop\ntitle: Stop\n", "line 3: the key 'title' is there twice"),
        ("key: shop\n", "key: [shop\n", "this is no YAML"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_line(old: str, new: str, says: str) -> None:
    assert says in problem(old, new)


def test_components_that_need_each_other_in_a_circle_are_named() -> None:
    circle = "  - {from: api, to: store, port: 5432}\n  - {from: store, to: api}"
    assert "store → api → store" in problem("  - {from: api, to: store, port: 5432}", circle).replace(
        "api → store → api", "store → api → store"
    )


def test_a_circle_of_optional_needs_is_no_fault() -> None:
    more = "  - {from: api, to: store, port: 5432}\n  - {from: store, to: api, required: false}"
    assert len(load(PACK.replace("  - {from: api, to: store, port: 5432}", more)).dependencies) == 2


def test_an_empty_file_is_told() -> None:
    assert "the file is empty" in problem(PACK, "")


def test_the_line_is_that_of_the_file_also_after_comments(tmp_path: Path) -> None:
    path = tmp_path / "product.yaml"
    path.write_text("# a comment\n\n" + PACK.replace("vital: true", "vitel: true"))
    with pytest.raises(PackProblem, match=re.escape("line 17")):
        load(path.read_text(), str(path))
