"""The second tier: one real node beside the simulated ones, on which containers really run.

A kubelet, containerd and runc join the sandbox's control plane. What a container does there is true: it
starts, logs, fails its probes, is killed for memory. This needs root and Debian, and changes the machine
(a bridge, cgroups, packet rules, mounts); every change is written down first and taken back by `down`.
"""
