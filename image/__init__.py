"""Makes the console's image: one description of its contents, for container engines and for none.

`Dockerfile` and `python -m image pack` both take what `python -m image tree` lays out, so that the image that
is tested on the sandbox's real node and the image that is published hold the same files. Not part of the
console.
"""
