"""The only package that speaks to Kubernetes: the connection, lists and watches, the live picture.

Everything above it sees values: a `Snapshot`, a `LogTail`, a `Usage`. Secrets are never listed or watched.
"""
