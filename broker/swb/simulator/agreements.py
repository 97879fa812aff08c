"""Under which agreements the simulated states trade, and certificates under each of them."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Final, NamedTuple

from swb.simulator.issuing import draw_certificate
from swb_schemas.catalogue import get_type
from swb_schemas.documents.certificate_of_origin import Package, SpecialCases, Transport
from swb_schemas.documents.elements import CommodityCode
from swb_schemas.documents.origin_criterion import PC, OriginCriterion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import Item

__all__ = ["PARTIES", "Pair", "draw_under", "list_exchanges", "list_pairs"]

PARTIES: Final = {"ATIGA": ("TH", "VN", "ID", "SG"), "AANZFTA": ("AU", "SG")}
"""Agreement to the simulated states that issue and take certificates under it."""

_BESIDE: Final = {
    "DeclarationExtract": ("TH", "VN", "SG"),
    "CertificateOfConformity": ("ID", "SG"),
    "CleanReportOfFindings": ("ID", "SG"),
    "PhytosanitaryCertificate": ("TH", "ID", "SG"),
    "AnimalHealthCertificate": ("TH", "SG"),
    "FoodSafetyCertificate": ("TH", "ID"),
}
"""Other types of documents to the simulated states that exchange them."""

_AANZFTA_OFFICE: Final = "AANZFTA"
"""The published certificate names no office; the adapter takes this for it."""


class Pair(NamedTuple):
    """Who exports to whom under which agreement, and what is exchanged about it."""

    exporting: str
    importing: str
    agreement: str
    message_type: str = "CertificateIssue"


def list_pairs(states: tuple[str, ...]) -> Iterator[Pair]:
    """List every directed pair of the given states that an agreement joins."""
    for agreement, parties in PARTIES.items():
        for one, other in permutations(parties, 2):
            if one in states and other in states:
                yield Pair(one, other, agreement)


def list_exchanges(states: tuple[str, ...]) -> Iterator[Pair]:
    """List every pair of the given states with each type of document that they exchange."""
    yield from list_pairs(states)
    for message_type, parties in _BESIDE.items():
        # Where all documents of a kind are issued under one agreement, the model names it.
        agreement = getattr(get_type(message_type).model, "agreement", "")
        for one, other in permutations(parties, 2):
            if one in states and other in states:
                yield Pair(one, other, agreement, message_type)


def draw_under(
    pair: Pair, *, serial: int, seed: int, on: date, items: int | None = None
) -> CertificateOfOrigin:
    """Draw one plausible certificate under a pair's agreement; the same arguments, the same one."""
    certificate = draw_certificate(
        exporting=pair.exporting,
        importing=pair.importing,
        serial=serial,
        seed=seed,
        on=on,
        items=items,
    )
    return _as_aanzfta(certificate) if pair.agreement == "AANZFTA" else certificate


def _as_aanzfta(certificate: CertificateOfOrigin) -> CertificateOfOrigin:
    """Write a certificate as the AANZFTA form has it: fewer boxes, other words in box 8."""
    on = certificate.certification.date
    departure = max(on, certificate.transport.departure_date or on)
    loading, discharge = certificate.transport.loading_port, certificate.transport.discharge_port
    return certificate.model_copy(
        update={
            "agreement": "AANZFTA",
            "edition": "unstated",
            "issuing_office": _AANZFTA_OFFICE,
            "special_cases": SpecialCases(),
            "transport": Transport(
                departure_date=departure,
                means_name=certificate.transport.means_name,
                journey_number=certificate.transport.journey_number,
                loading_port=loading,
                discharge_port=discharge,
            ),
            "items": tuple(_item(item) for item in certificate.items),
        }
    )


def _item(item: Item) -> Item:
    weight = item.gross_measure
    return item.model_copy(
        update={
            "commodity_code": CommodityCode(
                nomenclature="HS-2022", value=item.commodity_code.value[:6]
            ),
            "origin_criterion": _criterion(item.origin_criterion),
            "packages": tuple(Package(count=1, gross_measure=weight) for _ in item.packages),
        }
    )


def _criterion(criterion: OriginCriterion) -> OriginCriterion:
    """Say in AANZFTA's words what ATIGA's say; its partial cumulation it does not have."""
    if PC in criterion.bases or "SP" in criterion.bases:
        return OriginCriterion(bases=("PSR",))
    return criterion
