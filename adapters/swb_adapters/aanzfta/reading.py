"""An AANZFTA payload to a certificate of origin."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.aanzfta.address import read_address
from swb_adapters.aanzfta.codes import (
    AGREEMENT,
    EDITION,
    NOMENCLATURE,
    OFFICE,
    parse_commodity_code,
    parse_country,
    parse_measure,
    read_locode,
)
from swb_adapters.aanzfta.paths import WRAPPER, paths_of
from swb_adapters.aanzfta.payload import Certificate
from swb_adapters.sdk import (
    Reading,
    Unreadable,
    attempt,
    build_document,
    check_json,
    find_unplaced,
    fold_foreign_text,
    parse_day_of_instant,
    parse_json,
    read_criterion,
    reading_loss,
    refuse,
    tells_day_only,
)
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.elements import Measure

if TYPE_CHECKING:
    from datetime import date

    from swb_adapters.aanzfta.payload import (
        Consignment,
        ConsignmentItem,
        Line,
        LoadingPlace,
        Movement,
        Package,
        Party,
        UnloadingPlace,
    )
    from swb_adapters.sdk import PathMap
    from swb_schemas.documents.origin_criterion import OriginCriterion
    from swb_schemas.findings import Finding

__all__ = ["add_up", "read_payload"]

_SCHEMA: Final = "the AANZFTA certificate's schema"


def read_payload(raw: bytes) -> Reading:
    """Read a certificate, alone or as the subject of a credential.

    Raises:
        RefusedError: ``adapter.*`` as `swb_adapters.sdk.Adapter` says.
    """
    value = parse_json(raw)
    if not isinstance(value, dict):
        raise refuse("adapter.malformed", "expected an object", national_path="$")
    wrapped = WRAPPER in value
    prefix = WRAPPER if wrapped else ""
    certificate = check_json(
        Certificate,
        value[WRAPPER] if wrapped else value,
        paths=paths_of(None, wrapped=wrapped),
        prefix=prefix,
        schema=_SCHEMA,
    )
    return _Reader(certificate, prefix, paths_of(certificate, wrapped=wrapped)).read()


class _Reader:
    """Reads one payload and remembers what has no place."""

    def __init__(self, certificate: Certificate, prefix: str, paths: PathMap) -> None:
        self._certificate = certificate
        self._prefix = prefix
        self._paths = paths
        self._losses: list[Finding] = []

    def read(self) -> Reading:
        certificate, consignment = self._certificate, self._certificate.consignment
        exporting = attempt(parse_country, consignment.exporting.name)
        items = [
            item
            for place, parent in enumerate(consignment.items, start=1)
            for item in self._read_items(parent, place)
        ]
        values = {
            "Agreement": AGREEMENT,
            "Edition": EDITION,
            "ReferenceNumber": _line(certificate.number),
            "IssuingCountry": exporting,
            "IssuingOffice": OFFICE,
            "Exporter": _read_party(consignment.consignor),
            "Consignee": _read_party(consignment.consignee),
            "Transport": self._read_transport(consignment),
            "Item": items,
            "ExporterDeclaration": {
                "CountryOfProduction": self._find_origin() or exporting,
                "ImportingCountry": attempt(parse_country, consignment.importing.name),
                "Date": self._date(
                    certificate.exporter_signature.signed_at,
                    "firstSignatoryAuthentication.actualDateTime",
                ),
            },
            "Certification": {"Date": self._find_day_of_issue()},
            "Remarks": _lines(consignment.information),
        }
        document = build_document(CertificateOfOrigin, values, paths=self._paths)
        return Reading(
            message_type="CertificateIssue",
            document=document,
            findings=(*find_unplaced(certificate, self._prefix), *self._losses),
            paths=self._paths,
        )

    def _lose(self, member: str, why: str) -> None:
        path = f"{self._prefix}.{member}" if self._prefix else member
        self._losses.append(reading_loss(path, why))

    def _date(self, text: str | None, member: str) -> date | Unreadable | None:
        """Read the day of a moment, as its own zone counts it."""
        day = attempt(parse_day_of_instant, text or None)
        if text and not isinstance(day, Unreadable) and not tells_day_only(text):
            self._lose(member, "the time of the day: a certificate of origin has the day only")
        return day

    def _find_day_of_issue(self) -> date | Unreadable | None:
        """The day of issue, or the day on which the issuing body signed."""
        certificate = self._certificate
        issued, signed = certificate.issued_at, certificate.issuer_signature.signed_at
        member = "secondSignatoryAuthentication.actualDateTime"
        if not issued:
            return self._date(signed, member)
        if signed and signed != issued:
            self._lose(member, "a certificate of origin has one date of issue")
        return self._date(issued, "issueDateTime")

    def _find_origin(self) -> str | None:
        """The one country in which all goods were produced, where they say one."""
        found = {
            line.product.origin.code
            for item in self._certificate.consignment.items
            for line in item.lines
            if line.product.origin is not None and line.product.origin.code
        }
        if len(found) > 1:
            message = f"expected goods of one country of origin, found {len(found)} countries"
            path = "CertificateOfOrigin/ExporterDeclaration/CountryOfProduction"
            where = self._paths.find_national(path)
            raise refuse("adapter.unsupported", message, path=path, national_path=where)
        return next(iter(found), None)

    # --- transport -----------------------------------------------------------------------------

    def _read_transport(self, consignment: Consignment) -> dict[str, Any]:
        movement = consignment.movement
        around = "supplyChainConsignment"
        return {
            "DepartureDate": self._date(
                movement.departure.at,
                f"{around}.mainCarriageTransportMovement.departureEvent.departureDateTime",
            ),
            "MeansName": self._read_means(movement),
            "JourneyNumber": _line(movement.identifier),
            "LoadingPort": self._read_port(
                consignment.loading, f"{around}.loadingBaseportLocation"
            ),
            "DischargePort": self._read_port(
                consignment.unloading, f"{around}.unloadingBaseportLocation"
            ),
            "Route": _lines(movement.information),
        }

    def _read_means(self, movement: Movement) -> str | None:
        name, identifier = _line(movement.means.name), _line(movement.means.identifier)
        if name and identifier:
            member = "supplyChainConsignment.mainCarriageTransportMovement.usedTransportMeans.iD"
            self._lose(member, "a means of transport has a name only")
        return name or identifier

    def _read_port(
        self, place: LoadingPlace | UnloadingPlace | None, member: str
    ) -> dict[str, Any] | None:
        """Read a port; an identifier that is no UN/LOCODE is a name where there is no other."""
        if place is None:
            return None
        identifier, name = _line(place.identifier), _line(place.name)
        code = read_locode(identifier) if identifier else None
        if identifier and name and code is None:
            self._lose(f"{member}.iD", "no UN/LOCODE, and the port has a name")
        name = name or code or identifier
        return {"Code": code, "Name": name} if name else None

    # --- items ---------------------------------------------------------------------------------

    def _read_items(self, parent: ConsignmentItem, place: int) -> list[dict[str, Any]]:
        around = f"supplyChainConsignment.includedConsignmentItems[{place}]"
        information = _lines(parent.information)
        if information and len(parent.lines) != 1:
            self._lose(f"{around}.information", "it is about several lines, and each is an item")
            information = None
        return [
            {
                **self._read_line(line, f"{around}.tradeLineItems[{number}]", information),
                "OriginCriterion": attempt(_parse_criterion, parent.procedure.criterion),
                "ManufacturerName": _line(parent.manufacturer.name)
                if parent.manufacturer
                else None,
            }
            for number, line in enumerate(parent.lines, start=1)
        ]

    def _read_line(self, line: Line, member: str, information: str | None) -> dict[str, Any]:
        description = _lines(line.product.description)
        code = line.product.classification and line.product.classification.code
        packages = [_read_package(package) for package in line.packages]
        return {
            "SequenceNumber": int(line.number) if line.number == int(line.number) else line.number,
            "MarksAndNumbers": _read_marks(line.packages),
            "Package": packages,
            "Description": "\n".join(text for text in (description, information) if text),
            "CommodityCode": {
                "nomenclature": NOMENCLATURE,
                "Value": attempt(parse_commodity_code, code or None),
            },
            "GrossMeasure": add_up([each["GrossMeasure"] for each in packages]),
            "Invoice": [
                {
                    "Number": _line(line.invoice.number),
                    "Date": self._date(
                        line.invoice.issued_at, f"{member}.invoiceReference.issueDateTime"
                    ),
                }
            ],
        }


def _line(text: str | None) -> str | None:
    """One line; an empty text is no text."""
    return (fold_foreign_text(text) or None) if text else None


def _lines(text: str | None) -> str | None:
    return (fold_foreign_text(text, lines=True) or None) if text else None


def _parse_criterion(text: str) -> OriginCriterion:
    return read_criterion(fold_foreign_text(text), agreement=AGREEMENT)


def _read_party(party: Party) -> dict[str, Any]:
    return {
        "Identifier": _line(party.identifier),
        "Name": _line(party.name),
        "Address": read_address(party.address),
        "Country": party.address.country,
    }


def _read_marks(packages: list[Package]) -> str | None:
    """Box 6: a line for each package, or all lines of the only one."""
    one = len(packages) == 1
    marks = (fold_foreign_text(package.marks, lines=one) for package in packages)
    return "\n".join(each for each in marks if each) or None


def _read_package(package: Package) -> dict[str, Any]:
    return {
        "Count": 1,
        "GrossMeasure": attempt(parse_measure, package.weight or None),
        "GrossVolume": attempt(parse_measure, package.volume or None),
    }


def add_up(weights: list[Measure | Unreadable | None]) -> Measure | None:
    """What all packages weigh together, where each tells it in the same unit."""
    known = [weight for weight in weights if isinstance(weight, Measure)]
    if not known or len(known) != len(weights) or len({weight.unit for weight in known}) != 1:
        return None
    total = sum((weight.value for weight in known), start=Decimal(0))
    try:
        return Measure(unit=known[0].unit, value=total)
    except ValueError:
        return None  # more digits than a measure has; each package still has its own
