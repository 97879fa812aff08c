"""Every back end that holds keys, opened by the configuration that an operator would write."""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_pem_x509_certificate

from swb.backends.pkcs11 import KeyName, PrivateSoftHsm, TokenName, make_token_key, open_library
from swb.backends.softkey import Authority, DevelopmentKeys, make_development_keys
from swb.config import (
    ClientConfig,
    FileKeyConfig,
    ListenConfig,
    Pkcs11KeyConfig,
    Pkcs12KeyConfig,
    RemoteKeyConfig,
    SignerConfig,
    SignerLimitsConfig,
)
from swb.keyring import open_keys
from swb.signer import run_signer
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import GATEWAY, PartyId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.config import KeyConfig
    from swb.keyring import KeyRing

__all__ = ["BACK_ENDS", "KeyWorld", "make_token", "open_world", "running_signer"]

AT: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)
BACK_ENDS: Final = ("file", "encrypted file", "pkcs12", "pkcs11", "remote", "remote pkcs11")
PURPOSES: Final = (Purpose.TRANSPORT, Purpose.DECRYPTION)
PASSPHRASE: Final = "a passphrase of the tests"
PIN: Final = "246813"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWorld:
    """A key for signing and one for opening.

    Attributes:
        keys: The back end under test.
        configs: How it was configured.
        certificates: PEM files by purpose.
    """

    keys: KeyRing
    configs: dict[Purpose, KeyConfig]
    certificates: dict[Purpose, Path]


@asynccontextmanager
async def open_world(
    name: str, folder: Path, softhsm: PrivateSoftHsm | None
) -> AsyncIterator[KeyWorld]:
    """Open one back end.

    Args:
        name: One of `BACK_ENDS`.
        folder: Empty.
        softhsm: For those with a token.
    """
    made = make_development_keys(folder / "made", ["TH"], Environment.TEST, AT)
    certificates = {purpose: made.certificate("TH", purpose) for purpose in PURPOSES}
    if name.endswith("pkcs11"):
        assert softhsm is not None
        configs = await make_token(softhsm, folder, token=uuid.uuid4().hex[:16])
        certificates = {
            purpose: key.certificate
            for purpose, key in configs.items()
            if isinstance(key, Pkcs11KeyConfig)
        }
    else:
        configs = {purpose: _config(name, made, purpose, folder) for purpose in PURPOSES}
    async with AsyncExitStack() as stack:
        if name.startswith("remote"):
            socket = folder / "signer.sock"
            await stack.enter_async_context(running_signer(socket, configs))
            configs = {
                purpose: RemoteKeyConfig(kind="remote", socket=socket, certificate=certificate)
                for purpose, certificate in certificates.items()
            }
        keys = await stack.enter_async_context(open_keys(configs))
        yield KeyWorld(keys=keys, configs=configs, certificates=certificates)


@asynccontextmanager
async def running_signer(
    socket: Path,
    keys: dict[Purpose, KeyConfig],
    *,
    purposes: tuple[Purpose, ...] = PURPOSES,
    user: str | None = None,
    limits: SignerLimitsConfig | None = None,
) -> AsyncIterator[SignerConfig]:
    """Run a signer in this process, for this process's user."""
    config = SignerConfig(
        listen=ListenConfig(socket=socket),
        client=(ClientConfig(user=user or str(os.getuid()), purposes=purposes),),
        keys=keys,
        limits=limits or SignerLimitsConfig(),
    )
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(run_signer(config, stop, on_ready=ready.set))
    starting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, starting], return_when=asyncio.FIRST_COMPLETED)
    starting.cancel()
    if task.done():
        await task
    try:
        yield config
    finally:
        stop.set()
        await task


async def make_token(
    softhsm: PrivateSoftHsm, folder: Path, *, token: str
) -> dict[Purpose, KeyConfig]:
    """Make a token with keys that were never anywhere else, and certificates for them."""
    await asyncio.to_thread(softhsm.add_token, token, pin=PIN)
    library = open_library(softhsm.module)
    authority = Authority("TH", "test", begin=AT, end=AT.replace(year=2030))
    secret = folder / "pin"
    secret.touch(mode=0o600)
    secret.write_text(PIN)
    configs: dict[Purpose, KeyConfig] = {}
    for purpose in PURPOSES:
        public_key = await make_token_key(
            library,
            TokenName(label=token),
            KeyName(label=str(purpose)),
            pin=PIN,
            agrees=purpose is Purpose.DECRYPTION,
        )
        certificate = authority.issue(PartyId("TH", GATEWAY), purpose, public_key)
        path = folder / f"{purpose}.crt.pem"
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        configs[purpose] = Pkcs11KeyConfig(
            kind="pkcs11",
            module=softhsm.module,
            token=token,
            label=str(purpose),
            pin=f"file:{secret}",
            certificate=path,
        )
    return configs


def _config(name: str, made: DevelopmentKeys, purpose: Purpose, folder: Path) -> KeyConfig:
    key, certificate = made.key("TH", purpose), made.certificate("TH", purpose)
    if name in {"file", "remote"}:
        return FileKeyConfig(key=key, certificate=certificate)
    secret = folder / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text(PASSPHRASE)
    private_key = load_pem_private_key(key.read_bytes(), password=None)
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    if name == "encrypted file":
        encrypted = folder / f"{purpose}.pem"
        encrypted.write_bytes(
            private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        )
        return FileKeyConfig(key=encrypted, certificate=certificate, passphrase=f"file:{secret}")
    bundle = folder / f"{purpose}.p12"
    bundle.write_bytes(
        serialize_key_and_certificates(
            b"key",
            private_key,  # type: ignore[arg-type]  # P-256, as it was made
            load_pem_x509_certificate(certificate.read_bytes()),
            None,
            encryption,
        )
    )
    return Pkcs12KeyConfig(kind="pkcs12", file=bundle, passphrase=f"file:{secret}")
