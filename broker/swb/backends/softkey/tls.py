"""TLS for a region's message broker in development: an authority, a server, a client each.

The authority is one of its own. A server believes every authority that it is given alike, and a
client certificate's common name is the user that it logs in: were each state's own root believed,
any state could issue a certificate in another's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

__all__ = ["TlsAuthority", "TlsFiles"]

_VALID_FOR: Final = timedelta(days=365)
_EARLIER: Final = timedelta(hours=1)
"""How long before they are made the certificates begin to hold, for clocks that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Where one end's files lie, all PEM.

    Attributes:
        ca: The authority's certificate.
        certificate: This end's.
        key: Its private key, mode 0600.
    """

    ca: Path
    certificate: Path
    key: Path


class TlsAuthority:
    """Issues certificates for servers and clients, and writes them into a folder.

    Args:
        folder: Where to; made where it is missing. The authority's key is never written.
        name: The authority's common name.
        at: When it is made.
    """

    def __init__(self, folder: Path, *, name: str, at: datetime) -> None:
        self._folder = folder
        self._at = at.replace(microsecond=0) - _EARLIER
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            self._builder(self._name, self._key.public_key(), self._at + _VALID_FOR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(issuing=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(certificate.public_bytes(Encoding.PEM))

    def issue_server(self, name: str, *, hosts: Sequence[str]) -> TlsFiles:
        """Issue a server's certificate.

        Args:
            name: Of its files, and its common name.
            hosts: Names and addresses under which clients reach it.
        """
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        return self._issue(name, name, ExtendedKeyUsageOID.SERVER_AUTH, names, None, None)

    def issue_client(
        self,
        user: str,
        *,
        file: str = "",
        end: datetime | None = None,
        passphrase: str | None = None,
    ) -> TlsFiles:
        """Issue a client's certificate.

        Args:
            user: Its common name: the user that it logs in.
            file: Of its files' names; else the user.
            end: Its last instant, where it is not the usual one.
            passphrase: For its key.
        """
        client = ExtendedKeyUsageOID.CLIENT_AUTH
        return self._issue(file or user, user, client, None, end, passphrase)

    def _issue(  # noqa: PLR0917 - one for each part of a certificate
        self,
        file: str,
        name: str,
        use: x509.ObjectIdentifier,
        names: x509.SubjectAlternativeName | None,
        end: datetime | None,
        passphrase: str | None,
    ) -> TlsFiles:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = (
            self._builder(subject, key.public_key(), end or self._at + _VALID_FOR)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(issuing=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(issuer, critical=False)
        )
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        files = TlsFiles(
            ca=self.ca,
            certificate=self._folder / f"{file}.crt.pem",
            key=self._folder / f"{file}.pem",
        )
        files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        closed = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        files.key.touch(mode=0o600)
        files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed))
        return files

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, end: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(self._at, end - _EARLIER))
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, issuing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issuing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issuing,
        crl_sign=issuing,
        encipher_only=False,
        decipher_only=False,
    )
