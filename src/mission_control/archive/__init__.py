"""Reading and writing bundles: the only package that knows zip files, folders of recordings and signatures.

It writes what it is given, which has passed redaction before, and it trusts nothing that it reads.
"""
