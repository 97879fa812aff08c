"""Keys in files, PKCS#8 in PEM and PKCS#12, with their certificates."""

from swb.backends.softkey.authority import Authority
from swb.backends.softkey.development import (
    DevelopmentKeys,
    list_purposes,
    make_development_keys,
)
from swb.backends.softkey.files import load_certificate
from swb.backends.softkey.signer import SoftKeyAgreement, SoftKeySigner
from swb.backends.softkey.tls import TlsAuthority, TlsFiles

__all__ = [
    "Authority",
    "DevelopmentKeys",
    "SoftKeyAgreement",
    "SoftKeySigner",
    "TlsAuthority",
    "TlsFiles",
    "list_purposes",
    "load_certificate",
    "make_development_keys",
]
