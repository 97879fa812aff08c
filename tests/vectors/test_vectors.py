"""The golden vectors are what the generator writes, and what our own reader says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb_conformance.cases import Question, Verdict, load_cases
from swb_conformance.document_cases import load_document_cases
from swb_conformance.judging import judge
from swb_conformance.making_cases import MakingCase, load_making_cases
from swb_conformance.requirements import load_requirements
from swb_conformance.rule_cases import ExpectedFinding, RuleCase, load_rule_cases
from swb_schemas.catalogue import CATALOGUE, decode_document, find_type_of
from swb_schemas.parsing import canonical_octets
from swb_schemas.rulebook import RULES, Context, Place, check_document, find_by_rule
from swb_schemas.rulebook.told import parse_related
from swb_schemas.xml import encode, parse_xml
from tests.vectors.foreign_made import ALGORITHMS, FOREIGN
from tests.vectors.generator import FOLDER, render_all

if TYPE_CHECKING:
    from swb_conformance.cases import Case
    from swb_conformance.document_cases import DocumentCase
    from swb_schemas.rulebook import Rule

CASES = load_cases()
RULE_CASES = load_rule_cases()
MAKING_CASES = load_making_cases()
DOCUMENT_CASES = load_document_cases()
JUDGED: list[Case | RuleCase | MakingCase] = [*CASES, *RULE_CASES, *MAKING_CASES]
MOST_OCTETS = 6_000_000
BEGINNINGS = {
    Verdict.ACCEPTED: "accepts-",
    Verdict.REFUSED: "refuses-",
    Verdict.UNDETERMINED: "refuses-to-judge-",
}


def test_the_committed_vectors_are_what_the_generator_writes() -> None:
    committed = {
        str(path.relative_to(FOLDER)): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    rendered = render_all()
    assert sorted(committed) == sorted(rendered)
    assert [name for name, octets in rendered.items() if committed[name] != octets] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_reader_agrees_with_the_vector(case: Case) -> None:
    outcome = judge(case)
    assert (outcome.verdict, outcome.code) == (case.verdict, case.code), outcome.detail
    assert outcome.produced == case.expected


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: case.name)
def test_our_rule_book_agrees_with_the_vector(case: RuleCase) -> None:
    place, document = Place(case.place), decode_document(parse_xml(case.subject))
    found = check_document(
        document, at=case.at.date(), place=place, related=parse_related(case.related)
    )
    expected = tuple(
        ExpectedFinding(code=each.code, severity=each.severity, path=each.path) for each in found
    )
    assert case.findings == expected
    refusing = [each.code for each in found if place.refuses(each)]
    assert (case.verdict is Verdict.REFUSED, case.code) == (
        bool(refusing),
        refusing[0] if refusing else "",
    )
    assert find_type_of(document).message_type == case.message_type


@pytest.mark.parametrize("case", DOCUMENT_CASES, ids=lambda case: case.name)
def test_a_document_to_carry_is_valid_and_in_its_one_spelling(case: DocumentCase) -> None:
    document = decode_document(parse_xml(case.subject))
    assert encode(document) == canonical_octets(parse_xml(case.subject)) == case.subject
    assert find_type_of(document).message_type == case.message_type
    assert find_type_of(document).schema == case.schema
    assert getattr(document, "agreement", "") == case.agreement


def _rule_contexts(case: RuleCase) -> tuple[list[Rule], list[Rule]]:
    """The lines of the book that apply to a vector, and those of them that find something."""
    document, place = decode_document(parse_xml(case.subject)), Place(case.place)
    related, at = parse_related(case.related), case.at.date()
    context = Context.of(document, at=at, place=place, related=related)
    applying = [rule for rule in RULES if rule.applies_to(document, context)]
    found = find_by_rule(document, at=at, place=place, related=related)
    return applying, [rule for rule, _ in found]


def test_every_rule_is_broken_by_a_vector_and_kept_by_another() -> None:
    broken: set[str] = set()
    kept: set[str] = set()
    for case in RULE_CASES:
        applying, finding = _rule_contexts(case)
        broken |= {rule.id for rule in finding}
        kept |= {rule.id for rule in applying if rule not in finding}
    every = {rule.id for rule in RULES}
    assert (every - broken, every - kept) == (set(), set())


def test_every_code_of_the_rule_book_has_a_requirement_with_all_its_clauses() -> None:
    by_code = {code: each for each in load_requirements().values() for code in each.codes}
    assert set(by_code) == {rule.code for rule in RULES}
    for rule in RULES:
        assert rule.clause in by_code[rule.code].clause or not rule.clause, rule.id


def test_every_requirement_of_a_code_has_a_vector_that_breaks_it_and_one_that_keeps_it() -> None:
    broken = {name for case in RULE_CASES if case.findings for name in case.requirements}
    kept = {name for case in RULE_CASES if not case.findings for name in case.requirements}
    of_codes = {each.id for each in load_requirements().values() if each.codes}
    assert (of_codes - broken, of_codes - kept) == (set(), set())


@pytest.mark.parametrize("case", JUDGED, ids=lambda case: case.name)
def test_the_name_of_a_vector_tells_its_verdict(case: Case | RuleCase | MakingCase) -> None:
    name = case.name.rpartition("/")[2]
    if isinstance(case, RuleCase) and case.findings and case.verdict is Verdict.ACCEPTED:
        assert name.startswith("advises-on-")
    else:
        assert name.startswith(BEGINNINGS[case.verdict])
    codes = case.codes if isinstance(case, MakingCase) else (case.code,)
    assert (case.verdict is Verdict.ACCEPTED) == (not any(codes))


def test_every_vector_names_requirements_that_there_are() -> None:
    known = load_requirements()
    for case in JUDGED:
        profile = "rules" if isinstance(case, RuleCase) else "message"
        assert {known[name].profile for name in case.requirements} == {profile}, case.name


def test_there_are_four_hundred_vectors_and_half_of_them_are_negative() -> None:
    negative = [
        case
        for case in JUDGED
        if case.verdict is not Verdict.ACCEPTED or (isinstance(case, RuleCase) and case.findings)
    ]
    every = len(JUDGED) + len(DOCUMENT_CASES)
    assert every >= 400
    assert len(negative) >= every / 2


def test_every_national_type_is_carried() -> None:
    national = {name for name, each in CATALOGUE.items() if each.national}
    assert {case.message_type for case in DOCUMENT_CASES} == national


def test_every_algorithm_has_a_vector_that_another_program_made() -> None:
    made = {algorithm for each in FOREIGN if not each.code for algorithm in each.algorithms}
    assert made == set(ALGORITHMS)
    accepted = {case.name for case in CASES if case.verdict is Verdict.ACCEPTED}
    names = {f"{each.question}/{each.name}" for each in FOREIGN if not each.code}
    assert names <= accepted


def test_vectors_are_few_octets() -> None:
    octets = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    assert octets < MOST_OCTETS


def test_some_questions_alone_can_be_loaded() -> None:
    assert {case.question for case in load_cases(Question.TRUST)} == {Question.TRUST}
