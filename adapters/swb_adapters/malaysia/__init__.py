"""A simulated Malaysian national single window: UN/EDIFACT customs messages, D.96B."""

from swb_adapters.malaysia.adapter import ADAPTER

__all__ = ["ADAPTER"]
