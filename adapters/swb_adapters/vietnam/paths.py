"""Where each element of a canonical document stands in the Vietnamese payload."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import PathMap

__all__ = [
    "CERTIFICATE_PATHS",
    "CONTENT",
    "EXTRACT_PATHS",
    "HEADER",
    "RECEIPT_PATHS",
    "RESPONSE_PATHS",
]

_ENVELOPE: Final = "Envelope/Body/SendDocument/Envelope"
HEADER: Final = f"{_ENVELOPE}/Header"
CONTENT: Final = f"{_ENVELOPE}/Body/Content"


def _under(canonical: str, national: str, **names: str) -> list[tuple[str, str]]:
    """Children with other names, and their parents themselves."""
    pairs = [(f"{canonical}/{ours}", f"{national}/{theirs}") for ours, theirs in names.items()]
    return [*pairs, (canonical, national)]


def _apart(canonical: str, attribute: str, value: str, code: str) -> list[tuple[str, str]]:
    """A value and its code, which are one element with an attribute in canonical documents."""
    return [(canonical, value), (f"{canonical}/@{attribute}", code)]


def _trader(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/NationalName[1]", f"{national}/NameVi"),
        (f"{canonical}/NationalAddress[1]", f"{national}/AddressVi"),
        *_under(
            canonical,
            national,
            Identifier="TaxCode",
            Name="Name",
            Address="Address",
            Country="CountryCode",
        ),
    ]


def _ports(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/LoadingPort/Code", f"{national}/LoadingPortCode"),
        (f"{canonical}/LoadingPort/Name", f"{national}/LoadingPortName"),
        (f"{canonical}/DischargePort/Code", f"{national}/DischargePortCode"),
        (f"{canonical}/DischargePort/Name", f"{national}/DischargePortName"),
    ]


def _transport(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        *_ports(canonical, national),
        *_under(
            canonical,
            national,
            DepartureDate="ShipmentDate",
            Mode="TransportMode",
            MeansName="VehicleName",
            JourneyNumber="TripNumber",
            Route="Route",
        ),
    ]


def _item(item: str, goods: str) -> list[tuple[str, str]]:
    package, invoice = f"{goods}/Packages/Package[*]", f"{goods}/Invoices/Invoice[*]"
    return [
        *_under(f"{item}/Package[*]", package, Count="Count", TypeCode="Unit"),
        *_under(f"{item}/Invoice[*]", invoice, Number="InvoiceNo", Date="InvoiceDate"),
        *_apart(f"{item}/Quantity", "unit", f"{goods}/Quantity", f"{goods}/QuantityUnit"),
        *_apart(f"{item}/CommodityCode", "nomenclature", f"{goods}/HsCode", f"{goods}/HsVersion"),
        *_apart(f"{item}/GrossMeasure", "unit", f"{goods}/GrossWeight", f"{goods}/GrossWeightUnit"),
        *_apart(f"{item}/FobAmount", "currency", f"{goods}/FobValue", f"{goods}/FobCurrency"),
        (f"{item}/NationalDescription[1]", f"{goods}/DescriptionVi"),
        (f"{item}/OriginCriterion/Basis[1]", f"{goods}/Criterion/Code1"),
        (f"{item}/OriginCriterion/Basis[2]", f"{goods}/Criterion/Code2"),
        (f"{item}/OriginCriterion/Percentage", f"{goods}/Criterion/Percent"),
        (f"{item}/OriginCriterion", f"{goods}/Criterion"),
        *_under(
            item,
            goods,
            SequenceNumber="ItemNo",
            MarksAndNumbers="Marks",
            Description="Description",
            ManufacturerName="Producer",
            TrademarkName="Brand",
        ),
    ]


def _special_cases(cases: str, form: str) -> list[tuple[str, str]]:
    flags, originals = f"{form}/Flags", f"{form}/OriginalCertificates"
    return [
        *_under(
            f"{cases}/ThirdCountryInvoicing",
            f"{form}/ThirdCountryInvoicer",
            CompanyName="CompanyName",
            CompanyCountry="CountryCode",
        ),
        *_under(f"{cases}/Exhibition", f"{form}/ExhibitionInfo", Name="Name", Address="Address"),
        *_under(
            f"{cases}/BackToBack/Original[*]",
            f"{originals}/Original[*]",
            IssuingCountry="CountryCode",
            ReferenceNumber="CoNumber",
            IssueDate="IssueDate",
            ExpiryDate="ExpiryDate",
        ),
        (f"{cases}/BackToBack", originals),
        *_under(
            cases,
            flags,
            ThirdCountryInvoicing="ThirdCountryInvoicing",
            Exhibition="Exhibition",
            Accumulation="Accumulation",
            DeMinimis="DeMinimis",
            BackToBack="BackToBack",
            IssuedRetroactively="IssuedRetroactively",
            PartialCumulation="PartialCumulation",
        ),
    ]


def _certificate(root: str, form: str) -> list[tuple[str, str]]:
    return [
        (f"{root}/Agreement", f"{form}/General/FormType"),
        (f"{root}/Edition", f"{form}/General/FormEdition"),
        (f"{root}/ReferenceNumber", f"{form}/General/CoNumber"),
        (f"{root}/IssuingCountry", f"{form}/General/IssuingCountry"),
        (f"{root}/IssuingOffice", f"{form}/General/IssuingOffice"),
        (f"{root}/CopyType", f"{form}/General/CopyType"),
        *_trader(f"{root}/Exporter", f"{form}/Exporter"),
        *_trader(f"{root}/Consignee", f"{form}/Importer"),
        *_transport(f"{root}/Transport", f"{form}/Shipment"),
        *_item(f"{root}/Item[*]", f"{form}/GoodsList/Goods[*]"),
        *_under(
            f"{root}/ExporterDeclaration",
            f"{form}/Declaration",
            CountryOfProduction="ProducedIn",
            ImportingCountry="ImportedInto",
            Place="Place",
            Date="Date",
            SignatoryName="SignedBy",
        ),
        *_under(
            f"{root}/Certification",
            f"{form}/Certification",
            AuthorityName="AuthorityName",
            Place="Place",
            Date="Date",
            SignatoryName="SignedBy",
            OriginalIssueDate="TrueCopyOfDate",
        ),
        *_special_cases(f"{root}/SpecialCases", form),
        (f"{root}/Remarks", f"{form}/Note"),
        (root, form),
    ]


def _declared_item(item: str, goods: str) -> list[tuple[str, str]]:
    package, invoice = f"{goods}/Packages/Package[*]", f"{goods}/Invoices/Invoice[*]"
    return [
        *_under(f"{item}/Package[*]", package, Count="Count", TypeCode="Unit"),
        *_under(f"{item}/Invoice[*]", invoice, Number="InvoiceNo", Date="InvoiceDate"),
        *_apart(f"{item}/Quantity", "unit", f"{goods}/Quantity", f"{goods}/QuantityUnit"),
        *_apart(f"{item}/CommodityCode", "nomenclature", f"{goods}/HsCode", f"{goods}/HsVersion"),
        *_apart(f"{item}/GrossMeasure", "unit", f"{goods}/GrossWeight", f"{goods}/GrossWeightUnit"),
        *_apart(f"{item}/NetMeasure", "unit", f"{goods}/NetWeight", f"{goods}/NetWeightUnit"),
        *_apart(f"{item}/FobAmount", "currency", f"{goods}/FobValue", f"{goods}/FobCurrency"),
        (f"{item}/NationalDescription[1]", f"{goods}/DescriptionVi"),
        *_under(
            item,
            goods,
            SequenceNumber="ItemNo",
            OriginCountry="OriginCountry",
            Description="Description",
        ),
    ]


def _extract(root: str, body: str) -> list[tuple[str, str]]:
    transport, shipment, general = f"{root}/Transport", f"{body}/Shipment", f"{body}/General"
    container = f"{shipment}/Containers/Container[*]"
    attached = f"{body}/AttachedDocuments/Document[*]"
    return [
        (f"{root}/Exporter/NationalName[1]", f"{body}/Exporter/NameVi"),
        *_under(
            f"{root}/Exporter",
            f"{body}/Exporter",
            Identifier="TaxCode",
            Name="Name",
            Address="Address",
        ),
        (f"{root}/Consignee/NationalName[1]", f"{body}/Consignee/NameVi"),
        *_under(
            f"{root}/Consignee",
            f"{body}/Consignee",
            Identifier="TaxCode",
            Name="Name",
            Address="Address",
            Country="CountryCode",
        ),
        *_under(f"{root}/DeclaringAgent", f"{body}/Agent", Identifier="TaxCode", Name="Name"),
        (f"{transport}/Equipment[*]/Seal[*]", f"{container}/Seals/Seal[*]"),
        (f"{transport}/Equipment[*]/Number", f"{container}/ContainerNo"),
        (f"{transport}/Equipment[*]", container),
        *_ports(transport, shipment),
        *_under(
            transport,
            shipment,
            DepartureDate="ShipmentDate",
            Mode="TransportMode",
            MeansName="VehicleName",
            JourneyNumber="TripNumber",
            TransportDocument="BillNumber",
        ),
        *_declared_item(f"{root}/Item[*]", f"{body}/GoodsList/Goods[*]"),
        *_under(
            f"{root}/SupportingDocument[*]",
            attached,
            MessageType="Type",
            IssuingCountry="CountryCode",
            IssuingOffice="Office",
            ReferenceNumber="Number",
        ),
        *_apart(
            f"{root}/GrossMeasure", "unit", f"{general}/GrossWeight", f"{general}/GrossWeightUnit"
        ),
        *_under(
            root,
            general,
            ReferenceNumber="DeclarationNo",
            IssuingCountry="CountryCode",
            IssuingOffice="CustomsOffice",
            ImportingCountry="DestinationCountry",
            AcceptanceDate="AcceptedDate",
            Procedure="ProcedureCode",
            TraderReference="Ucr",
        )[:-1],
        (f"{root}/Remarks", f"{body}/Note"),
        (root, body),
    ]


def _subject(root: str, body: str) -> list[tuple[str, str]]:
    return [
        (f"{root}/Subject/IssuingCountry", f"{body}/IssuingCountry"),
        (f"{root}/Subject/IssuingOffice", f"{body}/IssuingOffice"),
        (f"{root}/Subject/ReferenceNumber", f"{body}/CoNumber"),
    ]


def _receipt(root: str, body: str) -> list[tuple[str, str]]:
    return [
        *_subject(root, body),
        (f"{root}/Outcome", f"{HEADER}/Subject/Function"),
        (f"{root}/Reason/Code", f"{body}/ReasonCode"),
        (f"{root}/Reason/Text", f"{body}/ReasonText"),
        *_under(root, body, At="ReceivedAt", Office="CustomsOffice"),
    ]


def _response(root: str, body: str) -> list[tuple[str, str]]:
    item, result = f"{root}/Item[*]", f"{body}/Items/Item[*]"
    reason = f"{result}/Reasons/Reason[*]"
    return [
        *_subject(root, body),
        *_under(f"{item}/Reason[*]", reason, Code="Code", Text="Text"),
        *_apart(
            f"{item}/UtilisedQuantity",
            "unit",
            f"{result}/UsedQuantity",
            f"{result}/UsedQuantityUnit",
        ),
        *_under(item, result, SequenceNumber="ItemNo", Decision="Result"),
        *_under(
            root,
            body,
            ResponseNumber="ResponseNo",
            Decision="Result",
            DecidedAt="DecidedAt",
            Office="CustomsOffice",
            OfficerName="OfficerName",
            DeclarationNumber="DeclarationNo",
            DeclarationDate="DeclarationDate",
            Remarks="Note",
        ),
    ]


CERTIFICATE_PATHS: Final = PathMap(
    _certificate("CertificateOfOrigin", f"{CONTENT}/CertificateFormD")
)
EXTRACT_PATHS: Final = PathMap(_extract("DeclarationExtract", f"{CONTENT}/ExportDeclaration"))
RECEIPT_PATHS: Final = PathMap(_receipt("CustomsReceipt", f"{CONTENT}/CustomsReceipt"))
RESPONSE_PATHS: Final = PathMap(_response("CustomsResponse", f"{CONTENT}/CustomsDecision"))
