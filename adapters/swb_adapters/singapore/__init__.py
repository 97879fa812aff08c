"""The simulated national single window of Singapore: declarations and certificates in XML."""

from swb_adapters.singapore.adapter import ADAPTER

__all__ = ["ADAPTER"]
