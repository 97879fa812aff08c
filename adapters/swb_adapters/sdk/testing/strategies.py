"""Strategies that generate canonical documents; needs ``hypothesis``.

What they generate is what a national format can be expected to spell: version 1.0 in English,
dates from 1950 to 2150, one agreement's criteria, and of a Form D every box that ATIGA demands.
Within that they go to the ends: every optional element, several languages and scripts, largest
and smallest numbers, text of full length.

`parts` has what they consist of.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from swb_adapters.sdk.testing import parts
from swb_adapters.sdk.testing.parts import instants, lines, traders
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.customs import Decision, ReceiptOutcome, roll_up
from swb_schemas.documents.verification import (
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from swb_schemas.documents import Document

__all__ = [
    "certificates_of_origin",
    "customs_receipts",
    "customs_responses",
    "declaration_extracts",
    "documents",
    "documents_of",
    "instants",
    "lines",
    "traders",
]


def _numbered(entries: list[dict[str, Any]], numbers: list[int]) -> list[dict[str, Any]]:
    pairs = zip(entries, numbers, strict=True)
    return [{**entry, "sequence_number": number} for entry, number in pairs]


@cache
def _signed_parts(agreement: str) -> tuple[SearchStrategy[Any], SearchStrategy[Any]]:
    """The exporter's declaration, and the authority's certification."""
    box: Callable[[SearchStrategy[Any]], SearchStrategy[Any]]
    box = parts.same if agreement == "ATIGA" else parts.maybe
    signed = {"place": box(parts.texts()), "signatory_name": box(parts.texts())}
    declaration = {
        "country_of_production": parts.countries(),
        "importing_country": parts.countries(),
        "date": box(parts.dates()),
    }
    certification = {
        "authority_name": box(parts.texts()),
        "date": parts.dates(),
        "original_issue_date": parts.maybe(parts.dates()),
    }
    return (
        st.fixed_dictionaries({**declaration, **signed}),
        st.fixed_dictionaries({**certification, **signed}),
    )


# --- documents ---------------------------------------------------------------------------------


@st.composite
def certificates_of_origin(
    draw: DrawFn, *, maximum_items: int = 3, agreement: str = "ATIGA"
) -> CertificateOfOrigin:
    """Certificates with any of the seven boxes ticked.

    Args:
        draw: Of hypothesis.
        maximum_items: How many items at most.
        agreement: ``ATIGA``, with every box that a Form D must have; ``AANZFTA``, with any of
            them empty.
    """
    items = draw(st.lists(parts.items(agreement), min_size=1, max_size=maximum_items))
    unique = st.lists(parts.counts(), min_size=len(items), max_size=len(items), unique=True)
    declaration, certification = _signed_parts(agreement)
    return CertificateOfOrigin.model_validate(
        {
            "agreement": agreement,
            "edition": draw(parts.codes()),
            "reference_number": draw(parts.references()),
            "issuing_country": draw(parts.countries()),
            "issuing_office": draw(parts.offices()),
            "copy_type": draw(st.sampled_from(CopyType)),
            "exporter": draw(parts.traders()),
            "consignee": draw(parts.traders()),
            "transport": draw(parts.transports()),
            "items": _numbered(items, draw(unique)),
            "exporter_declaration": draw(declaration),
            "certification": draw(certification),
            "special_cases": draw(parts.special_cases()),
            "remarks": draw(parts.maybe(lines())),
            "extensions": draw(parts.extensions()),
        }
    )


@st.composite
def customs_receipts(draw: DrawFn) -> CustomsReceipt:
    """RES, received and not received."""
    outcome = draw(st.sampled_from(ReceiptOutcome))
    needed = parts.reasons() if outcome is ReceiptOutcome.NOT else parts.maybe(parts.reasons())
    return CustomsReceipt.model_validate(
        {
            "subject": draw(parts.subjects()),
            "outcome": outcome,
            "at": draw(instants()),
            "office": draw(parts.maybe(parts.texts())),
            "reason": draw(needed),
            "extensions": draw(parts.extensions()),
        }
    )


@st.composite
def _decisions(draw: DrawFn) -> dict[str, Any]:
    decision = draw(st.sampled_from(Decision))
    fewest = 1 if decision is Decision.NOT_GIVEN else 0
    return {
        "decision": decision,
        "utilised_quantity": draw(parts.maybe(parts.measures())),
        "reasons": draw(st.lists(parts.reasons(), min_size=fewest, max_size=2)),
    }


@st.composite
def customs_responses(draw: DrawFn, *, maximum_items: int = 4) -> CustomsResponse:
    """Box 4, per item and rolled up."""
    items = draw(st.lists(_decisions(), min_size=1, max_size=maximum_items))
    unique = st.lists(parts.counts(), min_size=len(items), max_size=len(items), unique=True)
    return CustomsResponse.model_validate(
        {
            "subject": draw(parts.subjects()),
            "response_number": draw(parts.counts()),
            "decision": roll_up(item["decision"] for item in items),
            "decided_at": draw(instants()),
            "office": draw(parts.texts()),
            "officer_name": draw(parts.maybe(parts.texts())),
            "declaration_number": draw(parts.maybe(parts.references())),
            "declaration_date": draw(parts.maybe(parts.dates())),
            "items": _numbered(items, draw(unique)),
            "remarks": draw(parts.maybe(lines())),
            "extensions": draw(parts.extensions()),
        }
    )


def documents() -> SearchStrategy[CertificateOfOrigin | CustomsReceipt | CustomsResponse]:
    """Any document that a national format carries."""
    return st.one_of(certificates_of_origin(), customs_receipts(), customs_responses())


# --- other documents ---------------------------------------------------------------------------


@cache
def _extract_items() -> SearchStrategy[dict[str, Any]]:
    measure = parts.maybe(parts.measures())
    packages = st.fixed_dictionaries(
        {"count": parts.counts(), "type_code": parts.maybe(st.sampled_from(["CT", "PK"]))}
    )
    invoices = st.fixed_dictionaries({"number": parts.references(), "date": parts.dates()})
    tariff = st.fixed_dictionaries(
        {
            "nomenclature": st.sampled_from(["AHTN-2022", "HS-2022"]),
            "value": st.from_regex(r"[0-9]{6}([0-9]{2}){0,2}", fullmatch=True),
        }
    )
    amounts = st.fixed_dictionaries(
        {"currency": st.sampled_from(["USD", "THB"]), "value": parts.numbers()}
    )
    return st.fixed_dictionaries(
        {
            "commodity_code": tariff,
            "quantity": parts.measures(),
            "origin_country": parts.countries(),
            "description": parts.maybe(lines()),
            "national_descriptions": parts.local_texts(),
            "packages": st.lists(packages, max_size=2),
            "gross_measure": measure,
            "net_measure": measure,
            "fob_amount": parts.maybe(amounts),
            "invoices": st.lists(invoices, max_size=2),
        }
    )


@cache
def _extract_parts() -> SearchStrategy[dict[str, Any]]:
    equipment = st.fixed_dictionaries(
        {"number": parts.references(), "seals": st.lists(parts.references(), max_size=2)}
    )
    port = {"code": parts.maybe(st.sampled_from(["THLCH", "VNSGN"])), "name": parts.texts()}
    transport = {
        "departure_date": parts.dates(),
        "mode": st.sampled_from("123458"),
        "means_name": parts.maybe(parts.texts()),
        "journey_number": parts.maybe(parts.references()),
        "transport_document": parts.maybe(parts.references()),
        "loading_port": parts.ports(),
        "discharge_port": st.fixed_dictionaries(port),
        "equipment": st.lists(equipment, max_size=2),
    }
    exporter = {
        "identifier": parts.references(),
        "name": parts.texts(),
        "national_names": parts.local_texts(),
        "address": parts.maybe(lines()),
    }
    consignee = {**exporter, "identifier": parts.maybe(parts.references()), "address": lines()}
    supporting = st.fixed_dictionaries(
        {
            "message_type": st.just("CertificateIssue"),
            "issuing_country": parts.countries(),
            "issuing_office": parts.offices(),
            "reference_number": parts.references(),
        }
    )
    agent = {"identifier": parts.references(), "name": parts.texts()}
    return st.fixed_dictionaries(
        {
            "exporter": st.fixed_dictionaries(exporter),
            "consignee": st.fixed_dictionaries(
                {**consignee, "country": parts.maybe(parts.countries())}
            ),
            "declaring_agent": st.fixed_dictionaries(agent),
            "transport": st.fixed_dictionaries(transport),
            "gross_measure": parts.maybe(parts.measures()),
            "supporting_documents": st.lists(supporting, max_size=2),
        }
    )


@st.composite
def declaration_extracts(draw: DrawFn, *, maximum_items: int = 3) -> DeclarationExtract:
    """Extracts of export declarations."""
    items = draw(st.lists(_extract_items(), min_size=1, max_size=maximum_items))
    unique = st.lists(parts.counts(), min_size=len(items), max_size=len(items), unique=True)
    rest = draw(_extract_parts())
    issuing, importing = draw(st.lists(parts.countries(), min_size=2, max_size=2, unique=True))
    return DeclarationExtract.model_validate(
        {
            "reference_number": draw(parts.references()),
            "issuing_country": issuing,
            "issuing_office": draw(parts.offices()),
            "importing_country": importing,
            "acceptance_date": draw(parts.maybe(parts.dates())),
            "procedure": draw(parts.maybe(parts.codes())),
            "trader_reference": draw(parts.maybe(parts.references())),
            **rest,
            "items": _numbered(items, draw(unique)),
            "remarks": draw(parts.maybe(lines())),
            "extensions": draw(parts.extensions()),
        }
    )


def _answers(number: str, moment: str) -> dict[str, SearchStrategy[Any]]:
    return {
        "subject": parts.subjects(),
        number: parts.counts(),
        moment: instants(),
        "office": parts.texts(),
        "officer_name": parts.maybe(parts.texts()),
        "extensions": parts.extensions(),
    }


def _cancellations() -> SearchStrategy[Cancellation]:
    own = _answers("cancellation_number", "requested_at")
    fields = {**own, "reason": parts.reasons(), "replacement": parts.maybe(parts.subjects())}
    built = st.fixed_dictionaries(fields).filter(lambda v: v["replacement"] != v["subject"])
    return built.map(Cancellation.model_validate)


def _withdrawals() -> SearchStrategy[DeclarationWithdrawal]:
    own = _answers("cancellation_number", "requested_at")
    built = st.fixed_dictionaries({**own, "reason": parts.reasons()})
    return built.map(DeclarationWithdrawal.model_validate)


@st.composite
def _cancellation_replies(draw: DrawFn) -> CancellationReply:
    outcome = draw(st.sampled_from(CancellationOutcome))
    utilised = outcome is CancellationOutcome.UTILISED
    fields = {
        **_answers("cancellation_number", "replied_at"),
        "declaration_number": parts.maybe(parts.references()) if utilised else st.none(),
        "reason": parts.maybe(parts.reasons()),
    }
    values = draw(st.fixed_dictionaries(fields))
    return CancellationReply.model_validate({**values, "outcome": outcome})


@st.composite
def _verification_requests(draw: DrawFn) -> VerificationRequest:
    ground = draw(st.sampled_from(VerificationGround))
    doubt = st.fixed_dictionaries(
        {
            "sequence_number": parts.maybe(parts.counts()),
            "code": parts.maybe(parts.codes()),
            "text": lines(),
        }
    )
    fewest = 1 if ground is VerificationGround.DOUBT else 0
    fields = {
        **_answers("request_number", "requested_at"),
        "suspends": st.booleans(),
        "doubts": st.lists(doubt, min_size=fewest, max_size=3),
    }
    values = draw(st.fixed_dictionaries(fields))
    return VerificationRequest.model_validate({**values, "ground": ground})


def _verification_replies() -> SearchStrategy[VerificationReply]:
    own = _answers("request_number", "replied_at")
    fields = {**own, "finding": st.sampled_from(VerificationFinding), "explanation": lines()}
    return st.fixed_dictionaries(fields).map(VerificationReply.model_validate)


@st.composite
def _verification_outcomes(draw: DrawFn) -> VerificationOutcome:
    result = draw(st.sampled_from(VerificationResult))
    fewest = 1 if result is VerificationResult.DENIED else 0
    fields = {
        **_answers("request_number", "concluded_at"),
        "reasons": st.lists(parts.reasons(), min_size=fewest, max_size=2),
    }
    values = draw(st.fixed_dictionaries(fields))
    return VerificationOutcome.model_validate({**values, "result": result})


def documents_of(model: type[Document], *, agreement: str = "ATIGA") -> SearchStrategy[Any]:
    """Documents of one type.

    Args:
        model: The type.
        agreement: Of certificates of origin.

    Raises:
        KeyError: Nothing generates that type.
    """
    if model is CertificateOfOrigin:
        return certificates_of_origin(agreement=agreement)
    return _OF_TYPE[model]()


_OF_TYPE: Final[dict[type[Document], Callable[[], SearchStrategy[Any]]]] = {
    DeclarationExtract: declaration_extracts,
    CustomsReceipt: customs_receipts,
    CustomsResponse: customs_responses,
    Cancellation: _cancellations,
    CancellationReply: _cancellation_replies,
    DeclarationWithdrawal: _withdrawals,
    VerificationRequest: _verification_requests,
    VerificationReply: _verification_replies,
    VerificationOutcome: _verification_outcomes,
}
