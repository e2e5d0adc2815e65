"""What the operator talks about: objects, the picture of a cluster, findings and verdicts.

Everything here is a value or a pure function. No I/O, no clock, no asyncio, no framework, no product's name:
time and the picture are arguments, and what a product is arrives as data.
"""
