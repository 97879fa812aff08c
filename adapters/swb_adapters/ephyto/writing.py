"""Writing an SPSCertificate as the ePhyto hub's types have it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from swb_adapters.ephyto.codes import STATUSES, UNDETERMINED
from swb_adapters.ephyto.moments import format_moment
from swb_adapters.ephyto.paths import paths_of
from swb_adapters.ephyto.tree import Node, write_tree
from swb_adapters.sdk import Losses, Rendering, format_decimal, refuse
from swb_schemas.catalogue import find_type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb_schemas.documents.elements import LocalText, Measure
    from swb_schemas.documents.sps import (
        Authentication,
        Classification,
        Country,
        Location,
        Moment,
        Movement,
        Note,
        OriginCountry,
        ReferencedDocument,
        SignedMeasure,
        SpsCertificate,
        SpsParty,
        TradeLine,
        Treatment,
    )

__all__ = ["write_payload"]

_CODES: Final = {status: code for code, status in STATUSES.items()}
_LINES: Final = ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive")


def write_payload(document: SpsCertificate) -> Rendering:
    """Write one document.

    Raises:
        RefusedError: ``adapter.mandatory_loss``; ``adapter.value``: the type code of another kind.
    """
    if document.type_code not in document.type_codes:
        known = " or ".join(sorted(document.type_codes))
        message = f"expected {known}, by which it is known again, found {document.type_code!r}"
        raise refuse("adapter.value", message, path=f"{type(document).__name__}/TypeCode")
    losses = Losses.begin(document)
    root = type(document).__name__
    groups = [
        list(lines)
        for _, lines in groupby(
            enumerate(document.items),
            lambda each: (each[1].consignment_item, each[1].cargo_type_code),
        )
    ]
    for number, lines in enumerate(groups, 1):
        for place, line in lines:
            if line.consignment_item != number:
                path = f"{root}/Item[{place + 1}]/ConsignmentItem"
                losses.coarsen(path, f"the format numbers them by position, this one {number}")
    _say_what_stands_without_a_time(document, losses)
    tree = Node()
    tree.add("SPSExchangedDocument", _head(document))
    tree.add("SPSConsignment", _goods(document, groups))
    return Rendering(
        message_type=find_type_of(document).message_type,
        payload=write_tree(tree),
        losses=losses.declare(),
        paths=paths_of(root, tuple(len(each) for each in groups)),
    )


def _say_what_stands_without_a_time(document: SpsCertificate, losses: Losses) -> None:
    for path, moment in _moments(document):
        if moment and moment.offset and not moment.time:
            losses.drop(f"{type(document).__name__}/{path}/Offset", "the format has none of a day")


def _moments(document: SpsCertificate) -> Iterable[tuple[str, Moment | None]]:
    yield "Issued", document.issued
    for place, reference in enumerate(document.references, 1):
        yield f"Reference[{place}]/Issued", reference.issued
    if document.authentication:
        yield "Authentication/Signed", document.authentication.signed
    for place, line in enumerate(document.items, 1):
        for number, treatment in enumerate(line.treatments, 1):
            yield f"Item[{place}]/Treatment[{number}]/Started", treatment.started
            yield f"Item[{place}]/Treatment[{number}]/Ended", treatment.ended


# --- the document ------------------------------------------------------------------------------


def _head(document: SpsCertificate) -> Node:
    node = Node()
    node.put("Name", document.name)
    node.put("ID", document.reference_number)
    node.put("TypeCode", document.type_code)
    node.put("StatusCode", _CODES[document.status])
    _put_moment(node, "IssueDateTime", document.issued)
    issuer = Node()
    issuer.put("Name", document.issuer_name)
    node.add("IssuerSPSParty", issuer)
    _put_notes(node, "IncludedSPSNote", document.notes)
    for reference in document.references:
        node.add("ReferenceSPSReferencedDocument", _reference(reference))
    if document.authentication is not None:
        node.add("SignatorySPSAuthentication", _authentication(document.authentication))
    return node


def _put_moment(node: Node, tag: str, moment: Moment | None) -> None:
    if moment is not None:
        inner = Node()
        inner.put("DateTimeString", format_moment(moment))
        node.add(tag, inner)


def _put_text(node: Node, tag: str, text: LocalText | None) -> None:
    if text is not None:
        language = {} if text.lang == UNDETERMINED else {"languageID": text.lang}
        node.put(tag, text.value, **language)


def _put_texts(node: Node, tag: str, texts: Iterable[LocalText]) -> None:
    for text in texts:
        _put_text(node, tag, text)


def _put_measure(node: Node, tag: str, measure: Measure | SignedMeasure | None) -> None:
    if measure is not None:
        node.put(tag, format_decimal(measure.value), unitCode=measure.unit)


def _put_notes(node: Node, tag: str, notes: Iterable[Note]) -> None:
    for note in notes:
        inner = Node()
        inner.put("Subject", note.subject)
        _put_text(inner, "Content", note.content)
        node.add(tag, inner)


def _reference(reference: ReferencedDocument) -> Node:
    node = Node()
    _put_moment(node, "IssueDateTime", reference.issued)
    node.put("TypeCode", reference.type_code)
    node.put("RelationshipTypeCode", reference.relationship_code)
    node.put("ID", reference.reference_number)
    attachment = reference.attachment
    if attachment is not None:
        name = {"filename": attachment.file_name} if attachment.file_name else {}
        node.put("AttachmentBinaryObject", attachment.content, **name)
    _put_text(node, "Information", reference.information)
    return node


def _authentication(authentication: Authentication) -> Node:
    node = Node()
    _put_moment(node, "ActualDateTime", authentication.signed)
    place, provider, person = Node(), Node(), Node()
    place.put("Name", authentication.place)
    node.add("IssueSPSLocation", place)
    provider.put("Name", authentication.authority_name)
    person.put("Name", authentication.signatory_name)
    provider.add("SpecifiedSPSPerson", person)
    node.add("ProviderSPSParty", provider)
    for clause in authentication.clauses:
        inner = Node()
        inner.put("ID", str(clause.number))
        inner.put("Content", clause.content)
        node.add("IncludedSPSClause", inner)
    return node


# --- the consignment ---------------------------------------------------------------------------


def _goods(document: SpsCertificate, groups: list[list[tuple[int, TradeLine]]]) -> Node:
    node = Node()
    node.add("ConsignorSPSParty", _party(document.consignor))
    node.add("ConsigneeSPSParty", _party(document.consignee))
    node.add("ExportSPSCountry", _place(document.export_country))
    node.add("ImportSPSCountry", _place(document.import_country))
    for country in document.transit_countries:
        node.add("TransitSPSCountry", _place(country))
    node.add("UnloadingBaseportSPSLocation", _place(document.port_of_entry))
    event, place = Node(), Node()
    place.put("Name", document.examination_place)
    event.add("OccurrenceSPSLocation", place)
    node.add("ExaminationSPSEvent", event)
    for movement in document.carriage:
        node.add("MainCarriageSPSTransportMovement", _movement(movement))
    if document.equipment is not None:
        equipment, seal = Node(), Node()
        equipment.put("ID", document.equipment.number)
        seal.put("ID", document.equipment.seal_number)
        equipment.add("AffixedSPSSeal", seal)
        node.add("UtilizedSPSTransportEquipment", equipment)
    for group in groups:
        item, cargo = Node(), Node()
        cargo.put("TypeCode", group[0][1].cargo_type_code)
        item.add("NatureIdentificationSPSCargo", cargo)
        for _, line in group:
            item.add("IncludedSPSTradeLineItem", _line(line))
        node.add("IncludedSPSConsignmentItem", item)
    return node


def _party(party: SpsParty | None) -> Node | None:
    if party is None:
        return None
    node, address = Node(), Node()
    node.put("Name", party.name)
    for identifier in party.identifiers:
        scheme = {"listName": identifier.scheme} if identifier.scheme else {}
        node.put("TypeCode", identifier.number, **scheme)
    for tag, line in zip(_LINES, party.address_lines, strict=False):
        address.put(tag, line)
    node.add("SpecifiedSPSAddress", address)
    return node


def _place(place: Country | Location | None) -> Node | None:
    if place is None:
        return None
    node = Node()
    node.put("ID", place.code)
    node.put("Name", place.name)
    return node


def _movement(movement: Movement) -> Node:
    node, means = Node(), Node()
    node.put("ID", movement.journey_number)
    node.put("ModeCode", movement.mode)
    means.put("Name", movement.means_name)
    node.add("UsedSPSTransportMeans", means)
    return node


def _line(line: TradeLine) -> Node:
    node = Node()
    node.put("SequenceNumeric", str(line.sequence_number))
    _put_texts(node, "Description", line.descriptions)
    _put_texts(node, "CommonName", line.common_names)
    _put_texts(node, "ScientificName", line.scientific_names)
    _put_texts(node, "IntendedUse", line.intended_uses)
    _put_measure(node, "NetWeightMeasure", line.net_weight)
    _put_measure(node, "GrossWeightMeasure", line.gross_weight)
    _put_measure(node, "NetVolumeMeasure", line.net_volume)
    _put_measure(node, "GrossVolumeMeasure", line.gross_volume)
    _put_notes(node, "AdditionalInformationSPSNote", line.notes)
    for each in line.classifications:
        node.add("ApplicableSPSClassification", _classification(each))
    for package in line.packages:
        inner = Node()
        inner.put("LevelCode", package.level_code)
        inner.put("TypeCode", package.type_code)
        inner.put("ItemQuantity", format_decimal(package.count))
        node.add("PhysicalSPSPackage", inner)
    for origin in line.origins:
        node.add("OriginSPSCountry", _origin(origin))
    for treatment in line.treatments:
        node.add("AppliedSPSProcess", _treatment(treatment))
    return node


def _classification(classification: Classification) -> Node:
    node = Node()
    node.put("SystemName", classification.system_name)
    node.put("ClassCode", classification.class_code)
    _put_texts(node, "ClassName", classification.class_names)
    return node


def _origin(origin: OriginCountry) -> Node:
    node, division = Node(), Node()
    node.put("ID", origin.code)
    node.put("Name", origin.name)
    division.put("Name", origin.subdivision_name)
    division.put("HierarchicalLevelCode", origin.subdivision_level)
    node.add("SubordinateSPSCountrySubDivision", division)
    return node


def _treatment(treatment: Treatment) -> Node:
    node, period = Node(), Node()
    node.put("TypeCode", treatment.type_code)
    _put_moment(period, "StartDateTime", treatment.started)
    _put_moment(period, "EndDateTime", treatment.ended)
    _put_measure(period, "DurationMeasure", treatment.duration)
    node.add("CompletionSPSPeriod", period)
    for characteristic in treatment.characteristics:
        inner = Node()
        _put_texts(inner, "Description", characteristic.descriptions)
        _put_measure(inner, "ValueMeasure", characteristic.measure)
        node.add("ApplicableSPSProcessCharacteristic", inner)
    return node
