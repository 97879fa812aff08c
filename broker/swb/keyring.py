"""Keys of one configuration, whatever holds them: the only place that chooses who does.

The daemon and the signer process both open their keys here.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swb.backends.remote import RemoteKeyAgreement, RemoteSigner, SignerConnection
from swb.backends.softkey import SoftKeyAgreement, SoftKeySigner, load_certificate
from swb.config import (
    FileKeyConfig,
    Pkcs11KeyConfig,
    Pkcs12KeyConfig,
    RemoteKeyConfig,
    SecretReader,
)
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from swb.backends.pkcs11 import KeyName, TokenSession
    from swb.config import KeyConfig
    from swb.ports import KeyAgreement, Signer
    from swb_schemas.wire.certificates import Certificate

__all__ = ["KeyRing", "need_pkcs11", "open_keys"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """What a process can sign and open.

    Attributes:
        signers: By purpose.
        agreements: Decryption keys by thumbprint, the retired ones too.
        checks: What health asks of whoever holds the keys, by name.
    """

    signers: Mapping[Purpose, Signer]
    agreements: Mapping[str, KeyAgreement]
    checks: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)


@asynccontextmanager
async def open_keys(
    keys: Mapping[Purpose, KeyConfig],
    retired_decryption: Sequence[KeyConfig] = (),
) -> AsyncIterator[KeyRing]:
    """Open keys; tokens and signers themselves are asked when a key is first used.

    Args:
        keys: By purpose.
        retired_decryption: Decryption keys before the present one.

    Raises:
        RefusedError: ``config.secret``, ``config.secret_exposed``.
        UnavailableError: ``signer.unavailable``, ``signer.exposed``, ``signer.not_installed``.
    """
    async with AsyncExitStack() as stack:
        opening = _Opening(stack, SecretReader())
        signers: dict[Purpose, Signer] = {
            purpose: opening.build_signer(purpose, key)
            for purpose, key in keys.items()
            if purpose is not Purpose.DECRYPTION
        }
        present = [keys[Purpose.DECRYPTION]] if Purpose.DECRYPTION in keys else []
        holders = [opening.build_agreement(key) for key in (*present, *retired_decryption)]
        yield KeyRing(
            signers=signers,
            agreements={holder.thumbprint: holder for holder in holders},
            checks=opening.checks,
        )


class _Opening:
    """Builds keys that share tokens and connections; the stack closes these."""

    def __init__(self, stack: AsyncExitStack, secrets: SecretReader) -> None:
        self._stack = stack
        self._secrets = secrets
        self._tokens: dict[tuple[Path, str | None, str | None], TokenSession] = {}
        self._remotes: dict[Path, SignerConnection] = {}
        self.checks: dict[str, Callable[[], Awaitable[object]]] = {}

    def build_signer(self, purpose: Purpose, key: KeyConfig) -> Signer:
        match key:
            case FileKeyConfig():
                return SoftKeySigner.load(
                    key.key, key.certificate, passphrase=self._passphrase(key)
                )
            case Pkcs12KeyConfig():
                return SoftKeySigner.load_pkcs12(key.file, passphrase=self._pkcs12_secret(key))
            case Pkcs11KeyConfig():
                signer: Signer = need_pkcs11().TokenSigner(*self._find_in_token(key))
                return signer
            case RemoteKeyConfig():
                certificate = load_certificate(key.certificate)
                return RemoteSigner(self._connect(key), purpose, certificate)

    def build_agreement(self, key: KeyConfig) -> KeyAgreement:
        match key:
            case FileKeyConfig():
                return SoftKeyAgreement.load(
                    key.key, key.certificate, passphrase=self._passphrase(key)
                )
            case Pkcs12KeyConfig():
                return SoftKeyAgreement.load_pkcs12(key.file, passphrase=self._pkcs12_secret(key))
            case Pkcs11KeyConfig():
                holder: KeyAgreement
                holder = need_pkcs11().TokenKeyAgreement(*self._find_in_token(key))
                return holder
            case RemoteKeyConfig():
                return RemoteKeyAgreement(self._connect(key), load_certificate(key.certificate))

    def _passphrase(self, key: FileKeyConfig) -> bytes | None:
        if key.passphrase is None:
            return None
        return self._secrets.read(key.passphrase, f"passphrase of {key.key.name}").encode()

    def _pkcs12_secret(self, key: Pkcs12KeyConfig) -> bytes:
        return self._secrets.read(key.passphrase, f"passphrase of {key.file.name}").encode()

    def _find_in_token(self, key: Pkcs11KeyConfig) -> tuple[TokenSession, KeyName, Certificate]:
        backend = need_pkcs11()
        place = (key.module, key.token, key.serial)
        if place not in self._tokens:
            name = backend.TokenName(label=key.token, serial=key.serial)
            pin = self._secrets.read(key.pin, f"PIN of token {name}")
            session = backend.TokenSession(backend.open_library(key.module), name, pin=pin)
            self._stack.push_async_callback(session.close)
            self._tokens[place] = session
            self.checks[f"token {key.token or key.serial}"] = session.ping
        known = backend.KeyName(label=key.label, id=bytes.fromhex(key.id) if key.id else None)
        return self._tokens[place], known, load_certificate(key.certificate)

    def _connect(self, key: RemoteKeyConfig) -> SignerConnection:
        if key.socket not in self._remotes:
            connection = SignerConnection(key.socket, timeout=key.timeout_seconds)
            self._stack.push_async_callback(connection.close)
            self._remotes[key.socket] = connection
            self.checks[f"signer {key.socket.name}"] = connection.ping
        return self._remotes[key.socket]


def need_pkcs11() -> ModuleType:
    """Get the back end of tokens, which is an extra.

    Raises:
        UnavailableError: ``signer.not_installed``.
    """
    try:
        from swb.backends import pkcs11  # noqa: PLC0415 - an extra
    except ImportError as cause:
        message = "expected the extra 'pkcs11': pip install 'single-window-broker[pkcs11]'"
        raise UnavailableError("signer.not_installed", message) from cause
    return pkcs11
