"""The documents of the conversations: plain Form Ds that break no rule, and what is said of them.

Names and goods are invented; numbers are drawn anew in each run, because a gateway that is tried
twice remembers what it saw.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    RelayReceipt,
    TransportAck,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.acknowledgements import (
    AcknowledgedMessage,
    Hop,
    Outcome,
    RelayedMessage,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.certificate_of_origin import (
    Certification,
    ExporterDeclaration,
    Invoice,
    Item,
    Package,
    Port,
    Transport,
)
from swb_schemas.documents.customs import (
    Decision,
    ItemDecision,
    Reason,
    ReceiptOutcome,
    Subject,
    roll_up,
)
from swb_schemas.documents.elements import CommodityCode, Digest, Measure, TradeParty
from swb_schemas.documents.origin_criterion import OriginCriterion
from swb_schemas.documents.verification import (
    Doubt,
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = [
    "acknowledge",
    "cancel",
    "conclude",
    "decide",
    "draw_form_d",
    "explain",
    "question",
    "receipt",
    "relay",
    "reply_to_cancellation",
    "subject_of",
]

_GOODS: Final = (
    ("MILLED RICE, LONG GRAIN", "10063000", "TNE", "BG"),
    ("NATURAL RUBBER, TECHNICALLY SPECIFIED", "40012200", "TNE", "PX"),
    ("FRESH DURIANS", "08106000", "KGM", "CT"),
)
_PLACE: Final = "EXAMPLE CITY"
_CUSTOMS: Final = "EXAMPLE CUSTOMS OFFICE"
_AUTHORITY: Final = "EXAMPLE ISSUING AUTHORITY"


def draw_form_d(
    *, exporting: str, importing: str, number: str, on: date, items: int = 2
) -> CertificateOfOrigin:
    """Draw a Form D that breaks no rule.

    Args:
        exporting: State that issues it.
        importing: State that it is for.
        number: Its reference number, as it is to be spelled.
        on: Day of issue.
        items: How many.
    """
    invoice = Invoice(number=f"INV {number[-12:]}", date=on - timedelta(days=2))
    return CertificateOfOrigin(
        agreement="ATIGA",
        edition="2021",
        reference_number=number,
        issuing_country=exporting,
        issuing_office=f"{exporting}-TEST",
        exporter=TradeParty(
            identifier="0105500000001",
            name="EXAMPLE EXPORTER LTD",
            address=f"99 EXAMPLE ROAD\n{_PLACE}",
            country=exporting,
        ),
        consignee=TradeParty(
            identifier="0309000000002",
            name="EXAMPLE IMPORTS & SONS",
            address=f"1 EXAMPLE STREET\n{_PLACE}",
            country=importing,
        ),
        transport=Transport(
            departure_date=on + timedelta(days=1),
            mode="1",
            means_name="MV EXAMPLE",
            journey_number="026N",
            loading_port=Port(name="EXAMPLE PORT OF LOADING"),
            discharge_port=Port(name="EXAMPLE PORT OF DISCHARGE"),
        ),
        items=tuple(_draw_item(at, invoice) for at in range(1, items + 1)),
        exporter_declaration=ExporterDeclaration(
            country_of_production=exporting,
            importing_country=importing,
            place=_PLACE,
            date=on,
            signatory_name="EXPORT CLERK (EXAMPLE)",
        ),
        certification=Certification(
            authority_name=_AUTHORITY,
            place=_PLACE,
            date=on,
            signatory_name="OFFICER (EXAMPLE)",
        ),
    )


def _draw_item(number: int, invoice: Invoice) -> Item:
    description, code, unit, package = _GOODS[number % len(_GOODS)]
    return Item(
        sequence_number=number,
        marks_and_numbers="N/M",
        packages=(Package(count=100 * number, type_code=package),),
        description=description,
        quantity=Measure(unit=unit, value=Decimal("20.5")),
        commodity_code=CommodityCode(nomenclature="AHTN-2022", value=code),
        origin_criterion=OriginCriterion(bases=("WO",)),
        gross_measure=Measure(unit="KGM", value=Decimal("2160.5")),
        invoices=(invoice,),
    )


def subject_of(certificate: CertificateOfOrigin) -> Subject:
    """Name a certificate in a document about it."""
    return Subject(
        issuing_country=certificate.issuing_country,
        issuing_office=certificate.issuing_office,
        reference_number=certificate.reference_number,
    )


def receipt(subject: Subject, *, at: datetime, received: bool = True) -> CustomsReceipt:
    """Customs has the certificate, or has it not for a technical reason."""
    return CustomsReceipt(
        subject=subject,
        outcome=ReceiptOutcome.REC if received else ReceiptOutcome.NOT,
        at=at,
        office=_CUSTOMS,
        reason=None if received else Reason(code="SYSTEM", text="The system was not available."),
    )


def decide(
    subject: Subject, *, at: datetime, items: int, decision: Decision, number: int = 1
) -> CustomsResponse:
    """Customs decides on every item alike."""
    refused = decision is Decision.NOT_GIVEN
    decided = tuple(
        ItemDecision(
            sequence_number=each,
            decision=decision,
            reasons=(Reason(code="ORIGIN", text="The origin is not shown."),) if refused else (),
        )
        for each in range(1, items + 1)
    )
    return CustomsResponse(
        subject=subject,
        response_number=number,
        decision=roll_up(each.decision for each in decided),
        decided_at=at,
        office=_CUSTOMS,
        officer_name="OFFICER (EXAMPLE)",
        declaration_number=f"DEC-{subject.reference_number[-8:]}",
        declaration_date=at.date(),
        items=decided,
    )


def cancel(subject: Subject, *, at: datetime, number: int = 1) -> Cancellation:
    """The issuing authority asks for cancellation."""
    return Cancellation(
        subject=subject,
        cancellation_number=number,
        requested_at=at,
        office=_AUTHORITY,
        reason=Reason(code="ERROR", text="Issued by mistake."),
    )


def reply_to_cancellation(subject: Subject, *, at: datetime, number: int = 1) -> CancellationReply:
    """Customs accepts a cancellation."""
    return CancellationReply(
        subject=subject,
        cancellation_number=number,
        outcome=CancellationOutcome.ACCEPTED,
        replied_at=at,
        office=_CUSTOMS,
    )


def question(subject: Subject, *, at: datetime, number: int = 1) -> VerificationRequest:
    """Customs doubts a certificate; preference is not suspended."""
    return VerificationRequest(
        subject=subject,
        request_number=number,
        requested_at=at,
        office=_CUSTOMS,
        ground=VerificationGround.DOUBT,
        suspends=False,
        doubts=(Doubt(code="ORIGIN", text="The origin criterion is doubted."),),
    )


def explain(subject: Subject, *, at: datetime, number: int = 1) -> VerificationReply:
    """The issuing authority found that the goods originate."""
    return VerificationReply(
        subject=subject,
        request_number=number,
        replied_at=at,
        office=_AUTHORITY,
        finding=VerificationFinding.ORIGINATING,
        explanation="The producer's records were examined.",
    )


def conclude(
    subject: Subject, *, at: datetime, number: int = 1, confirmed: bool = True
) -> VerificationOutcome:
    """Customs concludes that the goods originate, or that nothing shows it."""
    return VerificationOutcome(
        subject=subject,
        request_number=number,
        concluded_at=at,
        office=_CUSTOMS,
        result=VerificationResult.CONFIRMED if confirmed else VerificationResult.DENIED,
        reasons=() if confirmed else (Reason(code="ORIGIN", text="The origin is not shown."),),
    )


def acknowledge(
    *, message: tuple[str, str], document: tuple[str, str], hop: Hop, at: datetime
) -> TransportAck:
    """The receiving side has a message.

    Args:
        message: Its id and signed digest.
        document: Id and signed digest of the document in it.
        hop: How far it came.
        at: When.
    """
    return TransportAck(
        acknowledged=(
            AcknowledgedMessage(
                message_id=message[0],
                message_digest=Digest.parse(message[1]),
                outcome=Outcome.ACCEPTED,
                at=at,
                document_id=document[0],
                document_digest=Digest.parse(document[1]),
                hop=hop,
            ),
        )
    )


def relay(*, message: tuple[str, str], at: datetime) -> RelayReceipt:
    """The router has passed a message on."""
    return RelayReceipt(
        relayed=(
            RelayedMessage(
                message_id=message[0],
                message_digest=Digest.parse(message[1]),
                outcome=Outcome.ACCEPTED,
                at=at,
            ),
        )
    )
