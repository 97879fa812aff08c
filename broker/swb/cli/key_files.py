"""Key files that a person names on the command line, and their passphrase.

What is wrong with them is wrong with the command line. The passphrase itself is never an
argument, where other people on the machine could read it.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb.cli.arguments import read_octets
from swb.config import resolve_secret
from swb_schemas.errors import RefusedError
from swb_schemas.wire.encryption import DecryptionKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["load_key_files"]

_LIMIT: Final = 65_536
_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_REFERENCE: Final = re.compile(r"(env|file):.+")


def load_key_files(files: Iterable[Path], passphrase: str | None) -> dict[str, DecryptionKey]:
    """Load decryption keys.

    Args:
        files: PKCS#8 in PEM, each with one P-256 key.
        passphrase: ``env:NAME`` or ``file:PATH``; None asks at the terminal, where one is needed.

    Returns:
        The keys by their RFC 7638 thumbprint.

    Raises:
        click.UsageError: A key cannot be read or opened.
    """
    secret = _resolve(passphrase) if passphrase is not None else None
    keys = (_load(file, secret) for file in files)
    return {key.thumbprint: key for key in keys}


def _resolve(reference: str) -> bytes:
    if not _REFERENCE.fullmatch(reference):
        # What was given may be the passphrase itself, so it is not repeated.
        message = "expected a reference to the passphrase, env:NAME or file:PATH"
        raise click.BadParameter(message, param_hint="--passphrase")
    try:
        return resolve_secret(reference).encode()
    except RefusedError as cause:
        raise click.BadParameter(cause.message, param_hint="--passphrase") from cause


def _load(file: Path, secret: bytes | None) -> DecryptionKey:
    raw = read_octets(file, limit=_LIMIT)
    if _ENCRYPTED not in raw:
        # The library wants none where none is needed.
        secret = None
    elif secret is None:
        secret = _ask(file)
    try:
        key = load_pem_private_key(raw, password=secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        message = f"expected a private key in PEM, and its passphrase if it has one, in {file.name}"
        raise click.BadParameter(message, param_hint="--key") from cause
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        message = f"expected a P-256 key in {file.name}"
        raise click.BadParameter(message, param_hint="--key")
    return DecryptionKey.of(key)


def _ask(file: Path) -> bytes:
    if not sys.stdin.isatty():
        message = f"expected a passphrase for {file.name}: give env:NAME or file:PATH"
        raise click.BadParameter(message, param_hint="--passphrase")
    answer: str = click.prompt(f"Passphrase of {file.name}", hide_input=True, err=True)
    return answer.encode()
