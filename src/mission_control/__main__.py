"""`mission-control` and `python -m mission_control`: nothing but the command line's entry."""

from __future__ import annotations

import sys

from mission_control import cli


def main() -> None:
    """Run the command line and end the process with its status."""
    sys.exit(cli.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
