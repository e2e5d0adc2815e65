"""What is kept of a TLS Secret: when its certificate is valid and for which hosts. Never its key."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Certificate(msgspec.Struct, frozen=True):
    """The first certificate in a Secret's `tls.crt`.

    `exists` is False when there is no such Secret; `problem` says why nothing could be read of one that is.
    """

    namespace: str
    secret: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    hosts: tuple[str, ...] = ()
    issuer: str = ""
    exists: bool = True
    problem: str = ""

    def covers(self, host: str) -> bool:
        """Whether it is made for the host; a wildcard stands for exactly one label (RFC 6125, 6.4.3)."""
        asked = host.lower().rstrip(".")
        parent = asked.partition(".")[2]
        return any(name in (asked, f"*.{parent}") for name in map(str.lower, self.hosts))
