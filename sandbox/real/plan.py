"""What a real node is called and where it lives: decided once, written down, and read again by `down`."""

from __future__ import annotations

from dataclasses import dataclass, field

NAME = "real-1"
ROLE = "sandbox/node"
"""The label and the taint of the real node; what has no need of it stays on the simulated ones."""
KIND = "real"
BRIDGE = "mcnode"


@dataclass(frozen=True)
class NodePorts:
    """Ports of the node's own processes, on the bridge's address and on 127.0.0.1."""

    kubelet: int
    kubelet_health: int
    proxy_health: int
    proxy_metrics: int


@dataclass(frozen=True)
class Plan:
    """One real node. `number` is that of the sandbox's address range, which no other sandbox has.

    `sysctls` are the kernel's settings as they were, `strangers` the shared folders that were there before.
    """

    number: int
    ports: NodePorts
    plugins: str
    sysctls: dict[str, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()

    @property
    def bridge(self) -> str:
        """The network link to which all real pods are tied."""
        return f"{BRIDGE}{self.number}"

    @property
    def address(self) -> str:
        """The address of node, API server and pods' gateway, on the bridge."""
        return f"10.{self.number + 1}.128.1"

    @property
    def pods(self) -> str:
        """The addresses of real pods; inside the sandbox's range, which leads nowhere."""
        return f"10.{self.number + 1}.128.0/24"

    @property
    def network(self) -> str:
        """The name of the pods' network, by which its leftovers are known."""
        return f"mission-control-{self.number}"

    @property
    def cgroup(self) -> str:
        """The cgroup under which all real containers are."""
        return f"mission-control-{self.number}"
