"""The product packs that come with the console: every folder here with a product.yaml in it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from mission_control.domain.product import Product
from mission_control.products.model import load

PACK = "product.yaml"


@cache
def products() -> tuple[Product, ...]:
    """Every packaged product, in the order of their folders' names; PackProblem when one is faulty."""
    folders = sorted(files(__package__).iterdir(), key=lambda folder: folder.name)
    packs = [(folder.name, folder / PACK) for folder in folders if folder.is_dir()]
    return tuple(
        load(pack.read_text(encoding="utf-8"), f"products/{name}/{PACK}")
        for name, pack in packs
        if pack.is_file()
    )
