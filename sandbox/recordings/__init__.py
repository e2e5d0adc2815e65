"""Failures recorded from a real kubelet: what the tests of the judgement are held against.

A simulated kubelet says what its author believes a kubelet says. Here each way of failing really happens, on
the sandbox's real node, and the objects are written down as the API server has them, for tests that run in
milliseconds without any cluster.
"""
