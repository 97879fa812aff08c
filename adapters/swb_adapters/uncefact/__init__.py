"""Adapter for UN/CEFACT's Preferential Certificate of Origin; README.md says what it is."""

from swb_adapters.uncefact.adapter import ADAPTER, UncefactAdapter

__all__ = ["ADAPTER", "UncefactAdapter"]
