"""What a target is asked to make of drawn parcels, and what it must not make."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Verdict
from swb_conformance.drawing.keys import BUNDLE
from swb_conformance.drawing.parcel import can_draw, draw_id, draw_parcel
from swb_conformance.drawing.spoiling import cut_signature
from swb_conformance.folders import read_material
from swb_conformance.header_fields import tell_message_header, tell_seal_header
from swb_conformance.making_cases import MakingCase
from swb_conformance.target import Verb
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from random import Random

    from swb_conformance.drawing.parcel import Parcel

__all__ = ["MAKINGS", "MakingKind"]

_CLAUSE: Final = "docs/conformance/command-protocol.md"
_EXCHANGE: Final = b'<Exchange xmlns="urn:swb:message:1" version="1.0">'
_Header = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingKind:
    """One thing that is made, or must not be.

    Attributes:
        verb: ``seal`` or ``sign``.
        requirements: What it is about.
        spoil: Makes a header wrong; None leaves it good.
        codes: Of the refusal, one of these.
        protected: Whether the body of a message is.
    """

    verb: Verb
    requirements: tuple[str, ...]
    spoil: Callable[[_Header, Parcel, Random], None] | None = None
    codes: tuple[str, ...] = ()
    protected: bool = False

    def draw(self, name: str, drawn: Random, carried: Collection[str]) -> MakingCase | None:
        """Draw one, as a vector has it; None where none of the types can be sealed by test keys."""
        seals = self.verb is Verb.SEAL
        if seals and not can_draw(carried):
            return None
        parcel = draw_parcel(drawn, carried if seals else (), protected=self.protected)
        sealed = parcel.seal()
        if seals:
            header, at = tell_seal_header(parcel.seal_header), parcel.seal_header.sealed_at
            before, _, after = cut_signature(sealed)
            holder, subject, written = parcel.sealer, parcel.octets, before + after
        else:
            header, at = tell_message_header(parcel.header), parcel.header.created_at
            head = parcel.wrap(sealed)
            holder, subject = parcel.sender, sealed
            written = head[: head.index(_EXCHANGE) + len(_EXCHANGE)]
        if self.spoil is not None:
            self.spoil(header, parcel, drawn)
        opener = f"material/keys/{parcel.header.receiver.split(':')[3]}-gateway-decryption.pem"
        files = {
            "input/subject.xml": subject,
            "input/header.json": json.dumps(header).encode(),
            "expected/written.xml": written,
            "input/certificate.der": holder.certificate,
        }
        files |= {path: read_material(path) for path in (BUNDLE, holder.key_path, opener)}
        if parcel.recipient is not None:
            files["input/recipient.pem"] = parcel.recipient.public_pem
        return MakingCase(
            name=name,
            verb=self.verb,
            requirements=self.requirements,
            clause=_CLAUSE,
            at=at,
            message_type=parcel.header.message_type,
            subject_path="input/subject.xml",
            header_path="input/header.json",
            key_path=holder.key_path,
            certificate_paths=("input/certificate.der",),
            protect_path="input/recipient.pem" if parcel.recipient and not seals else "",
            trust_path=BUNDLE,
            receiver="" if seals else parcel.header.receiver,
            decryption_key_paths=(opener,) if self.protected else (),
            verdict=Verdict.REFUSED if self.codes else Verdict.ACCEPTED,
            codes=self.codes,
            written_path="expected/written.xml",
            files=files,
        )


def _seal_later(header: _Header, parcel: Parcel, drawn: Random) -> None:
    later = parcel.seal_header.sealed_at + timedelta(milliseconds=1 + drawn.randrange(90_000))
    header["SealedAt"] = format_instant(later)


def _create_later(header: _Header, parcel: Parcel, drawn: Random) -> None:
    later = parcel.header.created_at + timedelta(milliseconds=1 + drawn.randrange(90_000))
    header["CreationDateAndTime"] = format_instant(later)


def _say_another_key(header: _Header, _: Parcel, drawn: Random) -> None:
    header["CertificateKey"] = f"{header['CertificateKey']}{drawn.randrange(10)}"


def _say_another_revision(header: _Header, _: Parcel, drawn: Random) -> None:
    header["Revision"] += 1 + drawn.randrange(5)


def _expire_before(header: _Header, parcel: Parcel, drawn: Random) -> None:
    sooner = parcel.header.created_at - timedelta(seconds=drawn.randrange(9_000))
    header["EXPIRES"] = format_instant(sooner)


def _answer_nothing(header: _Header, parcel: Parcel, drawn: Random) -> None:
    header["CORRELATION"] = draw_id(drawn, parcel.header.created_at)[: drawn.randrange(1, 35)]


_SEALED: Final = ("MSG-034", "MSG-035")
_SIGNED: Final = ("MSG-038", "MSG-039")
_PROTECTED: Final = (*_SIGNED, "MSG-040", "MSG-041")

MAKINGS: Final[Mapping[str, MakingKind]] = {
    "seals-a-document": MakingKind(verb=Verb.SEAL, requirements=_SEALED),
    "seals-a-document-for-a-key": MakingKind(verb=Verb.SEAL, requirements=_SEALED, protected=True),
    "signs-a-message": MakingKind(verb=Verb.SIGN, requirements=_SIGNED),
    "signs-a-protected-message": MakingKind(
        verb=Verb.SIGN, requirements=_PROTECTED, protected=True
    ),
    "refuses-to-seal-under-another-key": MakingKind(
        verb=Verb.SEAL, requirements=("MSG-036",), spoil=_say_another_key, codes=("seal.disagrees",)
    ),
    "refuses-to-seal-under-another-revision": MakingKind(
        verb=Verb.SEAL,
        requirements=("MSG-036",),
        spoil=_say_another_revision,
        codes=("seal.disagrees",),
    ),
    "refuses-to-seal-at-another-moment": MakingKind(
        verb=Verb.SEAL, requirements=("MSG-044",), spoil=_seal_later, codes=("seal.disagrees",)
    ),
    "refuses-to-sign-at-another-moment": MakingKind(
        verb=Verb.SIGN, requirements=("MSG-045",), spoil=_create_later, codes=("message.header",)
    ),
    "refuses-to-sign-what-expires-before": MakingKind(
        verb=Verb.SIGN, requirements=("MSG-042",), spoil=_expire_before, codes=("message.header",)
    ),
    "refuses-to-sign-an-answer-to-nothing": MakingKind(
        verb=Verb.SIGN, requirements=("MSG-042",), spoil=_answer_nothing, codes=("message.header",)
    ),
}
"""By name: what is drawn about what a target makes."""
