"""Adapter for the simulated national single window of Thailand; README.md says what it is."""

from swb_adapters.thailand.adapter import ADAPTER, ThailandAdapter

__all__ = ["ADAPTER", "ThailandAdapter"]
