"""The simulated exporting customs: extracts of export declarations, drawn from a seed.

An extract is of the consignment that a certificate of origin is about, names it, and declares
something else than it now and then, as declarations do: the importing side is then told.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

from swb.simulator.goods import STATES
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents.certificate_of_origin import Port
from swb_schemas.documents.declaration_extract import (
    Agent,
    Consignee,
    DeclarationExtract,
    DeclaredItem,
    DeclaredTransport,
    Exporter,
    SupportingDocument,
    TransportEquipment,
)
from swb_schemas.documents.elements import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from swb_schemas.documents.certificate_of_origin import CertificateOfOrigin, Item

__all__ = ["CUSTOMS_OFFICE", "draw_extract", "list_exporters"]

CUSTOMS_OFFICE: Final = "SIM-CUSTOMS"
"""Code of the simulated customs office, whose numbers are its own."""
_DIFFERS: Final = 0.1
"""Share of extracts that declare less than the certificate says."""


def list_exporters(state: str) -> Iterator[tuple[str, str, str]]:
    """List the exporters of a state: registration number, English and national name."""
    for number, (english, national) in enumerate(STATES[state].companies, 1):
        yield f"SIM-{state}-{number:05d}", english, national


def draw_extract(
    certificate: CertificateOfOrigin, *, serial: int, seed: int, on: date
) -> DeclarationExtract:
    """Draw the extract of the declaration that goes with a certificate of origin.

    The same arguments always give the same extract.

    Args:
        certificate: Of the consignment.
        serial: Number within the year; the declaration's number is made of it.
        seed: Of the whole run.
        on: Day of acceptance.
    """
    exporting, importing = certificate.issuing_country, certificate.destination
    random = Random(f"{seed}:extract:{exporting}:{importing}:{serial}")  # noqa: S311 - goods
    exporters = list(list_exporters(exporting))
    number = next(
        (number for number, english, _ in exporters if english == certificate.exporter.name),
        exporters[0][0],
    )
    transport = certificate.transport
    ports = STATES[importing].ports
    differs = random.random() < _DIFFERS
    return DeclarationExtract(
        reference_number=f"{exporting}X{on:%y}{serial:07d}",
        issuing_country=exporting,
        issuing_office=CUSTOMS_OFFICE,
        importing_country=importing,
        acceptance_date=on,
        trader_reference=f"{on:%y}{exporting}{number}",
        exporter=Exporter(identifier=number, name=certificate.exporter.name),
        consignee=Consignee(
            name=certificate.consignee.name,
            address=certificate.consignee.address,
            country=certificate.consignee.country,
        ),
        declaring_agent=Agent(
            identifier=f"SIM-AGENT-{random.randint(1, 9):03d}", name="EXAMPLE FORWARDING AGENTS"
        ),
        transport=DeclaredTransport(
            departure_date=max(on, transport.departure_date or on),
            mode=transport.mode or "1",
            means_name=transport.means_name,
            journey_number=transport.journey_number,
            loading_port=transport.loading_port,
            discharge_port=transport.discharge_port or Port(code=ports[0][0], name=ports[0][1]),
            equipment=(TransportEquipment(number=f"SIMU{random.randint(10**6, 10**7 - 1)}"),),
        ),
        items=tuple(_declare(item, exporting, less=differs) for item in certificate.items),
        supporting_documents=(
            SupportingDocument(
                message_type=find_type_of(certificate).message_type,
                issuing_country=exporting,
                issuing_office=certificate.issuing_office,
                reference_number=certificate.reference_number,
            ),
        ),
    )


def _declare(item: Item, exporting: str, *, less: bool) -> DeclaredItem:
    quantity = item.quantity or Measure(unit="KGM", value=Decimal(100))
    if less:
        quantity = Measure(unit=quantity.unit, value=quantity.value * Decimal("0.9"))
    return DeclaredItem(
        sequence_number=item.sequence_number,
        commodity_code=item.commodity_code,
        quantity=quantity,
        origin_country=exporting,
        description=item.description,
        packages=item.packages,
        gross_measure=item.gross_measure,
    )
