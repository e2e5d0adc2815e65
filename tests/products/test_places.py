"""The secret places of the packs: hidden where they stand, refused when they say too little."""

from __future__ import annotations

from pathlib import Path

import pytest

from mission_control.domain.product import SecretPlaces
from mission_control.domain.redact import Redactor
from mission_control.products.catalog import products
from mission_control.products.model import PackProblem, load
from mission_control.products.places import places_of, problems_of

VALUE = "plain words, nothing that shows"
PACK = Path(__file__).resolve().parents[2] / "src/mission_control/products/langgraph/product.yaml"


@pytest.fixture(scope="module")
def engine() -> Redactor:
    return Redactor(b"places", places=places_of(products()))


def nested(path: str) -> object:
    """A tree with the value at a path; a star is an item of a list."""
    tree: object = VALUE
    for step in reversed(path.split(".")):
        tree = [tree] if step == "*" else {step: tree}
    return tree


@pytest.mark.parametrize("product", products(), ids=lambda product: product.key)
def test_every_place_of_a_pack_is_hidden_in_trees(engine: Redactor, product: object) -> None:
    secrets: SecretPlaces = product.secrets  # type: ignore[attr-defined]
    assert secrets.values
    trees = [nested(path) for path in (*secrets.values, *secrets.fields)]
    trees += [{"env": [{"name": name, "value": VALUE}]} for name in secrets.variables]
    trees += [{"kind": "ConfigMap", "data": {key: VALUE}} for key in secrets.keys]
    trees += [{"metadata": {"annotations": {key: VALUE}}} for key in secrets.annotations]
    assert not [tree for tree in trees if VALUE in str(engine.tree(tree))]


def test_names_of_a_pack_are_hidden_in_text_too(engine: Redactor) -> None:
    text = engine.text("POSTGRES_URI=app_and_what_follows@db connecting with DATABASE_URI: other-words-here")
    assert "what_follows" not in text
    assert "other-words" not in text


def test_what_only_resembles_a_place_stays_readable(engine: Redactor) -> None:
    tree = {"config": {"hostname": "smith.example.com", "oauth": {"oauthIssuerUrl": "https://id.example"}}}
    assert engine.tree(tree) == tree


@pytest.mark.parametrize(
    ("places", "says"),
    [
        (SecretPlaces(values=("password",)), "no path"),
        (SecretPlaces(values=("config.*",)), "too little"),
        (SecretPlaces(variables=("db",)), "capitals"),
        (SecretPlaces(variables=("NAME",)), "too general"),
        (SecretPlaces(keys=("data",)), "too general"),
        (SecretPlaces(annotations=("password",)), "prefix"),
        (SecretPlaces(keys=("api_key", "api_key")), "twice"),
    ],
)
def test_a_place_that_cannot_be_is_told(places: SecretPlaces, says: str) -> None:
    (problem,) = problems_of(places)
    assert says in problem[1]


def test_a_pack_with_such_a_place_is_refused_with_its_line() -> None:
    text = PACK.read_text().replace("    - POSTGRES_URI\n", "    - name\n")
    with pytest.raises(PackProblem, match="capitals") as told:
        load(text)
    assert "- name" in text.splitlines()[told.value.line - 1]
