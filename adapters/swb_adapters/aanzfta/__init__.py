"""Adapter for the published AANZFTA certificate of origin in JSON; README.md says what it is."""

from swb_adapters.aanzfta.adapter import ADAPTER, AanzftaAdapter

__all__ = ["ADAPTER", "AanzftaAdapter"]
