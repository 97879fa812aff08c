"""The documents of the golden vectors: two states, fixed contents, invented traders."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    ExchangeList,
    ExchangeSummary,
    OutageNotice,
    RelayReceipt,
    RetransmissionReply,
    RetransmissionRequest,
    TransportAck,
)
from swb_schemas.documents.acknowledgements import (
    AcknowledgedMessage,
    Hop,
    Outcome,
    RelayedMessage,
)
from swb_schemas.documents.certificate_of_origin import (
    Certification,
    Empty,
    ExporterDeclaration,
    Invoice,
    Item,
    Package,
    Port,
    SpecialCases,
    Transport,
)
from swb_schemas.documents.customs import (
    Decision,
    ItemDecision,
    Reason,
    ReceiptOutcome,
    Subject,
)
from swb_schemas.documents.elements import (
    Amount,
    CommodityCode,
    Digest,
    LocalText,
    Measure,
    TradeParty,
)
from swb_schemas.documents.exchange import ListedSet
from swb_schemas.documents.origin_criterion import OriginCriterion
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.documents.retransmission import (
    AnsweredDocument,
    RequestedDocument,
    RetransmissionOutcome,
    RetransmissionReason,
    Wanted,
)
from swb_schemas.wire.exchange import ExchangedDocuments
from tests.vectors.world import AT, DOCUMENT_ID, MESSAGE_ID, SEALED_AT

NUMBER: Final = "TH-VN 26/01/000042"
OFFICE: Final = "BKK01"
DAY: Final = date(2026, 2, 28)
"""In the id of the Form D."""


def _thai(text: str) -> LocalText:
    return LocalText.model_validate({"lang": "th", "value": text}, by_name=True)


def certificate() -> CertificateOfOrigin:
    """A Form D with two items and Thai names beside the English ones."""
    invoice = Invoice(number="INV-2026-0117", date=date(2026, 2, 20))
    return CertificateOfOrigin(
        agreement="ATIGA",
        edition="2020",
        reference_number=NUMBER,
        issuing_country="TH",
        issuing_office=OFFICE,
        exporter=TradeParty(
            identifier="0105500000001",
            name="Siam Example Orchards Co., Ltd.",
            national_names=(_thai("บริษัท สวนสยามตัวอย่าง จำกัด"),),
            address="99 Example Road\nBangkok 10500",
            country="TH",
        ),
        consignee=TradeParty(
            name="Example Imports & Sons", address="1 Example Street\nHa Noi", country="VN"
        ),
        transport=Transport(
            departure_date=date(2026, 3, 1),
            mode="1",
            means_name="MV EXAMPLE",
            journey_number="026N",
            loading_port=Port(code="THLCH", name="Laem Chabang"),
            discharge_port=Port(code="VNHPH", name="Hai Phong"),
        ),
        items=(
            Item(
                sequence_number=1,
                marks_and_numbers="SEO 1-120",
                packages=(Package(count=120, type_code="CT"),),
                description="Fresh durians",
                national_descriptions=(_thai("ทุเรียนสด"),),
                quantity=Measure(unit="KGM", value=Decimal("2160.5")),
                commodity_code=CommodityCode(nomenclature="AHTN-2022", value="08106000"),
                origin_criterion=OriginCriterion(bases=("WO",)),
                gross_measure=Measure(unit="KGM", value=Decimal(2400)),
                invoices=(invoice,),
            ),
            Item(
                sequence_number=2,
                marks_and_numbers="SEO 121-150",
                packages=(Package(count=30, type_code="CT"),),
                description="Durian paste, < 5 % sugar",
                commodity_code=CommodityCode(nomenclature="AHTN-2022", value="20079920"),
                origin_criterion=OriginCriterion(bases=("CTSH", "RVC"), percentage=Decimal("46.5")),
                gross_measure=Measure(unit="KGM", value=Decimal("412.75")),
                fob_amount=Amount(currency="USD", value=Decimal("5184.2")),
                invoices=(invoice,),
            ),
        ),
        exporter_declaration=ExporterDeclaration(
            country_of_production="TH",
            importing_country="VN",
            place="Bangkok",
            date=date(2026, 2, 27),
            signatory_name="Export Manager (example)",
        ),
        certification=Certification(
            authority_name="Example Issuing Authority",
            place="Bangkok",
            date=date(2026, 3, 2),
            signatory_name="Certifying Officer (example)",
        ),
        special_cases=SpecialCases(de_minimis=Empty()),
    )


def _subject() -> Subject:
    return Subject(issuing_country="TH", issuing_office=OFFICE, reference_number=NUMBER)


def receipt() -> CustomsReceipt:
    """RES-REC from the importing customs."""
    return CustomsReceipt(
        subject=_subject(), outcome=ReceiptOutcome.REC, at=SEALED_AT, office="Hai Phong Port"
    )


def response() -> CustomsResponse:
    """GIVEN for one item, NOT_GIVEN for the other."""
    return CustomsResponse(
        subject=_subject(),
        response_number=1,
        decision=Decision.NOT_GIVEN,
        decided_at=SEALED_AT,
        office="Hai Phong Port",
        items=(
            ItemDecision(sequence_number=1, decision=Decision.GIVEN),
            ItemDecision(
                sequence_number=2,
                decision=Decision.NOT_GIVEN,
                reasons=(Reason(text="Regional value content not shown"),),
            ),
        ),
    )


def acknowledgement(message_digest: Digest, document_digest: Digest) -> TransportAck:
    """AS2 from the importing gateway."""
    return TransportAck(
        acknowledged=(
            AcknowledgedMessage(
                message_id=MESSAGE_ID,
                message_digest=message_digest,
                outcome=Outcome.ACCEPTED,
                at=AT,
                document_id=DOCUMENT_ID,
                document_digest=document_digest,
                hop=Hop.AS2,
            ),
        )
    )


def relay_receipt(message_digest: Digest) -> RelayReceipt:
    """A refusal by the router."""
    return RelayReceipt(
        relayed=(
            RelayedMessage(
                message_id=MESSAGE_ID,
                message_digest=message_digest,
                outcome=Outcome.REFUSED,
                code="message.expired",
                at=AT,
            ),
        )
    )


def _exchanged(document_digest: Digest) -> ExchangedDocuments:
    return ExchangedDocuments([(DOCUMENT_ID, document_digest.text)])


def summary(document_digest: Digest) -> ExchangeSummary:
    """Viet Nam's of the day: the Form D received, nothing sent."""
    return ExchangeSummary(
        day=DAY,
        revision=1,
        reply_wanted=False,
        sent=ExchangedDocuments(()).summarise(),
        received=_exchanged(document_digest).summarise(),
    )


