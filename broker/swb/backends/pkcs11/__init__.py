"""Keys in a token, by PKCS#11 (OASIS PKCS #11 2.40): smart cards, HSMs, SoftHSM."""

from swb.backends.pkcs11.library import TokenLibrary, open_library
from swb.backends.pkcs11.making import make_token_key
from swb.backends.pkcs11.request import make_request
from swb.backends.pkcs11.signer import TokenKeyAgreement, TokenSigner
from swb.backends.pkcs11.softhsm import PrivateSoftHsm, find_softhsm
from swb.backends.pkcs11.token import KeyName, TokenName, TokenSession

__all__ = [
    "KeyName",
    "PrivateSoftHsm",
    "TokenKeyAgreement",
    "TokenLibrary",
    "TokenName",
    "TokenSession",
    "TokenSigner",
    "find_softhsm",
    "make_request",
    "make_token_key",
    "open_library",
]
