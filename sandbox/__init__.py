"""A real Kubernetes control plane on one machine, without Docker and without root.

The demo, the tests and the benches need a cluster that behaves like one: etcd, the API server, the
controller manager and the scheduler are the real programs, built from their Go modules; nodes and pods are
simulated by kwok. This package builds, starts, furnishes and removes such a cluster. It is no part of the
console and is not shipped with it; it needs nothing but Python's standard library, a Go toolchain (fetched
when there is none) and openssl.
"""
