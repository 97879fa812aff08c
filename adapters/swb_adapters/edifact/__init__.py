"""UN/EDIFACT customs messages as the directory D.96B publishes them: CUSDEC and CUSRES."""

from swb_adapters.edifact.adapter import ADAPTER

__all__ = ["ADAPTER"]
