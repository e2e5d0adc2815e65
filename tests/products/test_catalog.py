"""The packaged products: all load, and their log signatures mean what their examples say."""

from __future__ import annotations

import re

import pytest

from mission_control.domain.product import Product, Signature
from mission_control.products.catalog import products

PRODUCTS = products()
SIGNATURES = [(product.key, n, entry) for product in PRODUCTS for n, entry in enumerate(product.signatures)]


def test_there_is_more_than_one_product() -> None:
    assert len({product.key for product in PRODUCTS}) > 1


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: str(product.key))
def test_a_product_has_what_the_engine_needs(product: Product) -> None:
    assert product.components
    assert any(part.vital for part in product.components)
    assert product.recognise.charts


@pytest.mark.parametrize(("key", "n", "signature"), SIGNATURES)
def test_a_signature_matches_its_examples_and_nothing_else(key: str, n: int, signature: Signature) -> None:
    pattern = re.compile(signature.pattern)
    assert signature.examples, f"{key} signature {n} has no example"
    assert all(pattern.search(line) for line in signature.examples)
    assert not any(pattern.search(line) for line in signature.counter)


@pytest.mark.parametrize(("key", "n", "signature"), SIGNATURES)
def test_a_signature_names_in_its_sentence_only_what_its_pattern_finds(
    key: str, n: int, signature: Signature
) -> None:
    groups = set(re.compile(signature.pattern).groupindex)
    assert set(re.findall(r"\{(\w+)\}", signature.says)) <= {*groups, "target"}, f"{key} signature {n}"
