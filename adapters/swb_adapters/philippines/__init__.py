"""The simulated national single window of the Philippines: ASYCUDA-like XML in an envelope."""

from swb_adapters.philippines.adapter import ADAPTER

__all__ = ["ADAPTER"]
