"""The simulated national single window of Cambodia: ASYCUDA World, as XML."""

from swb_adapters.cambodia.adapter import ADAPTER

__all__ = ["ADAPTER"]
