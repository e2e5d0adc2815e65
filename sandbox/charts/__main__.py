"""`python -m sandbox.charts`: lists the charts' versions, or writes one of them as an archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.charts.packaging import HERE, ChartError, newest, package, versions


def main() -> int:
    """Runs one verb and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.charts", description=__doc__)
    parser.add_argument("--chart", default="langsmith-sample", help="folder beside this file")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("versions", help="the versions that can be packaged, oldest first")
    packing = verbs.add_parser("package", help="write one version as an archive for helm")
    packing.add_argument("version", help="a version, or: newest")
    packing.add_argument("outdir", type=Path)
    asked = parser.parse_args()
    chart = HERE / asked.chart
    if not (chart / "Chart.yaml").exists():
        sys.exit(f"there is no chart {asked.chart} here")
    if asked.verb == "versions":
        sys.stdout.write("\n".join(versions(chart)) + "\n")
        return 0
    try:
        wanted = newest(chart)[1] if asked.version == "newest" else asked.version
        sys.stdout.write(f"{package(chart, wanted, asked.outdir)}\n")
    except ChartError as error:
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
