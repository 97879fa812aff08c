"""A back-to-back certificate beside the originals that it rests upon (Rule 11).

Judged by the intermediate state, which has them. Each rule is silent where an original that it
needs is not known.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Severity
from swb_schemas.rulebook.quantities import (
    add_up,
    find_excess,
    find_places,
    goods_of,
    list_kin,
)
from swb_schemas.rulebook.related import list_in_force
from swb_schemas.rulebook.rule import Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from swb_schemas.documents.certificate_of_origin import OriginalProof
    from swb_schemas.rulebook.quantities import Goods, Sums
    from swb_schemas.rulebook.related import KnownCertificate
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


class _Name(NamedTuple):
    """By what a back-to-back certificate tells an original from others."""

    issuing_country: str
    reference_number: str
    issue_date: date


def _list_names(certificate: CertificateOfOrigin) -> tuple[_Name, _Name]:
    """By the day of issue, and of a true copy by its own day too."""
    state, number = certificate.issuing_country, certificate.reference_number
    return (
        _Name(state, number, certificate.issued_on),
        _Name(state, number, certificate.certification.date),
    )


def _name(named: OriginalProof) -> _Name:
    return _Name(named.issuing_country, named.reference_number, named.issue_date)


def _list_originals(certificate: CertificateOfOrigin) -> tuple[OriginalProof, ...]:
    back_to_back = certificate.special_cases.back_to_back
    return back_to_back.originals if back_to_back else ()


class _Originals:
    """The originals that are known, an original and its true copies being one."""

    def __init__(self, context: Context) -> None:
        self._first: dict[_Name, _Name] = {}
        self._known: defaultdict[_Name, list[KnownCertificate]] = defaultdict(list)
        for known in context.related.originals:
            first, other = _list_names(known.certificate)
            self._first.setdefault(first, first)
            self._first.setdefault(other, first)
            self._known[first].append(known)

    def find(self, named: OriginalProof) -> KnownCertificate | None:
        """Find an original; one that is cancelled where one of its copies is."""
        known = self._known.get(self._first.get(_name(named), _name(named)), ())
        return next((each for each in known if each.cancelled), next(iter(known), None))

    def find_all(self, certificate: CertificateOfOrigin) -> frozenset[_Name]:
        """Find what a certificate rests upon; nothing where it names what is not known."""
        named = [self._first.get(_name(each)) for each in _list_originals(certificate)]
        known = frozenset(each for each in named if each is not None)
        return known if None not in named else frozenset()

    def list_connected(self) -> frozenset[_Name]:
        """List all, those too upon which only earlier certificates rest."""
        return frozenset(self._known)

    def read(self, names: Iterable[_Name]) -> Iterator[CertificateOfOrigin]:
        """Read originals, each once."""
        for each in names:
            yield self._known[each][0].certificate


def _known_originals(
    certificate: CertificateOfOrigin, context: Context
) -> Iterator[tuple[int, KnownCertificate]]:
    """Each original that is known, with its place."""
    if not context.related.originals:
        return
    originals = _Originals(context)
    for place, named in enumerate(_list_originals(certificate), 1):
        if (known := originals.find(named)) is not None:
            yield place, known


def _all_originals(
    certificate: CertificateOfOrigin, context: Context
) -> tuple[CertificateOfOrigin, ...]:
    """All originals, or none of them where one is not known."""
    if not context.related.originals:
        return ()
    originals = _Originals(context)
    return tuple(originals.read(originals.find_all(certificate)))


def _originals_are_in_force(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for place, known in _known_originals(certificate, context):
        if known.cancelled:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]",
                "expected an original that is in force, found it cancelled",
            )


def _originals_came_here(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for place, known in _known_originals(certificate, context):
        importing = known.certificate.exporter_declaration.importing_country
        if importing != certificate.issuing_country:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]",
                f"expected an original for goods that {certificate.issuing_country} imported, "
                f"found one for {importing}",
            )


# --- goods and quantities ----------------------------------------------------------------------


def _goods_are_covered(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    originals = _all_originals(certificate, context)
    if not originals:
        return
    covered = {goods_of(item.commodity_code) for each in originals for item in each.items}
    for place, item in enumerate(certificate.items, 1):
        goods = goods_of(item.commodity_code)
        if covered.isdisjoint(list_kin(goods)):
            yield Fault(
                f"Item[{place}]/CommodityCode",
                f"expected goods of the originals at six digits, found {goods.subheading}",
            )


def _units_are_the_originals(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    """Another unit of measure is a minor discrepancy; but then nothing can be added up."""
    originals = _all_originals(certificate, context)
    if not originals:
        return
    units: defaultdict[Goods, set[str]] = defaultdict(set)
    for goods, unit in _add_up(originals):
        units[goods].add(unit)
    for place, item in enumerate(certificate.items, 1):
        kin = list_kin(goods_of(item.commodity_code))
        known = {unit for each in kin for unit in units.get(each, ())}
        if item.quantity is not None and known and item.quantity.unit not in known:
            yield Fault(
                f"Item[{place}]/Quantity/@unit",
                f"expected {' or '.join(sorted(known))} as the originals have, found "
                f"{item.quantity.unit!r}",
            )


def _quantities_are_covered(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    """Hold what is taken of originals against what they have.

    Of the originals that are named, what rests upon them alone was taken of them before. Where
    earlier certificates rest upon others as well, all these originals are held against all that
    was taken of them: which of them had what left does not matter then.
    """
    if not context.related.originals:
        return
    originals = _Originals(context)
    named = originals.find_all(certificate)
    if not named:
        return
    own, places = add_up(certificate.items), find_places(certificate.items)
    earlier = [
        (originals.find_all(each), each) for each in list_in_force(context.related.drawn_upon)
    ]
    told: set[int] = set()
    for several in dict.fromkeys((named, originals.list_connected())):
        taken = _add_up(each for names, each in earlier if names and names <= several)
        covering = _add_up(originals.read(several))
        for excess in find_excess(_put_together(own, taken), covering):
            keys = [(goods, excess.unit) for goods in excess.claimed if (goods, excess.unit) in own]
            place = min((places[key] for key in keys), default=0)
            if not keys or place in told:
                continue
            told.add(place)
            quantity = sum((own[key] for key in keys), Decimal(0))
            left = max(excess.most - excess.found + quantity, Decimal(0))
            goods = " and ".join(sorted({each.subheading for each, _ in keys}))
            yield Fault(
                f"Item[{place}]/Quantity",
                f"expected at most {left:f} {excess.unit} of {goods}, as the originals have "
                f"left, found {quantity:f}",
            )


def _add_up(certificates: Iterable[CertificateOfOrigin]) -> Sums:
    return add_up(item for each in certificates for item in each.items)


def _put_together(one: Sums, other: Sums) -> Mapping[tuple[Goods, str], Decimal]:
    return {key: one.get(key, Decimal(0)) + other.get(key, Decimal(0)) for key in {**one, **other}}


_ATIGA: Final = frozenset({"ATIGA"})
_INTERMEDIATE: Final = frozenset({Place.INTERMEDIATE_ISSUER})

RULES: Final = (
    Rule(
        code="rule.original_cancelled",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_originals_are_in_force,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_quantity_exceeded",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_quantities_are_covered,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_of_other_goods",
        severity=Severity.WARN,
        clause="ATIGA Annex 7, overleaf note 6; Annex 8 Rules 11(1), 16(2)",
        model=CertificateOfOrigin,
        check=_goods_are_covered,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_unit_differs",
        severity=Severity.WARN,
        clause="SC-AROO 36, minor discrepancies: units of measure; ATIGA Annex 8 Rule 16(1)",
        model=CertificateOfOrigin,
        check=_units_are_the_originals,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_for_another_state",
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_originals_came_here,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
)
