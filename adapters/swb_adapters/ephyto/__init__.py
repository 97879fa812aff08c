"""Adapter for IPPC's ePhyto: UN/CEFACT SPSCertificate in XML; README.md says what it is."""

from swb_adapters.ephyto.adapter import ADAPTER, EphytoAdapter

__all__ = ["ADAPTER", "EphytoAdapter"]
