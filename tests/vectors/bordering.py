"""Which rule a document is at the border of: the one that its nearest neighbour breaks.

The named cases of the rule book stand in pairs, one that breaks a rule and one that does not; which
two belong together is measured here, by how little they differ.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.rulebook import RULES, Context, find_by_rule
from swb_schemas.xml import encode
from tests.rulebook.table import CASES
from tests.vectors.telling import tell_related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.rulebook.case import Case

__all__ = ["list_borders"]

_BESIDE: Final = {
    "fifty-one items of another state": "rule.too_many_items",
    "CustomsReceipt before the day of issue": "rule.made_before_issue",
    "DeclarationWithdrawal before the day of issue": "rule.made_before_issue",
    "an invoice of later, when the certificate has arrived": "rule.invoice_after_submission",
    "given on the sixty-first day": "exchange.refusal_late",
    "denied on the ninety-first day without a reply": "exchange.denied_early",
    "denied at once after a reply": "exchange.denied_early",
    "de minimis with a shift": "rule.de_minimis_without_shift",
    "six digits under AANZFTA": "rule.commodity_code_not_ahtn",
    "no FOB price before the form of 2020": "rule.fob_missing",
    "no FOB price of partial cumulation": "rule.fob_missing",
    "a FOB price of partial cumulation between states that do not ask": "rule.fob_not_asked",
    "an original that was cancelled, seen by the importer": "rule.original_cancelled",
    "no quantity, where the original has one": "rule.original_quantity_exceeded",
    "in the place of a certificate that was cancelled": "rule.replaced_not_cancelled",
    "preference for a certificate that is not known": "rule.preference_for_partial_cumulation",
    "no preference for partial cumulation": "rule.preference_for_partial_cumulation",
    "no preference for one item of two, nothing of the other": "rule.preference_beyond_items",
    "nothing decided of one item of two, nothing said of the other": "rule.preference_beyond_items",
    "what others took, and cancelled": "rule.original_quantity_exceeded",
    "a share of Thailand that was not rounded": "rule.partial_share_not_whole",
    "a net weight in another unit than the gross": "rule.net_above_gross",
    "an extract beside its certificate where it is issued": "rule.extract_lacks_certified_goods",
    "a certificate after an extract of other goods where it is issued": (
        "rule.extract_lacks_certified_goods"
    ),
    "one only approved, where it is received": "rule.sps_not_issued",
    "a plain food safety certificate names no plant": "rule.sps_botanical_name_missing",
}
"""Borders that no measure finds: the rule does not apply on this side of them."""


class Neighbour(NamedTuple):
    """A case that breaks a rule which another one keeps.

    Attributes:
        difference: Elements, attributes and circumstances in which the two differ.
        steps: From the one to the other in the table.
        codes: Of the rules that it breaks and the other one keeps, though they apply to it.
    """

    difference: int
    steps: int
    codes: tuple[str, ...]


@cache
def list_borders() -> dict[str, tuple[str, ...]]:
    """List for each case without findings the codes of the rules that it is at the border of.

    Each code stands at one case at least, that which differs least from one that breaks the rule.
    """
    borders: dict[str, list[str]] = {}
    nearest: dict[str, tuple[int, int, str]] = {}
    for name, case in CASES.items():
        if case.findings:
            continue
        near = sorted(_near(name))
        borders[name] = [_BESIDE[name]] if name in _BESIDE else list(near[0].codes)
        for other in near:
            how_near = (other.difference, other.steps, name)
            for code in other.codes:
                nearest[code] = min(nearest.get(code, how_near), how_near)
    for code, (_, _, name) in nearest.items():
        if not any(code in codes for codes in borders.values()):
            borders[name].append(code)
    return {name: tuple(codes) for name, codes in borders.items()}


def _near(name: str) -> Iterator[Neighbour]:
    case, kept = CASES[name], _kept(name)
    lines, place = _lines(name), list(CASES).index(name)
    for number, (other_name, other) in enumerate(CASES.items()):
        if type(other.document) is not type(case.document) or not other.findings:
            continue
        codes = tuple(dict.fromkeys(code for code in _broken(other_name) if code in kept))
        if codes:
            theirs = _lines(other_name)
            difference = (lines - theirs).total() + (theirs - lines).total()
            yield Neighbour(difference, abs(number - place), codes)


@cache
def _lines(name: str) -> Counter[str]:
    """Take a case apart into what it consists of."""
    case = CASES[name]
    parts = encode(case.document).decode().split("><")
    known = [json.dumps(each, sort_keys=True) for each in tell_related(case.related)]
    return Counter([*parts, *known, f"at {case.at}", f"place {case.place}"])


def _context(case: Case) -> Context:
    return Context.of(case.document, at=case.at, place=case.place, related=case.related)


@cache
def _kept(name: str) -> frozenset[str]:
    """Codes of the rules that apply to a case, and that it keeps."""
    case = CASES[name]
    applying = {rule.code for rule in RULES if rule.applies_to(case.document, _context(case))}
    return frozenset(applying - set(_broken(name)))


@cache
def _broken(name: str) -> tuple[str, ...]:
    case = CASES[name]
    return tuple(
        finding.code
        for _, finding in find_by_rule(
            case.document, at=case.at, place=case.place, related=case.related
        )
    )
