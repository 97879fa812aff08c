"""A simulated second dialect of Viet Nam: messages of fixed width, as of the NACCS lineage."""

from swb_adapters.vietnam_vnaccs.adapter import ADAPTER

__all__ = ["ADAPTER"]
