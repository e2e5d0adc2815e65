"""A diagnostics bundle: a recorded picture with its logs, its judgement and an honest account of itself.

This package says what a bundle is made of: its parts and what each needs, its layout, its words. It reads and
writes nothing; the zip is `archive/`, collecting is `services/diagnostics`, opening `services/recorded`.
"""
