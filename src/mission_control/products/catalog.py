"""The product packs that come with the console: every folder here with a product.yaml in it.

Beside it `diagnostics.yaml` may name endpoints to ask when a bundle is made.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from mission_control.domain.product import Product
from mission_control.products.model import load, load_endpoints

PACK = "product.yaml"
DIAGNOSTICS = "diagnostics.yaml"


@cache
def products() -> tuple[Product, ...]:
    """Every packaged product, in the order of their folders' names; PackProblem when one is faulty."""
    folders = sorted(files(__package__).iterdir(), key=lambda folder: folder.name)
    return tuple(_pack(folder) for folder in folders if folder.is_dir() and (folder / PACK).is_file())


def _pack(folder: Traversable) -> Product:
    where = f"products/{folder.name}"
    product = load((folder / PACK).read_text(encoding="utf-8"), f"{where}/{PACK}")
    beside = folder / DIAGNOSTICS
    if not beside.is_file():
        return product
    found = load_endpoints(beside.read_text(encoding="utf-8"), f"{where}/{DIAGNOSTICS}", product)
    return msgspec.structs.replace(product, diagnostics=found)
