"""One-time tickets: what stands in the address that `serve` prints, good for one entrance each."""

from __future__ import annotations

import secrets


class Tickets:
    """The tickets of one process. They live as long as it does, and nowhere else."""

    def __init__(self, token: str = "") -> None:
        """Begin with one, for the address that `serve` prints; it may have been printed already."""
        self._good: set[str] = {token} if token else set()
        self.token = token or self.issue()

    def issue(self) -> str:
        """A further one."""
        token = secrets.token_urlsafe(32)
        self._good.add(token)
        return token

    def spend(self, token: str) -> bool:
        """Whether this is one of ours that was not spent before; from now on it is."""
        if token not in self._good:
            return False
        self._good.discard(token)
        return True
