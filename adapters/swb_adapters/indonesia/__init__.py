"""Adapter for the simulated customs system of Indonesia; README.md says what it is."""

from swb_adapters.indonesia.adapter import ADAPTER, IndonesiaAdapter

__all__ = ["ADAPTER", "IndonesiaAdapter"]
