"""The simulated national single window of Brunei Darussalam: forms in sheets."""

from swb_adapters.brunei.adapter import ADAPTER

__all__ = ["ADAPTER"]
