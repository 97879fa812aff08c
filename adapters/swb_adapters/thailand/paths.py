"""Where each element of a canonical document stands in the Thai payload."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk import PathMap

__all__ = ["CERTIFICATE_PATHS", "EXTRACT_PATHS", "RECEIPT_PATHS", "RESPONSE_PATHS"]

_FORM: Final = "Envelope/Body/FormD"
_ITEM: Final = f"{_FORM}/GoodsItem[*]"


def _measure(canonical: str, national: str, attribute: str = "unit") -> list[tuple[str, str]]:
    """A simple content with its one attribute, which has the same name on both sides."""
    return [(canonical, national), (f"{canonical}/@{attribute}", f"{national}/@{attribute}")]


def _trader(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/Identifier", f"{national}/TaxNumber"),
        (f"{canonical}/Identifier", f"{national}/OtherNumber"),
        (f"{canonical}/Identifier", f"{national}/BranchNumber"),
        (f"{canonical}/Name", f"{national}/Name/English"),
        (f"{canonical}/NationalName[1]", f"{national}/Name/Thai"),
        (f"{canonical}/Address", f"{national}/Address/English"),
        (f"{canonical}/NationalAddress[1]", f"{national}/Address/Thai"),
        (f"{canonical}/Country", f"{national}/CountryCode"),
        (canonical, national),
    ]


def _port(canonical: str, national: str) -> list[tuple[str, str]]:
    return [
        (f"{canonical}/Code", f"{national}/Code"),
        (f"{canonical}/Name", f"{national}/Name"),
        (canonical, national),
    ]


def _under(canonical: str, national: str, **names: str) -> list[tuple[str, str]]:
    """Children with other names, and their parents themselves."""
    pairs = [(f"{canonical}/{ours}", f"{national}/{theirs}") for ours, theirs in names.items()]
    return [*pairs, (canonical, national)]


def _certificate(root: str) -> list[tuple[str, str]]:
    item = f"{root}/Item[*]"
    cases = f"{root}/SpecialCases"
    box = f"{_FORM}/Box13"
    return [
        (f"{root}/Agreement", f"{_FORM}/Certificate/FormType"),
        (f"{root}/Edition", f"{_FORM}/Certificate/Edition"),
        (f"{root}/ReferenceNumber", f"{_FORM}/Certificate/CertificateNumber"),
        (f"{root}/IssuingCountry", f"{_FORM}/Certificate/IssuingCountry"),
        (f"{root}/IssuingOffice", f"{_FORM}/Certificate/IssuingOffice"),
        (f"{root}/CopyType", f"{_FORM}/Certificate/Copy"),
        *_trader(f"{root}/Exporter", f"{_FORM}/Exporter"),
        *_trader(f"{root}/Consignee", f"{_FORM}/Consignee"),
        *_port(f"{root}/Transport/LoadingPort", f"{_FORM}/BorderTransport/LoadingPort"),
        *_port(f"{root}/Transport/DischargePort", f"{_FORM}/BorderTransport/DischargePort"),
        *_under(
            f"{root}/Transport",
            f"{_FORM}/BorderTransport",
            DepartureDate="DepartureDate",
            Mode="Mode",
            MeansName="VesselName",
            JourneyNumber="JourneyNumber",
            Route="Route",
        ),
        *_under(f"{item}/Package[*]", f"{_ITEM}/Package[*]", Count="Quantity", TypeCode="UnitCode"),
        *_under(f"{item}/Invoice[*]", f"{_ITEM}/Invoice[*]", Number="Number", Date="Date"),
        *_measure(f"{item}/Quantity", f"{_ITEM}/Quantity"),
        *_measure(f"{item}/GrossMeasure", f"{_ITEM}/GrossWeight"),
        *_measure(f"{item}/FobAmount", f"{_ITEM}/Fob", "currency"),
        *_measure(f"{item}/CommodityCode", f"{_ITEM}/TariffNumber", "nomenclature"),
        (f"{item}/Description", f"{_ITEM}/Description/English"),
        (f"{item}/NationalDescription[1]", f"{_ITEM}/Description/Thai"),
        *_under(
            item,
            _ITEM,
            SequenceNumber="Sequence",
            MarksAndNumbers="Marks",
            ManufacturerName="Manufacturer",
            TrademarkName="TradeMark",
            OriginCriterion="OriginCriterion",
        ),
        *_under(
            f"{root}/ExporterDeclaration",
            f"{_FORM}/ExporterDeclaration",
            CountryOfProduction="ProducedIn",
            ImportingCountry="ImportedInto",
            Place="Place",
            Date="Date",
            SignatoryName="Signatory",
        ),
        *_under(
            f"{root}/Certification",
            f"{_FORM}/Certification",
            AuthorityName="Authority",
            Place="Place",
            Date="Date",
            SignatoryName="Signatory",
            OriginalIssueDate="TrueCopyOf",
        ),
        *_under(
            f"{cases}/ThirdCountryInvoicing",
            f"{box}/ThirdCountry",
            CompanyName="Company",
            CompanyCountry="CountryCode",
        ),
        *_under(f"{cases}/Exhibition", f"{box}/Exhibition", Name="Name", Address="Address"),
        *_under(
            f"{cases}/BackToBack/Original[*]",
            f"{box}/BackToBack/Original[*]",
            IssuingCountry="CountryCode",
            ReferenceNumber="Number",
            IssueDate="IssueDate",
            ExpiryDate="ExpiryDate",
        ),
        *_under(
            cases,
            box,
            Accumulation="Accumulation",
            DeMinimis="DeMinimis",
            BackToBack="BackToBack",
            IssuedRetroactively="Retroactive",
            PartialCumulation="PartialCumulation",
        ),
        (f"{root}/Remarks", f"{_FORM}/Remarks"),
        (root, _FORM),
    ]


def _extract(root: str) -> list[tuple[str, str]]:
    body = "Envelope/Body/ExportDeclaration"
    item, line = f"{root}/Item[*]", f"{body}/DeclaredItem[*]"
    transport, border = f"{root}/Transport", f"{body}/BorderTransport"
    pairs = []
    for name in ("Exporter", "Consignee"):
        pairs += [
            (f"{root}/{name}/Name", f"{body}/{name}/Name/English"),
            (f"{root}/{name}/NationalName[1]", f"{body}/{name}/Name/Thai"),
        ]
    return [
        *pairs,
        *_under(
            f"{root}/Exporter",
            f"{body}/Exporter",
            Identifier="RegistrationNumber",
            Address="Address",
        ),
        *_under(
            f"{root}/Consignee",
            f"{body}/Consignee",
            Identifier="RegistrationNumber",
            Address="Address",
            Country="CountryCode",
        ),
        *_under(
            f"{root}/DeclaringAgent",
            f"{body}/Agent",
            Identifier="RegistrationNumber",
            Name="Name",
        ),
        *_port(f"{transport}/LoadingPort", f"{border}/LoadingPort"),
        *_port(f"{transport}/DischargePort", f"{border}/DischargePort"),
        (f"{transport}/Equipment[*]/Number", f"{border}/Container[*]/Number"),
        (f"{transport}/Equipment[*]/Seal[*]", f"{border}/Container[*]/Seal[*]"),
        (f"{transport}/Equipment[*]", f"{border}/Container[*]"),
        *_under(
            transport,
            border,
            DepartureDate="DepartureDate",
            Mode="Mode",
            MeansName="VesselName",
            JourneyNumber="JourneyNumber",
            TransportDocument="BillNumber",
        ),
        *_measure(f"{root}/GrossMeasure", f"{body}/GrossWeight"),
        *_under(f"{item}/Package[*]", f"{line}/Package[*]", Count="Quantity", TypeCode="UnitCode"),
        *_under(f"{item}/Invoice[*]", f"{line}/Invoice[*]", Number="Number", Date="Date"),
        *_measure(f"{item}/Quantity", f"{line}/Quantity"),
        *_measure(f"{item}/GrossMeasure", f"{line}/GrossWeight"),
        *_measure(f"{item}/NetMeasure", f"{line}/NetWeight"),
        *_measure(f"{item}/FobAmount", f"{line}/Fob", "currency"),
        *_measure(f"{item}/CommodityCode", f"{line}/TariffNumber", "nomenclature"),
        (f"{item}/Description", f"{line}/Description/English"),
        (f"{item}/NationalDescription[1]", f"{line}/Description/Thai"),
        *_under(item, line, SequenceNumber="Sequence", OriginCountry="OriginCountry"),
        *_under(
            f"{root}/SupportingDocument[*]",
            f"{body}/AttachedDocument[*]",
            MessageType="Type",
            IssuingCountry="CountryCode",
            IssuingOffice="Office",
            ReferenceNumber="Number",
        ),
        *_under(
            root,
            body,
            ReferenceNumber="DeclarationNumber",
            IssuingCountry="CountryCode",
            IssuingOffice="CustomsOffice",
            ImportingCountry="DestinationCountry",
            AcceptanceDate="AcceptedOn",
            Procedure="ProcedureCode",
            TraderReference="TraderReference",
            Remarks="Remarks",
        ),
    ]


def _subject(root: str, body: str) -> list[tuple[str, str]]:
    return _under(
        f"{root}/Subject",
        f"{body}/Certificate",
        IssuingCountry="IssuingCountry",
        IssuingOffice="IssuingOffice",
        ReferenceNumber="CertificateNumber",
    )


def _receipt(root: str, body: str) -> list[tuple[str, str]]:
    return [
        *_subject(root, body),
        *_under(f"{root}/Reason", f"{body}/Message", Code="Code", Text="Text"),
        *_under(root, body, Outcome="Status", At="ReceivedAt", Office="CustomsOffice"),
    ]


def _response(root: str, body: str) -> list[tuple[str, str]]:
    item, result = f"{root}/Item[*]", f"{body}/ItemResult[*]"
    return [
        *_subject(root, body),
        *_under(f"{item}/Reason[*]", f"{result}/Reason[*]", Code="Code", Text="Text"),
        *_measure(f"{item}/UtilisedQuantity", f"{result}/UtilisedQuantity"),
        *_under(item, result, SequenceNumber="Sequence", Decision="Result"),
        *_under(
            root,
            body,
            ResponseNumber="ResponseNumber",
            Decision="Result",
            DecidedAt="DecidedAt",
            Office="CustomsOffice",
            OfficerName="Officer",
            DeclarationNumber="ImportDeclarationNumber",
            DeclarationDate="ImportDeclarationDate",
            Remarks="Remarks",
        ),
    ]


CERTIFICATE_PATHS: Final = PathMap(_certificate("CertificateOfOrigin"))
EXTRACT_PATHS: Final = PathMap(_extract("DeclarationExtract"))
RECEIPT_PATHS: Final = PathMap(_receipt("CustomsReceipt", "Envelope/Body/CertificateReceipt"))
RESPONSE_PATHS: Final = PathMap(_response("CustomsResponse", "Envelope/Body/CertificateResponse"))
