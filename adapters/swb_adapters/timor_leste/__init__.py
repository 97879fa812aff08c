"""The simulated national single window of Timor-Leste: ASYCUDA World, as XML."""

from swb_adapters.timor_leste.adapter import ADAPTER

__all__ = ["ADAPTER"]
