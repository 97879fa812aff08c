"""Origin criteria: what box 8 may say.

ATIGA's grammar (Annex 7, overleaf note 3; facts 2.4): ``WO``; a percentage such as ``40%``;
``CC``, ``CTH``, ``CTSH``; ``SP``; a combination written out, such as ``CTSH + 35%``; and
``PC 25%`` for partial cumulation below 40 %. ATIGA has no ``PE``. Another agreement is another
grammar over the same element, so the element itself is open.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import Aggregate, Percentage
from swb_schemas.errors import RefusedError

__all__ = ["PC", "RVC", "OriginCriterion", "find_grammar", "format_criterion", "parse_criterion"]

RVC: Final = "RVC"
PC: Final = "PC"


Basis = Annotated[str, Field(pattern=r"^[A-Z]{2,8}$")]
"""One reason, by the code that the agreement's form gives it."""


class OriginCriterion(Aggregate):
    """Why an item originates: one basis, or two that hold together.

    Attributes:
        bases: For example ``("WO",)``, ``("RVC",)``, ``("CTSH", "RVC")``, ``("PC",)``.
        percentage: The actual regional value content; stands with ``RVC`` and ``PC`` alone.
    """

    bases: tuple[Basis, ...] = Field(alias="Basis", min_length=1, max_length=2)
    percentage: Percentage | None = None

    @model_validator(mode="after")
    def _percentage_belongs_to_a_share(self) -> Self:
        if len(set(self.bases)) != len(self.bases):
            msg = "expected two different bases"
            raise ValueError(msg)
        if (RVC in self.bases or PC in self.bases) != (self.percentage is not None):
            msg = "expected a percentage with RVC or PC, and with nothing else"
            raise ValueError(msg)
        return self


_GRAMMARS: Final = {
    "ATIGA": re.compile(
        r"WO"
        r"|PC (?P<pc>[0-9]{1,2}(?:\.[0-9]{1,6})?)%"
        r"|(?P<rvc>[0-9]{1,3}(?:\.[0-9]{1,6})?)%"
        r"|(?P<first>CC|CTH|CTSH|SP)(?: \+ (?:(?P<second>CC|CTH|CTSH|SP)"
        r"|(?P<share>[0-9]{1,3}(?:\.[0-9]{1,6})?)%))?"
    ),
}


def find_grammar(agreement: str) -> re.Pattern[str] | None:
    """Find the grammar of an agreement's box 8."""
    return _GRAMMARS.get(agreement)


def parse_criterion(text: str, *, agreement: str = "ATIGA") -> OriginCriterion:
    """Read box 8 as an agreement's form spells it.

    Raises:
        RefusedError: ``origin_criterion.malformed``, or ``agreement.unknown`` when no grammar is
            known for the agreement.
    """
    grammar = find_grammar(agreement)
    if grammar is None:
        message = f"expected one of {', '.join(sorted(_GRAMMARS))}, found {agreement!r}"
        raise RefusedError("agreement.unknown", message)
    match = grammar.fullmatch(text)
    if match is None:
        message = (
            "expected WO, CC, CTH, CTSH, SP, a percentage such as 40%, a combination such as "
            f"'CTSH + 35%', or 'PC 25%', found {text[:40]!r}"
        )
        raise RefusedError("origin_criterion.malformed", message)
    if text == "WO":
        return OriginCriterion(bases=("WO",))
    share = match["pc"] or match["rvc"] or match["share"]
    percentage = Decimal(share) if share else None
    if percentage is not None and percentage > 100:  # noqa: PLR2004 - per cent
        message = f"expected at most 100 %, found {text[:40]!r}"
        raise RefusedError("origin_criterion.malformed", message)
    if match["pc"]:
        return OriginCriterion(bases=(PC,), percentage=percentage)
    if match["rvc"]:
        return OriginCriterion(bases=(RVC,), percentage=percentage)
    bases = tuple(basis for basis in (match["first"], match["second"]) if basis)
    if match["share"]:
        bases = (*bases, RVC)
    if len(set(bases)) != len(bases):
        message = f"expected two different criteria, found {text[:40]!r}"
        raise RefusedError("origin_criterion.malformed", message)
    return OriginCriterion(bases=bases, percentage=percentage)


def format_criterion(criterion: OriginCriterion) -> str:
    """Write a criterion as box 8 spells it; the inverse of `parse_criterion`."""
    share = "" if criterion.percentage is None else f"{criterion.percentage.normalize():f}%"
    words = [share if basis == RVC else basis for basis in criterion.bases]
    if criterion.bases == (PC,):
        return f"PC {share}"
    return " + ".join(words)
