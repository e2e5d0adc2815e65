"""Logs of many containers as one story: what is followed, by whom, in which order, and what is kept.

Everything that leaves this package was redacted by the engine's stream filter, line by line. Each container
is followed once however many read it.
"""
