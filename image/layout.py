"""Where things are in the image, who runs them and how it is called: facts that Dockerfile and chart share.

`tests/chart` compares Dockerfile and chart with this page.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "mission-control"
UID = 10001
USER = f"{UID}:{UID}"
HOME = "/var/lib/mission-control"
PLACE = "opt/mission-control"
LIBRARIES = f"{PLACE}/libraries"
CONSOLE = f"{PLACE}/console"
BILL = f"{PLACE}/sbom.cdx.json"
LAUNCHER = "usr/local/bin/mission-control"
DEBIAN = "bookworm"
PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python of each Debian release that the image can stand on; `DEBIAN` is that of the published image."""
ENVIRONMENT = (f"HOME={HOME}", f"MC_DATA_DIR={HOME}/state", "LANG=C.UTF-8")

LAUNCH = f"""#!/usr/bin/python3 -IB
import os
import signal
import sys

signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
sys.path[:0] = ["/{CONSOLE}", "/{LIBRARIES}"]
from mission_control.__main__ import main

main()
"""
"""Isolated (-I): no variable and no folder of a user can put other code in front of ours.

The first process of a container ignores SIGTERM unless it says otherwise. Until `serve` does so itself, a pod
that is deleted while it still loads would wait out its whole grace.
"""

PASSWD = f"""root:x:0:0:root:/root:/usr/sbin/nologin
{NAME}:x:{UID}:{UID}:Mission Control:{HOME}:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""
GROUP = f"root:x:0:\ntty:x:5:\n{NAME}:x:{UID}:\nnogroup:x:65534:\n"


def version() -> str:
    """The version of the console that these sources are."""
    text = (ROOT / "src" / "mission_control" / "__init__.py").read_text()
    found = re.search(r'__version__ = "([^"]+)"', text)
    return found[1] if found else "0"


def labels() -> dict[str, str]:
    """What the image says about itself (the OCI image specification's annotation keys)."""
    return {
        "org.opencontainers.image.title": "Mission Control",
        "org.opencontainers.image.description": (
            "The operations console for self-hosted LangSmith, LangGraph Platform and Langflow"
        ),
        "org.opencontainers.image.version": version(),
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.base.name": f"debian:{DEBIAN}-slim",
    }
