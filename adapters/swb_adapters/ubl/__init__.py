"""UBL 2.1 to 2.4: the Form D as an OASIS ``CertificateOfOrigin``."""

from swb_adapters.ubl.adapter import ADAPTER

__all__ = ["ADAPTER"]
