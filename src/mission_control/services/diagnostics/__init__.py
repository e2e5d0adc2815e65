"""Making bundles: what is collected, redacted and written, the jobs that do it, and what is kept."""
