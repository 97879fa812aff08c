"""Adapters between national formats and the canonical documents, one sub-package per state."""
