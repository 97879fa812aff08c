"""How vectors about what a target makes are written to their folders."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb_conformance.header_fields import tell_message_header, tell_seal_header
from swb_conformance.requirements import load_requirements
from swb_schemas.catalogue import Purpose
from swb_schemas.xml import encode
from swb_schemas.xml.codec import format_instant
from tests.vectors.positive import sealed_certificate
from tests.vectors.tampering import cut_signature
from tests.vectors.world import HOLDERS, VN_GATEWAY, Holder, holder, seal, wrap

if TYPE_CHECKING:
    from swb_schemas.documents import Document
    from swb_schemas.wire import MessageHeader, SealHeader

__all__ = ["Making", "name_of", "render_makings", "sealing", "signing"]

_BUNDLE: Final = "material/trust/bundle.json"
_RECIPIENT: Final = "material/keys/VN-gateway-decryption"
_EXCHANGE: Final = b'<Exchange xmlns="urn:swb:message:1" version="1.0">'


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """One vector before it is written.

    Attributes:
        verb: ``seal`` or ``sign``.
        what: Behind ``accepts-`` or ``refuses-``.
        why: One or two sentences.
        requirements: Ids.
        at: The moment.
        message_type: Of the document.
        subject: What is sealed or sent.
        header: Its fields, as a request has them.
        by: Who signs.
        written: What must stand there; empty where it must be refused.
        codes: Of the refusal.
        protect: File of the recipient's key; empty for a clear body.
        receiver: Who opens it.
    """

    verb: str
    what: str
    why: str
    requirements: tuple[str, ...]
    at: datetime
    message_type: str
    subject: bytes
    header: dict[str, Any]
    by: Holder
    written: bytes = b""
    codes: tuple[str, ...] = ()
    protect: str = ""
    receiver: str = field(default="")

    def files(self) -> dict[str, bytes]:
        """Write its files, by path below ``vectors/``."""
        name = f"{'refuses' if self.codes else 'accepts'}-{self.what}"
        seals = self.verb == "seal"
        subject = "input/document.xml" if seals else "input/sealed-document.xml"
        written = "expected/content.xml" if seals else "expected/head.xml"
        clauses = [load_requirements()[each].clause for each in self.requirements]
        signer = name_of(self.by)
        told = {
            "verb": self.verb,
            "requirements": list(self.requirements),
            "clause": "; ".join(dict.fromkeys(clauses)),
            "at": self.at,
            "message_type": self.message_type,
            "subject": subject,
            "header": "input/header.json",
            "key": f"material/keys/{signer}.pem",
            "certificates": [f"material/certificates/{signer}.der"],
            "protect": self.protect,
            "trust": _BUNDLE,
            "receiver": self.receiver,
            "decryption_keys": [f"{_RECIPIENT}.pem"] if self.protect else [],
        }
        expect = {
            "verdict": "refused" if self.codes else "accepted",
            "codes": list(self.codes),
            "written": "" if self.codes else written,
        }
        lines = [*map(_spell, told.items()), "", "[expect]", *map(_spell, expect.items())]
        why = textwrap.fill(self.why, width=98)
        title = name.replace("-", " ").capitalize()
        files = {
            "README.md": f"# {title}\n\n{why}\n\nClause: {told['clause']}.\n".encode(),
            "case.toml": "\n".join(lines).encode() + b"\n",
            subject: self.subject,
            "input/header.json": json.dumps(self.header, indent=1, ensure_ascii=False).encode()
            + b"\n",
        }
        if not self.codes:
            files[written] = self.written
        return {f"{self.verb}/{name}/{path}": octets for path, octets in files.items()}


def sealing(
    what: str, why: str, document: Document, header: SealHeader, by: Holder = HOLDERS[0]
) -> Making:
    """A document that is sealed."""
    before, _, after = cut_signature(seal(header, document, by))
    return Making(
        verb="seal",
        what=what,
        why=why,
        requirements=("MSG-034", "MSG-035"),
        at=header.sealed_at,
        message_type=header.message_type,
        subject=encode(document),
        header=tell_seal_header(header),
        by=by,
        written=before + after,
    )


def signing(
    what: str,
    why: str,
    header: MessageHeader,
    *,
    sealed: bytes | None = None,
    by: Holder = HOLDERS[2],
    protect: str = "",
) -> Making:
    """A sealed document that is sent."""
    octets = sealed_certificate() if sealed is None else sealed
    made = wrap(header, octets, by)
    named = ("MSG-040", "MSG-041") if protect else ()
    return Making(
        verb="sign",
        what=what,
        why=why,
        requirements=("MSG-038", "MSG-039", *named),
        at=header.created_at,
        message_type=header.message_type,
        subject=octets,
        header=tell_message_header(header),
        by=by,
        written=made[: made.index(_EXCHANGE) + len(_EXCHANGE)],
        protect=protect and f"{_RECIPIENT}{protect}",
        receiver=header.receiver,
    )


def name_of(one: Holder) -> str:
    """Name the files of somebody's key and certificate."""
    return f"{one.party.state}-{one.party.role}-{one.purpose}"


def render_makings(makings: tuple[Making, ...]) -> dict[str, bytes]:
    """Write vectors and the certificates that they need, by path below ``vectors/``."""
    recipient = holder(VN_GATEWAY, Purpose.DECRYPTION)
    public = recipient.key.public_key()
    certificate = x509.load_der_x509_certificate(recipient.der)
    written = {
        f"{_RECIPIENT}.public.pem": public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ),
        f"{_RECIPIENT}.certificate.pem": certificate.public_bytes(Encoding.PEM),
    }
    written |= {f"material/certificates/{name_of(one)}.der": one.der for one in HOLDERS}
    for making in makings:
        files = making.files()
        if files.keys() & written.keys():
            message = f"two vectors are called {making.verb}/{making.what}"
            raise ValueError(message)
        written |= files
    return written


def _spell(member: tuple[str, object]) -> str:
    name, value = member
    told = format_instant(value) if isinstance(value, datetime) else json.dumps(value)
    return f"{name} = {told}"
