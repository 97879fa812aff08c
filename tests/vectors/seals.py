"""Vectors about sealing: what must come out, and what nobody seals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.catalogue import Purpose
from swb_schemas.wire import digest_of, key_thumbprint
from swb_schemas.xml import encode
from tests.rulebook.extract import extract
from tests.vectors import documents
from tests.vectors.carried import list_certificates
from tests.vectors.carried_moves import list_moves
from tests.vectors.made import Making, sealing
from tests.vectors.positive import IGNORABLE
from tests.vectors.tampering import replace_once
from tests.vectors.world import (
    AT,
    DOCUMENT_ID,
    TH_CUSTOMS,
    TH_GATEWAY,
    TH_ISSUING,
    VN_CUSTOMS,
    VN_GATEWAY,
    holder,
    seal_header,
)

if TYPE_CHECKING:
    from swb_schemas.documents import Document
    from tests.vectors.world import Holder

__all__ = ["seal_makings"]

_DIGEST: Final = digest_of(b"the digest of a certificate")
_MOVES: Final = {
    "a receipt": True,
    "a response that refuses preference for one item of three": True,
    "a cancellation": False,
    "a cancellation with what takes its place": False,
    "a reply that accepts a cancellation": True,
    "a reply that the certificate was utilised": True,
    "a verification for a doubt that suspends": True,
    "a reply that the goods originate": False,
    "an outcome that denies": True,
}
"""Moves, and whether the importing customs makes them."""


def seal_makings() -> tuple[Making, ...]:
    """Every vector about sealing."""
    return (*_certificates(), *_moves(), *_of_gateways(), *_disagreeing(), *_malformed())


def _certificates() -> tuple[Making, ...]:
    plain = documents.certificate()
    day = plain.certification.date
    certification = plain.certification.model_copy(
        update={"original_issue_date": day - timedelta(days=3)}
    )
    copy = plain.model_copy(update={"certification": certification})
    key = key_thumbprint(holder(VN_GATEWAY, Purpose.DECRYPTION).key.public_key())
    extended = plain.model_copy(update={"extensions": IGNORABLE})
    of_many = list_certificates()
    names, items, signs = (
        of_many[f"a form d {what}"]
        for what in (
            "with names of several languages",
            "of fifty items",
            "with signs that xml has for itself",
        )
    )
    until = day + timedelta(days=364)

    def elsewhere(document: Document) -> Any:  # noqa: ANN401 - a header
        return seal_header(document, receiving_party="urn:swb:party:ID:customs")

    declared = extract(importing_country="VN", consignee__country="VN")
    customs = holder(TH_CUSTOMS, Purpose.CUSTOMS_SEAL)
    return (
        sealing(
            "a-form-d", "Two items, Thai names beside the English ones.", plain, seal_header(plain)
        ),
        sealing(
            "a-form-d-that-was-made-of-no-payload",
            "Source and Profile may be absent.",
            plain,
            seal_header(plain, source=None, profile=None),
        ),
        sealing(
            "a-form-d-with-its-validity",
            "ValidFrom is the day of issue, ValidUntil what the sealer states.",
            plain,
            seal_header(plain, valid_from=day, valid_until=until),
        ),
        sealing(
            "a-true-copy-with-its-validity",
            "A certified true copy holds from its original's day of issue.",
            copy,
            seal_header(copy, valid_from=day - timedelta(days=3), valid_until=until),
        ),
        sealing(
            "a-form-d-for-a-key",
            "RecipientKey names the key that the document is encrypted for.",
            plain,
            seal_header(plain, recipient_key=key),
        ),
        sealing(
            "a-form-d-with-an-extension",
            "An extension that may be ignored is sealed as it stands.",
            extended,
            seal_header(extended),
        ),
        sealing(
            "a-form-d-with-names-of-several-languages",
            "Eight languages and six scripts of the region.",
            names,
            elsewhere(names),
        ),
        sealing("a-form-d-of-fifty-items", "A long document.", items, elsewhere(items)),
        sealing(
            "a-form-d-with-signs-that-xml-has-for-itself",
            "Ampersands, angle brackets and quotes stand as canonical XML writes them.",
            signs,
            elsewhere(signs),
        ),
        sealing(
            "a-form-d-sealed-in-the-fraction-of-a-second",
            "SealedAt has as many digits as the moment needs, and no zero behind them.",
            plain,
            seal_header(plain, sealed_at=AT.replace(microsecond=120_500)),
        ),
        sealing(
            "an-extract-of-a-declaration",
            "Sealed by customs; Agreement and Edition are absent.",
            declared,
            seal_header(declared, issuing_party=str(TH_CUSTOMS)),
            customs,
        ),
    )


def _moves() -> tuple[Making, ...]:
    moves, made = list_moves(), []
    for what, by_importer in _MOVES.items():
        document = moves[what]
        by = (
            holder(VN_CUSTOMS, Purpose.CUSTOMS_SEAL)
            if by_importer
            else holder(TH_ISSUING, Purpose.ISSUING_SEAL)
        )
        header = seal_header(
            document,
            issuing_party=str(by.party),
            receiving_party=str(TH_ISSUING if by_importer else VN_CUSTOMS),
            source=None,
            answers={"document_id": DOCUMENT_ID, "document_digest": _DIGEST},
        )
        why = "Answers names the certificate, Revision is the number of the move."
        made.append(sealing(what.replace(" ", "-"), why, document, header, by))
    return tuple(made)


def _of_gateways() -> tuple[Making, ...]:
    by = holder(VN_GATEWAY, Purpose.RECEIPT_SEAL)
    said: dict[str, Document] = {
        "a-transport-acknowledgement": documents.acknowledgement(_DIGEST, _DIGEST),
        "an-exchange-summary": documents.summary(_DIGEST),
        "a-retransmission-request": documents.retransmission_request(_DIGEST),
        "an-outage-notice": documents.outage_notice(),
    }
    return tuple(
        _by_gateway(what, document, by, seals=str(TH_GATEWAY)) for what, document in said.items()
    )


def _by_gateway(what: str, document: Document, by: Holder, *, seals: str) -> Making:
    header = seal_header(document, issuing_party=str(by.party), receiving_party=seals, source=None)
    return sealing(what, "Sealed by a gateway: it binds no certificate.", document, header, by)


def _good() -> Making:
    document = documents.certificate()
    return sealing("", "", document, seal_header(document))


def _refused(what: str, why: str, requirement: str, *codes: str, **changes: Any) -> Making:  # noqa: ANN401 - fields
    return replace(_good(), what=what, why=why, requirements=(requirement,), codes=codes, **changes)


def _disagreeing() -> tuple[Making, ...]:
    wrong: dict[str, tuple[str, Any]] = {
        "a-version": ("MessageTypeVersion", "1.7"),
        "an-agreement": ("Agreement", "AANZFTA"),
        "an-edition": ("Edition", "2021"),
        "a-certificate-key": ("CertificateKey", "TH:BKK01:TH-VN%2026%2F01%2F000043"),
        "an-issuing-state": ("IssuingParty", "urn:swb:party:LA:issuing"),
        "a-receiving-state": ("ReceivingParty", "urn:swb:party:LA:customs"),
        "a-revision": ("Revision", 2),
        "a-first-day": ("ValidFrom", "2026-03-03"),
        "a-type": ("MessageType", "CustomsReceipt"),
    }
    return tuple(
        _refused(
            f"a-header-with-{what}-that-the-document-does-not-have",
            f"{name} says something else than the document.",
            "MSG-036",
            "seal.disagrees",
            header={**_good().header, name: value},
        )
        for what, (name, value) in wrong.items()
    )


def _malformed() -> tuple[Making, ...]:
    octets = encode(documents.certificate())
    of_header = ("document.invalid", "xml.schema")
    headers: dict[str, tuple[str, dict[str, Any]]] = {
        "an-id-that-is-none": ("DocumentId is no UUID.", {"DocumentId": "42"}),
        "an-unknown-field": ("An unknown element is refused inside the header.", {"Colour": "red"}),
        "an-environment-that-is-none": ("There are three.", {"Environment": "staging"}),
        "a-validity-that-ends-before-it-begins": (
            "ValidUntil is not before ValidFrom.",
            {"ValidFrom": "2026-03-02", "ValidUntil": "2026-03-01"},
        ),
        "a-party-that-is-none": ("IssuingParty is no URN.", {"IssuingParty": "Thailand"}),
    }
    named = b"<Name>Siam Example Orchards Co., Ltd.</Name>"
    bodies: dict[str, tuple[str, str, bytes]] = {
        "a-document-that-breaks-its-schema": (
            "A code that is none where the schema asks for one.",
            "xml.schema",
            replace_once(octets, b"<LoadingPort><Code>THLCH<", b"<LoadingPort><Code>Laem<"),
        ),
        "a-document-that-xsd-cannot-refuse": (
            "Text that is not in Unicode normal form C.",
            "document.invalid",
            replace_once(octets, b"Fresh durians", b"Fresh duria\xcc\x83ns"),
        ),
        "a-document-with-white-space": (
            "Between elements stands nothing.",
            "xml.not_canonical",
            replace_once(octets, named, b"\n" + named),
        ),
        "a-document-in-single-quotes": (
            "Who writes the document anew seals other octets than it was given.",
            "xml.not_canonical",
            replace_once(octets, b'<Quantity unit="KGM"', b"<Quantity unit='KGM'"),
        ),
        "a-document-with-a-declaration": (
            "A document has no XML declaration.",
            "xml.not_canonical",
            b'<?xml version="1.0"?>' + octets,
        ),
        "a-document-with-a-document-type": (
            "Entities are refused before anything else.",
            "xml.doctype",
            b"<!DOCTYPE CertificateOfOrigin>" + octets,
        ),
        "half-a-document": ("It ends in the middle.", "xml.malformed", octets[: len(octets) // 2]),
    }
    return (
        *(
            _refused(
                f"a-header-with-{what}",
                why,
                "MSG-037",
                *of_header,
                header={**_good().header, **change},
            )
            for what, (why, change) in headers.items()
        ),
        *(
            _refused(what, why, "MSG-037", code, subject=subject)
            for what, (why, code, subject) in bodies.items()
        ),
    )
