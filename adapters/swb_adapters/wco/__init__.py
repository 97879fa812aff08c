"""WCO Data Model 3.6: an export declaration in XML, as the extract that customs sends ahead."""

from swb_adapters.wco.adapter import ADAPTER

__all__ = ["ADAPTER"]
