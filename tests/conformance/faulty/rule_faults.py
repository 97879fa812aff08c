"""Faults of a target that judges documents by rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.reference import checking
from swb_schemas.rulebook import Place
from swb_schemas.rulebook.rule import Rule
from tests.conformance.faulty.fault import Answering, Fault, answering_with, replace, take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FAULTS"]


def _judge(said: dict[str, Any], findings: list[dict[str, Any]], place: str) -> dict[str, Any]:
    """The answer that goes with other findings."""
    refusing = [each["code"] for each in findings if each["severity"] == "refuse"]
    refuses = bool(refusing) and place != Place.IMPORTER
    return {
        **said,
        "verdict": "refused" if refuses else "accepted",
        "code": refusing[0] if refuses else None,
        "findings": findings,
    }


def _find(
    change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
) -> Callable[[Answering], Answering]:
    """Find something else."""

    def answer(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        findings = said.get("findings")
        if said["verdict"] == "failed" or findings is None:
            return said
        if any("severity" not in each for each in findings):
            return said  # it was no document
        return _judge(said, change(findings), request["place"])

    return answering_with(answer, "check")


def _miss(code: str) -> Callable[[Answering], Answering]:
    return _find(lambda found: [each for each in found if each["code"] != code])


def _weigh(code: str, severity: str) -> Callable[[Answering], Answering]:
    return _find(
        lambda found: [
            {**each, "severity": severity} if each["code"] == code else each for each in found
        ]
    )


def _misplace(code: str) -> Callable[[Answering], Answering]:
    return _find(
        lambda found: [
            {**each, "path": each["path"].split("/")[0]} if each["code"] == code else each
            for each in found
        ]
    )


def _use_own_clock(answer: Answering) -> Answering:
    replace(checking, "read_moment", lambda _: datetime.now(UTC))
    return answer


def _refuse_everywhere(answer: Answering) -> Answering:
    replace(Place, "refuses", lambda _, finding: finding.severity == "refuse")
    return answer


def _ignore_dates_of_rules(answer: Answering) -> Answering:
    replace(Rule, "is_in_force", lambda *_: True)
    return answer


def _know_nothing(answer: Answering) -> Answering:
    honest = take(checking, "check_document")

    def check(document: Any, **asked: Any) -> Any:
        asked.pop("related", None)
        return honest(document, **asked)

    replace(checking, "check_document", check)
    return answer


def _misses(number: str, code: str, text: str) -> Fault:
    return _fault(f"misses-{code.replace('_', '-')}", text, number, _miss(f"rule.{code}"))


def _fault(
    name: str,
    text: str,
    requirements: str,
    switch_on: Callable[[Answering], Answering],
    *,
    is_broad: bool = False,
) -> Fault:
    return Fault(
        name=name,
        text=text,
        profile="rules",
        requirements=tuple(f"RUL-{each}" for each in requirements.split()),
        switch_on=switch_on,
        is_broad=is_broad,
    )


FAULTS: Final = (
    _misses("001", "country_not_listed", "takes any two letters as a country"),
    _misses("006", "box_missing", "takes a form with an empty box"),
    _misses("012", "state_not_a_party", "takes a certificate of a state outside the agreement"),
    _misses("016", "retroactive_not_ticked", "does not look for the mark of a late certificate"),
    _misses("070", "sps_same_state", "takes a sanitary certificate for the state that issues it"),
    _fault(
        "weighs-too-much",
        "refuses for what only warns",
        "007",
        _weigh("rule.description_not_english", "refuse"),
    ),
    _fault(
        "weighs-too-little",
        "warns of what has to refuse",
        "010",
        _weigh("rule.issuing_is_importing", "warn"),
    ),
    _fault(
        "place-of-finding",
        "names no place of a country that is none",
        "001",
        _misplace("rule.country_not_listed"),
    ),
    _fault("importer-refuses", "refuses as an importing side", "088", _refuse_everywhere),
    _fault(
        "own-clock",
        "judges at now, and not at the moment given",
        "020 022",
        _use_own_clock,
        is_broad=True,
    ),
    _fault(
        "edition",
        "applies the texts of all dates at once",
        "016 089",
        _ignore_dates_of_rules,
        is_broad=True,
    ),
    _fault(
        "register",
        "does not look at what the register knows",
        "068",
        _know_nothing,
        is_broad=True,
    ),
    _fault(
        "first-only",
        "stops at the first finding",
        "001",
        _find(lambda found: found[:1]),
        is_broad=True,
    ),
)
