"""Where private keys are: in files, in a token, or with a signer process.

The certificate is public, so it lies in a file whatever holds its key (PKCS#12 holds both).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

from swb.config.section import Section

__all__ = [
    "DEFAULT_KIND",
    "KEY_KINDS",
    "SECRET_REFERENCE",
    "FileKeyConfig",
    "KeyConfig",
    "Pkcs11KeyConfig",
    "Pkcs12KeyConfig",
    "RemoteKeyConfig",
]

SECRET_REFERENCE: Final = r"^((env|file):.+|prompt)$"  # noqa: S105 - where secrets are
_HEXADECIMAL: Final = r"^([0-9a-fA-F]{2})+$"
DEFAULT_KIND: Final = "file"


class FileKeyConfig(Section):
    """A private key in a file of its own.

    Attributes:
        kind: ``file``; may be left out.
        key: PKCS#8, PEM. A plain one must be closed to other users of the machine.
        certificate: PEM.
        passphrase: Reference to the key's passphrase, where it has one.
    """

    kind: Literal["file"] = "file"
    key: Path
    certificate: Path
    passphrase: str | None = Field(default=None, pattern=SECRET_REFERENCE)


class Pkcs12KeyConfig(Section):
    """A private key and its certificate in one PKCS#12 file.

    Attributes:
        kind: ``pkcs12``.
        file: The file.
        passphrase: Reference to its passphrase.
    """

    kind: Literal["pkcs12"]
    file: Path
    passphrase: str = Field(pattern=SECRET_REFERENCE)


class Pkcs11KeyConfig(Section):
    """A private key in a token: a smart card, an HSM, SoftHSM.

    Attributes:
        kind: ``pkcs11``; needs the extra of that name.
        module: The token's PKCS#11 library.
        token: The token's label; or give ``serial``.
        serial: The token's serial number.
        label: The key's label; or give ``id``, or both.
        id: The key's identifier, hexadecimal.
        pin: Reference to the user's PIN.
        certificate: PEM.
    """

    kind: Literal["pkcs11"]
    module: Path
    token: str | None = None
    serial: str | None = None
    label: str | None = None
    id: str | None = Field(default=None, pattern=_HEXADECIMAL)
    pin: str = Field(pattern=SECRET_REFERENCE)
    certificate: Path

    @model_validator(mode="after")
    def _token_and_key_are_named(self) -> Self:
        for one, other in (("token", "serial"), ("label", "id")):
            if getattr(self, one) is None and getattr(self, other) is None:
                msg = f"expected {one} or {other}"
                raise ValueError(msg)
        return self


class RemoteKeyConfig(Section):
    """A private key that a signer process holds: ``swb signer``, or whatever speaks its protocol.

    Attributes:
        kind: ``remote``.
        socket: The signer's Unix socket.
        certificate: PEM; the signer must hold its key.
        timeout_seconds: How long an answer may take.
    """

    kind: Literal["remote"]
    socket: Path
    certificate: Path
    timeout_seconds: float = Field(default=5, gt=0, le=60)


KEY_KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "file": FileKeyConfig,
    "pkcs12": Pkcs12KeyConfig,
    "pkcs11": Pkcs11KeyConfig,
    "remote": RemoteKeyConfig,
}


def _kind_of(value: object) -> object:
    if isinstance(value, dict):
        return value.get("kind", DEFAULT_KIND)
    return getattr(value, "kind", None)


KeyConfig = Annotated[
    Annotated[FileKeyConfig, Tag("file")]
    | Annotated[Pkcs12KeyConfig, Tag("pkcs12")]
    | Annotated[Pkcs11KeyConfig, Tag("pkcs11")]
    | Annotated[RemoteKeyConfig, Tag("remote")],
    Discriminator(_kind_of),
]
"""One private key, wherever it is."""
