"""The signer as a process of its own, so that adapters and parsers share no memory with a key.

It reads its own configuration, holds keys of any kind, and answers over a Unix socket: which keys
there are, a signature, a shared secret. Nothing gives a key away. It opens no message and parses
nothing but small frames; who asks is said by the kernel.
"""

from swb.signer.daemon import run_signer, serve_signer

__all__ = ["run_signer", "serve_signer"]
