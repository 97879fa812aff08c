"""The simulated national single window of the Lao PDR: ASYCUDA World, as XML."""

from swb_adapters.laos.adapter import ADAPTER

__all__ = ["ADAPTER"]
