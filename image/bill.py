"""Writes the image's bill of materials (CycloneDX 1.6, JSON): the packages of Python and of Debian in it.

Nothing is asked over the network: names, versions and licences stand in the packages' own metadata. The same
image gives the same bytes, so the serial number is made of its contents and there is no time in it.
"""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from image import layout
from image.tools import equip

SPACE = uuid.UUID("6f1c1f0e-5f0b-5c57-9b3b-0f7c1f9a4e11")


def write(root: Path, dpkg_status: str) -> None:
    """Write the bill of the tree at `root`; `dpkg_status` is Debian's list of what is installed below it."""
    sys.path.append(str(equip()))
    from cyclonedx.model.bom import Bom  # type: ignore[import-not-found]  # noqa: PLC0415  # of the tools
    from cyclonedx.model.component import (  # type: ignore[import-not-found]  # noqa: PLC0415
        Component,
        ComponentType,
    )
    from cyclonedx.output.json import JsonV1Dot6  # type: ignore[import-not-found]  # noqa: PLC0415
    from packageurl import PackageURL  # type: ignore[import-not-found]  # noqa: PLC0415

    found = [*python_packages(root), *debian_packages(dpkg_status)]
    bill = Bom(serial_number=uuid.uuid5(SPACE, repr(found)))
    bill.metadata.timestamp = None
    whole = Component(
        type=ComponentType.CONTAINER, name=layout.NAME, version=layout.version(), bom_ref=layout.NAME
    )
    bill.metadata.component = whole
    for kind, name, version in found:
        url = PackageURL(kind, "debian" if kind == "deb" else None, name, version)
        told = url.to_string()
        bill.components.add(
            Component(type=ComponentType.LIBRARY, name=name, version=version, purl=url, bom_ref=told)
        )
    bill.register_dependency(whole, bill.components)
    target = root / layout.BILL
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(JsonV1Dot6(bill).output_as_string(indent=1) + "\n")


def python_packages(root: Path) -> Iterator[tuple[str, str, str]]:
    """Kind, name and version of the Python packages in the tree, in order."""
    places = [str(root / place) for place in (layout.LIBRARIES, layout.CONSOLE)]
    named: list[Distribution] = list(distributions(path=places))
    yield from sorted(("pypi", _normal(each.metadata["Name"]), each.version) for each in named)


def _normal(name: str) -> str:
    """A package's name as package addresses have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def debian_packages(status: str) -> Iterator[tuple[str, str, str]]:
    """The same of a dpkg status file: only what is installed."""
    for entry in sorted(status.split("\n\n")):
        fields = dict(
            line.split(": ", 1) for line in entry.splitlines() if ": " in line and not line.startswith(" ")
        )
        if fields.get("Status", "").endswith(" installed"):
            yield "deb", fields["Package"], fields["Version"]
