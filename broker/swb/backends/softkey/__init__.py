"""Keys in files: PKCS#8 in PEM, plain or encrypted, with their certificates."""

from swb.backends.softkey.authority import Authority
from swb.backends.softkey.development import DevelopmentKeys, make_development_keys
from swb.backends.softkey.signer import SoftKeySigner, load_decryption_key

__all__ = [
    "Authority",
    "DevelopmentKeys",
    "SoftKeySigner",
    "load_decryption_key",
    "make_development_keys",
]
