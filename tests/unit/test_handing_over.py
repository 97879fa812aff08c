"""Names and notes at the doors of a national system."""

from __future__ import annotations

import json
from itertools import islice
from typing import Final

import pytest

from swb.core.handing_over import (
    fit_name,
    is_payload_name,
    name_advice,
    name_delivery,
    name_door,
    note_accepted,
    note_refused,
    spell_advice,
    try_names,
)
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity

FINDING: Final = Finding(
    code="rule.some", severity=Severity.WARN, path="Item[1]", message="expected ก, found ข"
)


def test_a_delivery_and_its_advice_have_names_that_say_what_they_are() -> None:
    name = name_delivery("0190", "CERTIFICATE", ".xml")
    assert name == "0190.CERTIFICATE.xml"
    assert name_advice(name) == "0190.CERTIFICATE.xml.advice.json"
    assert (name_door(binding=True), name_door(binding=False)) == ("out", "parallel")


@pytest.mark.parametrize(
    ("name", "taken"),
    [("a.xml", True), ("a.part.xml", True), ("a.xml.part", False), (".a.xml", False)],
)
def test_half_written_and_hidden_files_are_no_payloads(name: str, *, taken: bool) -> None:
    assert is_payload_name(name) is taken


def test_findings_travel_as_they_are() -> None:
    (told,) = json.loads(spell_advice([FINDING]))
    assert told["code"] == "rule.some"
    assert told["message"] == "expected ก, found ข"
    note = note_accepted("d-1", [FINDING])
    assert json.loads(note) == {"document_id": "d-1", "findings": [told]}
    assert "ก" in note  # people read it


def test_people_read_notes_member_by_member() -> None:
    assert note_accepted("d-1", []) == '{\n  "document_id": "d-1",\n  "findings": []\n}'
    assert spell_advice([FINDING]).startswith(b'[\n  {\n    "code": "rule.some",\n')


def test_a_refusal_says_who_must_act_and_whether_it_is_final() -> None:
    refusal = RefusedError("parked.held", "expected one", actor=Actor.OPERATOR, findings=(FINDING,))
    told = json.loads(note_refused(refusal))
    assert {key: told[key] for key in ("code", "actor", "final", "message")} == {
        "code": "parked.held",
        "actor": "operator",
        "final": True,
        "message": "expected one",
    }
    assert [each["code"] for each in told["findings"]] == ["rule.some"]


def test_a_name_of_220_octets_stays_and_a_longer_one_ends_in_its_digest() -> None:
    longest = "a" * 220
    assert fit_name(longest) == longest
    fitted = [fit_name(longest + end) for end in ("b", "c")]
    assert fitted[0] != fitted[1]
    for each in fitted:
        kept, _, digest = each.partition("~")
        assert kept == "a" * 200
        assert len(digest) == 16


def test_a_long_name_is_not_cut_within_a_character() -> None:
    kept, _, _ = fit_name("a" + "ก" * 100).partition("~")
    assert kept == "a" + "ก" * 66  # 199 octets; the next character would be the 200th to 202nd


@pytest.mark.parametrize(
    ("name", "tried"),
    [
        ("a.b.xml", ["a.b.xml", "a.b~2.xml", "a.b~3.xml"]),
        ("plain", ["plain", "plain~2", "plain~3"]),
    ],
)
def test_names_are_tried_with_numbers_before_the_suffix(name: str, tried: list[str]) -> None:
    assert list(islice(try_names(name), 3)) == tried
