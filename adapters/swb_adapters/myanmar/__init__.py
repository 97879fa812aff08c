"""A simulated national format of Myanmar: fields in lines behind a header of fixed width."""

from swb_adapters.myanmar.adapter import ADAPTER

__all__ = ["ADAPTER"]
