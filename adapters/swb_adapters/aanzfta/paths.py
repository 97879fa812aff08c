"""Where each element of a canonical certificate stands in the AANZFTA payload."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import PathMap

if TYPE_CHECKING:
    from swb_adapters.aanzfta.payload import Certificate

__all__ = ["CERTIFICATE_PATHS", "WRAPPER", "paths_of"]

WRAPPER: Final = "credentialSubject"
"""Member of a verifiable credential that holds the certificate."""
_ROOT: Final = "CertificateOfOrigin"
_CONSIGNMENT: Final = "supplyChainConsignment"

_TRADER: Final = (
    ("Identifier", "iD"),
    ("Name", "name"),
    ("Address", "postalAddress.line1"),
    ("Country", "postalAddress.countryCode"),
)
_LINE: Final = (
    ("Package[*]/GrossMeasure/@unit", "transportPackages[*].grossWeight"),
    ("Package[*]/GrossMeasure", "transportPackages[*].grossWeight"),
    ("Package[*]/GrossVolume/@unit", "transportPackages[*].grossVolume"),
    ("Package[*]/GrossVolume", "transportPackages[*].grossVolume"),
    ("Package[*]", "transportPackages[*]"),
    ("MarksAndNumbers", "transportPackages"),
    ("GrossMeasure/@unit", "transportPackages"),
    ("GrossMeasure", "transportPackages"),
    ("SequenceNumber", "sequenceNumber"),
    ("Description", "tradeProduct.description"),
    ("CommodityCode", "tradeProduct.harmonisedTariffCode.classCode"),
    ("Invoice[1]/Number", "invoiceReference.iD"),
    ("Invoice[1]/Date", "invoiceReference.issueDateTime"),
    ("Invoice[1]", "invoiceReference"),
)
"""Below an item, and below its line."""
_PARENT: Final = (
    ("OriginCriterion", "crossBorderRegulatoryProcedure.originCriteriaText"),
    ("ManufacturerName", "manufacturer.name"),
)
"""Below an item, and below the consignment item that its line is in."""


def _trader(canonical: str, national: str) -> list[tuple[str, str]]:
    pairs = [(f"{canonical}/{ours}", f"{national}.{theirs}") for ours, theirs in _TRADER]
    return [*pairs, (f"{canonical}/Address", f"{national}.postalAddress"), (canonical, national)]


def _port(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/Code", f"{national}.iD"),
        (f"{canonical}/Name", f"{national}.name"),
        (canonical, national),
    ]


def _item(item: str, parent: str, line: str) -> list[tuple[str, str]]:
    pairs = [(f"{item}/{ours}", f"{line}.{theirs}") for ours, theirs in _LINE]
    pairs += [(f"{item}/{ours}", f"{parent}.{theirs}") for ours, theirs in _PARENT]
    return [*pairs, (item, line)]


def _certificate(prefix: str, items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    consignment = f"{prefix}{_CONSIGNMENT}"
    movement = f"{consignment}.mainCarriageTransportMovement"
    products = f"{consignment}.includedConsignmentItems[1].tradeLineItems[1].tradeProduct"
    return [
        (f"{_ROOT}/ReferenceNumber", f"{prefix}iD"),
        (f"{_ROOT}/IssuingCountry", f"{consignment}.exportCountry.name"),
        (f"{_ROOT}/ExporterDeclaration/ImportingCountry", f"{consignment}.importCountry.name"),
        (
            f"{_ROOT}/ExporterDeclaration/CountryOfProduction",
            f"{products}.originCountry.code",
        ),
        (
            f"{_ROOT}/ExporterDeclaration/Date",
            f"{prefix}firstSignatoryAuthentication.actualDateTime",
        ),
        (f"{_ROOT}/ExporterDeclaration", f"{prefix}firstSignatoryAuthentication"),
        (f"{_ROOT}/Certification/Date", f"{prefix}issueDateTime"),
        (f"{_ROOT}/Certification", f"{prefix}secondSignatoryAuthentication"),
        *_trader(f"{_ROOT}/Exporter", f"{consignment}.consignor"),
        *_trader(f"{_ROOT}/Consignee", f"{consignment}.consignee"),
        *_port(f"{_ROOT}/Transport/LoadingPort", f"{consignment}.loadingBaseportLocation"),
        *_port(f"{_ROOT}/Transport/DischargePort", f"{consignment}.unloadingBaseportLocation"),
        (f"{_ROOT}/Transport/DepartureDate", f"{movement}.departureEvent.departureDateTime"),
        (f"{_ROOT}/Transport/MeansName", f"{movement}.usedTransportMeans.name"),
        (f"{_ROOT}/Transport/JourneyNumber", f"{movement}.iD"),
        (f"{_ROOT}/Transport/Route", f"{movement}.information"),
        (f"{_ROOT}/Transport", movement),
        *items,
        (f"{_ROOT}/Remarks", f"{consignment}.information"),
        (_ROOT, prefix.removesuffix(".") or "$"),
        (_ROOT, consignment),  # a fault of the consignment as a whole is none of the agreement
        (f"{_ROOT}/Agreement", consignment),
    ]


def _whole_table(prefix: str) -> PathMap:
    """Each item is the one line of a consignment item, as this adapter writes it."""
    parent = f"{prefix}{_CONSIGNMENT}.includedConsignmentItems[*]"
    items = _item(f"{_ROOT}/Item[*]", parent, f"{parent}.tradeLineItems[1]")
    return PathMap(_certificate(prefix, items))


CERTIFICATE_PATHS: Final = _whole_table("")
_WRAPPED_PATHS: Final = _whole_table(f"{WRAPPER}.")


def paths_of(certificate: Certificate | None, *, wrapped: bool) -> PathMap:
    """Get the table for a payload.

    Args:
        certificate: The payload; None before it is known to be one.
        wrapped: Whether it is the subject of a credential.
    """
    counts = tuple(len(item.lines) for item in certificate.consignment.items) if certificate else ()
    if all(count == 1 for count in counts):
        return _WRAPPED_PATHS if wrapped else CERTIFICATE_PATHS
    return _table_of(counts, wrapped=wrapped)


@lru_cache(maxsize=16)
def _table_of(counts: tuple[int, ...], *, wrapped: bool) -> PathMap:
    """Several lines in one consignment item: positions are not the same on both sides."""
    prefix = f"{WRAPPER}." if wrapped else ""
    items: list[tuple[str, str]] = []
    position = 0
    for place, count in enumerate(counts, start=1):
        parent = f"{prefix}{_CONSIGNMENT}.includedConsignmentItems[{place}]"
        for line in range(1, count + 1):
            position += 1
            item = f"{_ROOT}/Item[{position}]"
            items += _item(item, parent, f"{parent}.tradeLineItems[{line}]")
    return PathMap(_certificate(prefix, items))
