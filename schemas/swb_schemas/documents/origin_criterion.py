"""Origin criteria: what box 8 may say.

Each agreement has a grammar of its own over the same element, so the element is open:

* **ATIGA** (Annex 7, overleaf note 3): ``WO``; a percentage such as ``40%``; ``CC``, ``CTH``,
  ``CTSH``; ``SP``; a combination written out, such as ``CTSH + 35%``; and ``PC 25%`` for partial
  cumulation below 40 %. ATIGA has no ``PE``.
* **AANZFTA**. Certain: the published JSON schema leaves box 8 (``originCriteriaText``) an open
  text, and its one published certificate says ``WP`` and ``PSR``; the parties' guidelines for
  box 8 name ``WO`` (wholly obtained, Article 2.1(a)), ``PE`` (produced entirely of originating
  materials, Article 2.1(c)), ``RVC`` and ``CTH`` (Article 4.1). ``WP`` and ``PE`` are kept apart
  as spelled, although both mean wholly produced. This project's own choice: ``CTC``, ``CC`` and
  ``CTSH`` beside ``CTH``; a percentage behind its word, ``RVC 45%``; a combination written as in
  ATIGA, ``CTH + RVC 45%``. Whatever else a certificate may say there is refused, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import Aggregate, Percentage
from swb_schemas.errors import RefusedError
from swb_schemas.recognition import quote_value

__all__ = ["PC", "RVC", "OriginCriterion", "find_grammar", "format_criterion", "parse_criterion"]

RVC: Final = "RVC"
PC: Final = "PC"


Basis = Annotated[str, Field(pattern=r"^[A-Z]{2,8}$")]
"""One reason, by the code that the agreement's form gives it."""


class OriginCriterion(Aggregate):
    """Why an item originates: one basis, or two that hold together.

    Attributes:
        bases: For example ``("WO",)``, ``("RVC",)``, ``("CTSH", "RVC")``, ``("PC",)``.
        percentage: The actual regional value content. Stands with ``RVC`` and ``PC`` alone;
            whether ``RVC`` may stand without it is the agreement's matter.
    """

    bases: tuple[Basis, ...] = Field(alias="Basis", min_length=1, max_length=2)
    percentage: Percentage | None = None

    @model_validator(mode="after")
    def _percentage_belongs_to_a_share(self) -> Self:
        if len(set(self.bases)) != len(self.bases):
            msg = "expected two different bases"
            raise ValueError(msg)
        stated = self.percentage is not None
        if (stated and not {RVC, PC} & set(self.bases)) or (not stated and PC in self.bases):
            msg = "expected a percentage with PC, perhaps with RVC, and with nothing else"
            raise ValueError(msg)
        return self


_NUMBER: Final = r"[0-9]{1,3}(?:\.[0-9]{1,6})?"


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one agreement's form spells box 8.

    Attributes:
        pattern: With groups ``alone``, ``first``, ``second``: bases; ``value``: that RVC is one;
            ``rvc``, ``share``, ``pc``: a percentage of RVC alone, of RVC as the second basis, of
            PC.
        value: What stands before the percentage of RVC.
        expected: In words, for refusals.
    """

    pattern: re.Pattern[str]
    value: str
    expected: str


_GRAMMARS: Final = {
    "ATIGA": Grammar(
        re.compile(
            r"(?P<alone>WO)"
            r"|PC (?P<pc>[0-9]{1,2}(?:\.[0-9]{1,6})?)%"
            rf"|(?P<rvc>{_NUMBER})%"
            r"|(?P<first>CC|CTH|CTSH|SP)(?: \+ (?:(?P<second>CC|CTH|CTSH|SP)"
            rf"|(?P<share>{_NUMBER})%))?"
        ),
        value="",
        expected="WO, CC, CTH, CTSH, SP, a percentage such as 40%, a combination such as "
        "'CTSH + 35%', or 'PC 25%'",
    ),
    "AANZFTA": Grammar(
        re.compile(
            r"(?P<alone>WO|WP|PE|PSR|CTC)"
            rf"|(?P<value>RVC)(?: (?P<rvc>{_NUMBER})%)?"
            rf"|(?P<first>CC|CTH|CTSH)(?: \+ (?P<second>RVC)(?: (?P<share>{_NUMBER})%)?)?"
        ),
        value="RVC",
        expected="WO, WP, PE, PSR, CTC, CC, CTH, CTSH, RVC, 'RVC 45%', or a combination such as "
        "'CTH + RVC 45%'",
    ),
}


def find_grammar(agreement: str) -> Grammar | None:
    """Find the grammar of an agreement's box 8."""
    return _GRAMMARS.get(agreement)


def _get_grammar(agreement: str) -> Grammar:
    grammar = find_grammar(agreement)
    if grammar is None:
        message = f"expected one of {', '.join(sorted(_GRAMMARS))}, found {agreement!r}"
        raise RefusedError("agreement.unknown", message)
    return grammar


def parse_criterion(text: str, *, agreement: str = "ATIGA") -> OriginCriterion:
    """Read box 8 as an agreement's form spells it.

    Raises:
        RefusedError: ``origin_criterion.malformed``, or ``agreement.unknown`` when no grammar is
            known for the agreement.
    """
    grammar = _get_grammar(agreement)
    match = grammar.pattern.fullmatch(text)
    if match is None:
        message = f"expected {grammar.expected}, found {quote_value(text)}"
        raise RefusedError("origin_criterion.malformed", message)
    found = {name: words for name, words in match.groupdict().items() if words}
    share = found.get("pc") or found.get("rvc") or found.get("share")
    percentage = Decimal(share) if share else None
    if percentage is not None and percentage > 100:  # noqa: PLR2004 - per cent
        message = f"expected at most 100 %, found {quote_value(text)}"
        raise RefusedError("origin_criterion.malformed", message)
    if "pc" in found:
        return OriginCriterion(bases=(PC,), percentage=percentage)
    if "rvc" in found or "value" in found:
        return OriginCriterion(bases=(RVC,), percentage=percentage)
    second = RVC if "share" in found else found.get("second")
    bases = tuple(basis for basis in (found.get("alone"), found.get("first"), second) if basis)
    if len(set(bases)) != len(bases):
        message = f"expected two different criteria, found {quote_value(text)}"
        raise RefusedError("origin_criterion.malformed", message)
    return OriginCriterion(bases=bases, percentage=percentage)


def format_criterion(criterion: OriginCriterion, *, agreement: str = "ATIGA") -> str:
    """Write a criterion as an agreement's box 8 spells it; the inverse of `parse_criterion`.

    A criterion that the form has no spelling for is written too, for messages to people; reading
    that does not give it back.

    Raises:
        RefusedError: ``agreement.unknown``.
    """
    grammar = _get_grammar(agreement)
    share = "" if criterion.percentage is None else f"{criterion.percentage.normalize():f}%"
    if criterion.bases == (PC,):
        return f"PC {share}"
    value = " ".join(word for word in (grammar.value, share) if word) or RVC
    return " + ".join(value if basis == RVC else basis for basis in criterion.bases)
