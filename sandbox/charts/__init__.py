"""The sandbox's charts: stand-ins with the real products' names, labels, ports and hooks, and no more.

A chart lies here in its newest version. Older versions are the newest one with a few edits
(`versions/*.toml`), so that an upgrade exists without a second copy of the templates. `python -m
sandbox.charts package VERSION OUTDIR` writes a version as an archive that `helm upgrade --install` takes.
"""
