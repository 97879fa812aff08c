"""Adapter for the simulated national single window of Viet Nam; README.md says what it is."""

from swb_adapters.vietnam.adapter import ADAPTER, VietnamAdapter

__all__ = ["ADAPTER", "VietnamAdapter"]
