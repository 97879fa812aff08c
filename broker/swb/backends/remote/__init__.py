"""Keys that another process holds, by the protocol of signers over a Unix socket."""

from swb.backends.remote.connection import SignerConnection
from swb.backends.remote.signer import RemoteKeyAgreement, RemoteSigner

__all__ = ["RemoteKeyAgreement", "RemoteSigner", "SignerConnection"]
