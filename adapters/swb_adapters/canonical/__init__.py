"""Adapter for a system that takes the canonical documents as they are; README.md says when."""

from swb_adapters.canonical.adapter import ADAPTER, CanonicalAdapter

__all__ = ["ADAPTER", "CanonicalAdapter"]
