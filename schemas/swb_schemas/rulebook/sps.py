"""Sanitary and phytosanitary certificates: what ISPM 12 asks for, judged by the certificate alone.

ISPM 12 (Phytosanitary certificates) is public with IPPC. Its section 5 says what each section of a
certificate for export holds, section 6 what a certificate for re-export needs, section 3.1 what
makes one unacceptable. A certificate that has been taken back is not held to any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import AnimalHealthCertificate, PhytosanitaryCertificate
from swb_schemas.documents.sps import (
    CertificateStatus,
    SpsCertificate,
    names_a_genus,
)
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import ISSUERS, Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from swb_schemas.documents.sps import SpsParty, TradeLine
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]

_REEXPORT: Final = "657"
_QUANTITY_NOTES: Final = frozenset({"OQV"})
"""Subject of ePhyto for a quantity that no measure of a line can say."""
_TARIFF: Final = "HS"
"""Name of the Harmonized System among classifications, as ePhyto has it."""
_FOREIGN_CHAPTERS: Final = {
    PhytosanitaryCertificate: ("plants or what is made of them", range(1, 6)),
    AnimalHealthCertificate: ("animals or what is made of them", range(6, 15)),
}
"""Chapters of the tariff that are of another kind of certificate, section I or II."""
_PACKAGE_NOTES: Final = frozenset({"OPTND"})
"""Subject of ePhyto for packages in words."""


def _in_force(
    check: Callable[[SpsCertificate], Iterable[Fault]],
) -> Callable[[SpsCertificate, Context], Iterable[Fault]]:
    """Judge only what is in force: what was taken back may have been taken back for that."""

    def judge(certificate: SpsCertificate, _: Context) -> Iterable[Fault]:
        return () if certificate.revision else check(certificate)

    return judge


def _type_is_of_its_kind(certificate: SpsCertificate) -> Iterator[Fault]:
    if certificate.type_code not in certificate.type_codes:
        expected = " or ".join(sorted(certificate.type_codes))
        yield Fault("TypeCode", f"expected {expected}, found {certificate.type_code!r}")


def _is_issued(certificate: SpsCertificate) -> Iterator[Fault]:
    if certificate.status is CertificateStatus.APPROVED:
        yield Fault("Status", "expected one that was issued, found one that is only approved")


def _still_stands(_: SpsCertificate, context: Context) -> Iterator[Fault]:
    """Whoever is handed a certificate late may be told before that it was taken back."""
    if context.related.taken_back:
        yield Fault("Status", "expected one in force, found that it was taken back meanwhile")


def _has_parties(certificate: SpsCertificate) -> Iterator[Fault]:
    yield from _is_named("Consignor", certificate.consignor)
    yield from _is_named("Consignee", certificate.consignee)


def _is_named(path: str, party: SpsParty | None) -> Iterator[Fault]:
    if party is None or not party.name or not party.address_lines:
        yield Fault(path, "expected a name and an address, found not both")


def _goes_abroad(certificate: SpsCertificate) -> Iterator[Fault]:
    if certificate.issuing_country == certificate.destination:
        found = certificate.destination
        yield Fault("ImportCountry/Code", f"expected another state than the issuing one: {found}")


def _is_signed(certificate: SpsCertificate) -> Iterator[Fault]:
    found = certificate.authentication
    if found is None or not found.signatory_name or not found.place:
        yield Fault("Authentication", "expected who signed and where, found not both")


def _lines(
    lacks: Callable[[TradeLine], bool], element: str, expected: str
) -> Callable[[SpsCertificate], Iterator[Fault]]:
    """Judge every line by one question."""

    def check(certificate: SpsCertificate) -> Iterator[Fault]:
        for place, line in enumerate(certificate.items, 1):
            if lacks(line):
                yield Fault(f"Item[{place}]{element}", f"expected {expected}, found none")

    return check


def _has_no_genus(line: TradeLine) -> bool:
    return not any(names_a_genus(name.value) for name in line.scientific_names)


def _has_no_origin(line: TradeLine) -> bool:
    return not any(origin.code for origin in line.origins)


def _has_no_quantity(line: TradeLine) -> bool:
    measures = (line.net_weight, line.gross_weight, line.net_volume, line.gross_volume)
    return not any(measures) and not _notes(line, _QUANTITY_NOTES)


def _quantities_are_positive(certificate: SpsCertificate) -> Iterator[Fault]:
    for place, line in enumerate(certificate.items, 1):
        for name, measure in (
            ("NetWeight", line.net_weight),
            ("GrossWeight", line.gross_weight),
            ("NetVolume", line.net_volume),
            ("GrossVolume", line.gross_volume),
        ):
            if measure is not None and measure.value == 0:
                yield Fault(f"Item[{place}]/{name}", "expected more than none, found 0")


def _net_is_within_gross(certificate: SpsCertificate) -> Iterator[Fault]:
    """In like units only."""
    for place, line in enumerate(certificate.items, 1):
        for name, net, gross in (
            ("NetWeight", line.net_weight, line.gross_weight),
            ("NetVolume", line.net_volume, line.gross_volume),
        ):
            if net is None or gross is None or net.unit != gross.unit or net.value <= gross.value:
                continue
            yield Fault(
                f"Item[{place}]/{name}",
                f"expected at most the gross {gross.value:f} {gross.unit}, found {net.value:f}",
            )


def _goods_are_of_its_kind(certificate: SpsCertificate) -> Iterator[Fault]:
    """By chapters of the tariff, where a line has them: animals are 01 to 05, plants 06 to 14."""
    expected, foreign = _FOREIGN_CHAPTERS.get(type(certificate), ("", range(0)))
    for place, line in enumerate(certificate.items, 1):
        for number, each in enumerate(line.classifications, 1):
            chapter = (each.class_code or "")[:2]
            if each.system_name == _TARIFF and chapter.isdecimal() and int(chapter) in foreign:
                yield Fault(
                    f"Item[{place}]/Classification[{number}]/ClassCode",
                    f"expected {expected}, found chapter {chapter} of the tariff",
                )


def _has_no_packages(line: TradeLine) -> bool:
    return not line.packages and not _notes(line, _PACKAGE_NOTES)


def _has_no_description(line: TradeLine) -> bool:
    return not (line.descriptions or line.common_names)


def _notes(line: TradeLine, subjects: frozenset[str]) -> bool:
    return any(note.subject in subjects and note.content for note in line.notes)


def _names_its_original(certificate: SpsCertificate) -> Iterator[Fault]:
    if certificate.type_code != _REEXPORT:
        return
    if not any(each.reference_number for each in certificate.references):
        yield Fault("Reference", "expected the certificate of the exporting state, found none")


def _originates_elsewhere(certificate: SpsCertificate) -> Iterator[Fault]:
    if certificate.type_code != _REEXPORT:
        return
    for place, line in enumerate(certificate.items, 1):
        codes = {origin.code for origin in line.origins if origin.code}
        if codes == {certificate.issuing_country}:
            yield Fault(
                f"Item[{place}]/Origin",
                "expected goods of another state on a certificate for re-export, "
                f"found {certificate.issuing_country}",
            )


def _was_treated_before(certificate: SpsCertificate) -> Iterator[Fault]:
    for place, line in enumerate(certificate.items, 1):
        for number, treatment in enumerate(line.treatments, 1):
            done = treatment.ended or treatment.started
            if done is not None and done.day > certificate.issued_on:
                yield Fault(
                    f"Item[{place}]/Treatment[{number}]",
                    f"expected a treatment until the day of issue {certificate.issued_on}, "
                    f"found one of {done.day}",
                )


def _says_where_it_enters(certificate: SpsCertificate) -> Iterator[Fault]:
    if certificate.port_of_entry is None:
        yield Fault("PortOfEntry", "expected the declared point of entry, found none")


def _says_how_it_travels(certificate: SpsCertificate) -> Iterator[Fault]:
    if not certificate.carriage:
        yield Fault("Carriage", "expected the declared means of conveyance, found none")


def _rule(
    code: str,
    severity: Severity,
    clause: str,
    check: Callable[[SpsCertificate], Iterable[Fault]],
    model: type[SpsCertificate] = PhytosanitaryCertificate,
) -> Rule:
    return Rule(code=code, severity=severity, clause=clause, model=model, check=_in_force(check))


_REFUSE: Final = Severity.REFUSE
_WARN: Final = Severity.WARN

RULES: Final = (
    Rule(
        code="rule.sps_type_of_another_kind",
        severity=_REFUSE,
        clause="UN/CEFACT SPSCertificate, TypeCode (UNTDID 1001)",
        model=SpsCertificate,
        check=lambda certificate, _: _type_is_of_its_kind(certificate),
    ),
    Rule(
        code="rule.sps_not_issued",
        severity=_REFUSE,
        clause="UN/CEFACT SPSCertificate, StatusCode",
        model=SpsCertificate,
        check=lambda certificate, _: _is_issued(certificate),
        places=ISSUERS,
    ),
    Rule(
        code="rule.sps_taken_back",
        severity=_REFUSE,
        clause="UN/CEFACT SPSCertificate, StatusCode",
        model=SpsCertificate,
        check=_still_stands,
        places=frozenset({Place.IMPORTER}),
    ),
    _rule(
        "rule.sps_party_missing",
        _REFUSE,
        "ISPM 12 section 5, I: exporter and consignee",
        _has_parties,
    ),
    _rule(
        "rule.sps_same_state",
        _REFUSE,
        "ISPM 12 section 1.1; Codex CXG 38-2001; WOAH Terrestrial Code chapter 5.2",
        _goes_abroad,
        SpsCertificate,
    ),
    _rule(
        "rule.sps_signatory_missing",
        _REFUSE,
        "ISPM 12 section 5: place of issue, authorised officer",
        _is_signed,
    ),
    _rule(
        "rule.sps_botanical_name_missing",
        _REFUSE,
        "ISPM 12 section 5, I: botanical name of plants, at least the genus",
        _lines(_has_no_genus, "/ScientificName", "a botanical name, at least its genus"),
    ),
    _rule(
        "rule.sps_origin_missing",
        _REFUSE,
        "ISPM 12 section 5, I: place of origin",
        _lines(_has_no_origin, "/Origin", "a country of origin"),
    ),
    _rule(
        "rule.sps_quantity_missing",
        _REFUSE,
        "ISPM 12 section 5, I: name of produce and quantity declared",
        _lines(_has_no_quantity, "", "a quantity"),
    ),
    _rule(
        "rule.sps_quantity_none",
        _REFUSE,
        "ISPM 12 section 5, I: quantity declared; UN/CEFACT SPSCertificate, measures of a line",
        _quantities_are_positive,
        SpsCertificate,
    ),
    Rule(
        code="rule.net_above_gross",
        name=SpsCertificate.__name__,
        severity=_WARN,
        clause="UN/CEFACT SPSCertificate, measures of a line",
        model=SpsCertificate,
        check=_in_force(_net_is_within_gross),
    ),
    _rule(
        "rule.sps_goods_of_another_kind",
        _WARN,
        "Harmonized System, sections I and II; UNTDID 1001",
        _goods_are_of_its_kind,
        SpsCertificate,
    ),
    _rule(
        "rule.sps_produce_missing",
        _REFUSE,
        "ISPM 12 section 5, I: name of produce and quantity declared",
        _lines(_has_no_description, "/Description", "the name of the produce"),
    ),
    _rule(
        "rule.sps_packages_missing",
        _WARN,
        "ISPM 12 section 5, I: number and description of packages",
        _lines(_has_no_packages, "/Package", "packages, in figures or words"),
    ),
    _rule(
        "rule.sps_entry_missing",
        _WARN,
        "ISPM 12 section 5, I: declared point of entry",
        _says_where_it_enters,
    ),
    _rule(
        "rule.sps_conveyance_missing",
        _WARN,
        "ISPM 12 section 5, I: declared means of conveyance",
        _says_how_it_travels,
    ),
    _rule(
        "rule.sps_treated_after_issue",
        _WARN,
        "ISPM 12 section 5, III: disinfestation and/or disinfection treatment",
        _was_treated_before,
    ),
    _rule(
        "rule.sps_reexport_without_original",
        _REFUSE,
        "ISPM 12 section 6: original certificate or certified copy",
        _names_its_original,
    ),
    _rule(
        "rule.sps_reexport_of_own_goods",
        _REFUSE,
        "ISPM 12 section 6: country of origin of re-exported consignments",
        _originates_elsewhere,
    ),
)
