"""Which key a person signs by: in a file, in a token, or with a signer process."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, TypeVar

import click
from pydantic import TypeAdapter, ValidationError

from swb.cli.arguments import EXISTING_FILE
from swb.config import KeyConfig
from swb.config.keys import FileKeyConfig, Pkcs12KeyConfig
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.certificates import parse_certificate, verify_ecdsa
from swb_schemas.wire.jws import signing_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from swb_schemas.wire.certificates import Certificate

__all__ = ["choose_key", "key_options", "sign_payload"]

Command = TypeVar("Command", bound="Callable[..., object]")


def key_options(command: Command) -> Command:
    """Add the options that name a key: `choose_key` takes them."""
    for option in (
        click.option(
            "--passphrase",
            metavar="REFERENCE",
            help="Where the key's passphrase is: env:NAME, file:PATH or prompt.",
        ),
        click.option(
            "--key-config",
            type=EXISTING_FILE,
            metavar="FILE",
            help="TOML with one [key] section as in a daemon's [keys.PURPOSE]: a token, a signer.",
        ),
        click.option(
            "--pkcs12", type=EXISTING_FILE, metavar="FILE", help="Key and certificate in one file."
        ),
        click.option(
            "--certificate", type=EXISTING_FILE, metavar="FILE", help="Its certificate, in PEM."
        ),
        click.option("--key", type=EXISTING_FILE, metavar="FILE", help="The key, PKCS#8 in PEM."),
    ):
        command = option(command)
    return command


def choose_key(
    key: Path | None,
    certificate: Path | None,
    pkcs12: Path | None,
    key_config: Path | None,
    passphrase: str | None,
) -> KeyConfig:
    """Choose the key that the options name.

    Raises:
        click.UsageError: None, or not as a daemon's configuration has them.
    """
    try:
        if key_config is not None:
            section = tomllib.loads(key_config.read_text(encoding="utf-8-sig")).get("key")
            adapter: TypeAdapter[KeyConfig] = TypeAdapter(KeyConfig)
            return adapter.validate_python(section)
        if pkcs12 is not None:
            return Pkcs12KeyConfig(kind="pkcs12", file=pkcs12, passphrase=passphrase or "prompt")
        if key is not None and certificate is not None:
            return FileKeyConfig(key=key, certificate=certificate, passphrase=passphrase)
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        # What was given may be a secret, so it is not repeated.
        message = "expected a key as in [keys.PURPOSE], and a passphrase by reference"
        raise click.UsageError(message) from cause
    raise click.UsageError("expected --key and --certificate, --pkcs12 or --key-config")


async def sign_payload(payload: bytes, key: KeyConfig) -> tuple[Certificate, bytes]:
    """Sign the payload of a JWS.

    Returns:
        The certificate of the key, and r and s over `signing_input`.

    Raises:
        click.UsageError: A key in a file cannot be opened.
    """
    from swb.keyring import open_keys  # noqa: PLC0415 - slow to import

    try:
        async with open_keys({Purpose.LOG: key}) as ring:
            signer = ring.signers[Purpose.LOG]
            certificate = parse_certificate(signer.certificate)
            data = signing_input(payload, kid=certificate.thumbprint)
            value = await signer.sign(data)
            verify_ecdsa(certificate.public_key, value, data)
            return certificate, value
    except UnavailableError as cause:
        if cause.code == "signer.unavailable" and isinstance(key, FileKeyConfig | Pkcs12KeyConfig):
            raise click.UsageError(cause.message) from cause
        raise
