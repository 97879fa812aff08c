"""A state rolls its keys over, as its operators would: list, switch, retire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from swb.backends.softkey import SoftKeySigner
from swb.config.keys import FileKeyConfig
from swb.core.trust_drafts import (
    Draft,
    add_certificate,
    read_draft,
    succeed,
    update_certificate,
)
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, ROUTER, PartyId
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.jws import signing_input
from swb_schemas.wire.trust_list import TrustListForm

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from swb.config import Config
    from swb_schemas.wire.certificates import Certificate

__all__ = ["Roller"]

_ROLES = {Purpose.ISSUING_SEAL: ISSUING, Purpose.CUSTOMS_SEAL: CUSTOMS}


class Roller:
    """One state's people: its root, its list, its keys.

    Args:
        folder: Of the development keys.
        state: Whose.
    """

    def __init__(self, folder: Path, state: str) -> None:
        self.state = state
        self._folder = folder
        self._list = folder / "lists" / f"{state}.json"
        raw = (folder / "keys" / state / "root.pem").read_bytes()
        key = load_pem_private_key(raw, password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._root_key = key
        self._root = parse_pem_certificate((folder / "roots" / f"{state}.pem").read_bytes())

    def make_keys(self, config: Config) -> Config:
        """Make a new key for every purpose but the log's, and configure it in the old one's place.

        A decryption key that is replaced is kept as a retired one.
        """
        keys, retired = dict(config.keys), list(config.retired_decryption)
        for purpose, old in config.keys.items():
            if purpose is Purpose.LOG:
                continue
            keys[purpose] = self._make_key(purpose)
            if purpose is Purpose.DECRYPTION:
                retired.append(old)
        return config.model_copy(update={"keys": keys, "retired_decryption": tuple(retired)})

    async def list_keys(self, config: Config, at: datetime) -> bytes:
        """Issue the next list, with the keys of a configuration beside those that are there."""
        form = self._form()
        form = succeed(form, at=at)
        for purpose in config.keys:
            if purpose is not Purpose.LOG:
                certificate = self._certificate(config, purpose)
                form = add_certificate(
                    form,
                    str(self._party(purpose)),
                    purpose,
                    certificate,
                    start=at,
                    end=certificate.valid_until,
                )
        return await self._issue(form)

    async def retire_keys(self, config: Config, at: datetime) -> bytes:
        """Issue the next list, on which the keys of a configuration have ended."""
        form = succeed(self._form(), at=at)
        for purpose in config.keys:
            if purpose is not Purpose.LOG:
                name = self._certificate(config, purpose).thumbprint
                form = update_certificate(form, name, {"until": at})
        return await self._issue(form)

    def _form(self) -> TrustListForm:
        form = read_draft(self._list.read_bytes()).form
        assert isinstance(form, TrustListForm)
        return form

    async def _issue(self, form: TrustListForm) -> bytes:
        draft = Draft.of(form)
        signer = SoftKeySigner(self._root_key, self._root)
        value = await signer.sign(signing_input(draft.payload, kid=self._root.thumbprint))
        octets = draft.with_signature(self._root.thumbprint, value).octets
        part = self._list.with_suffix(".part")
        part.write_bytes(octets)
        part.replace(self._list)
        return octets

    def _party(self, purpose: Purpose) -> PartyId:
        role = ROUTER if self.state == REGION else _ROLES.get(purpose, GATEWAY)
        return PartyId(self.state, role)

    def _certificate(self, config: Config, purpose: Purpose) -> Certificate:
        key = config.keys[purpose]
        assert isinstance(key, FileKeyConfig)
        return parse_pem_certificate(key.certificate.read_bytes())

    def _make_key(self, purpose: Purpose) -> FileKeyConfig:
        folder = self._folder / "keys" / self.state
        key = ec.generate_private_key(ec.SECP256R1())
        old = x509.load_pem_x509_certificate((folder / f"{purpose}.crt.pem").read_bytes())
        builder = (
            x509.CertificateBuilder()
            .subject_name(old.subject)
            .issuer_name(old.issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(old.not_valid_before_utc)
            .not_valid_after(old.not_valid_after_utc)
        )
        for extension in old.extensions:
            value = extension.value
            if isinstance(value, x509.SubjectKeyIdentifier):
                value = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
            builder = builder.add_extension(value, critical=extension.critical)
        certificate = builder.sign(self._root_key, hashes.SHA256())
        made = folder / f"{purpose}-2.pem"
        made.touch(mode=0o600)
        made.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = folder / f"{purpose}-2.crt.pem"
        public.write_bytes(certificate.public_bytes(Encoding.PEM))
        assert parse_certificate(certificate.public_bytes(Encoding.DER)).is_issued_by(self._root)
        return FileKeyConfig(key=made, certificate=public)
