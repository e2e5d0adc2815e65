"""Mission Control: the operations console for self-hosted LLM platforms on Kubernetes.

The package is layered; the arrows are written down in `pyproject.toml` and explained in `ARCHITECTURE.md`.
Nothing is imported here, so that importing one layer never loads another.
"""

__version__ = "0.2.0"