def listed(document_digest: Digest) -> ExchangeList:
    """Viet Nam's list of the one bucket that is not empty."""
    exchanged = _exchanged(document_digest)
    prefixes = [each.prefix for each in exchanged.summarise().buckets]
    return ExchangeList(
        day=DAY,
        revision=1,
        sent=ListedSet(),
        received=ListedSet(buckets=tuple(exchanged.list_buckets(prefixes))),
    )


def retransmission_request(document_digest: Digest) -> RetransmissionRequest:
    """Viet Nam lost the Form D and asks for it."""
    return RetransmissionRequest(
        reason=RetransmissionReason.LOST,
        requested=(
            RequestedDocument(
                document_id=DOCUMENT_ID, document_digest=document_digest, wanted=Wanted.DOCUMENT
            ),
        ),
    )


def retransmission_reply() -> RetransmissionReply:
    """It was erased meanwhile."""
    return RetransmissionReply(
        answered=(AnsweredDocument(document_id=DOCUMENT_ID, outcome=RetransmissionOutcome.ERASED),)
    )


def outage_notice() -> OutageNotice:
    """Viet Nam's national system is down for two days."""
    return OutageNotice(
        from_at=SEALED_AT,
        until_at=SEALED_AT + timedelta(days=2),
        reason=OutageReason.NATIONAL_SYSTEM,
    )
