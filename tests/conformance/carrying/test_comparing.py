"""What changed is found, and what was declared lost is left aside."""

from __future__ import annotations

import pytest

from swb_conformance.carrying.altering import ALTERATIONS, alter, draw, multiply_items
from swb_conformance.carrying.comparing import find_differences, find_missing, matches_pattern
from swb_conformance.carrying.documents import list_documents
from swb_conformance.carrying.hostile import DAMAGES, list_hostile, mutate
from swb_schemas.catalogue import CATALOGUE, decode_document
from swb_schemas.xml import encode, parse_xml

BEFORE = b"<A><B>1</B><C u='x'><D>2</D></C><C><D>3</D><D>4</D></C></A>"


@pytest.mark.parametrize(
    ("after", "losses", "found"),
    [
        (BEFORE, (), ()),
        (BEFORE.replace(b"1", b"9"), (), ("A/B",)),
        (BEFORE.replace(b"1", b"9"), ("A/B",), ()),
        (BEFORE.replace(b"<B>1</B>", b""), (), ("A/B",)),
        (BEFORE.replace(b"<B>1</B>", b""), ("A/B",), ()),
        (BEFORE.replace(b"x", b"y"), (), ("A/C[1]/@u",)),
        (BEFORE.replace(b" u='x'", b""), ("A/C[1]/@u",), ()),
        (BEFORE.replace(b"<D>3</D>", b""), ("A/C[2]/D[1]",), ()),
        (BEFORE.replace(b"<D>4</D>", b""), ("A/C[2]/D[1]",), ("A/C[2]/D",)),
        (BEFORE.replace(b"<D>3</D><D>4</D>", b""), ("A/C[2]/D[1]", "A/C[2]/D[2]"), ()),
        (b"<A><B>1</B><C u='x'><D>2</D></C></A>", ("A/C[2]",), ()),
        (b"<A><B>1</B><C u='x'><D>2</D></C></A>", ("A/C[2]/D[1]", "A/C[2]"), ()),
        (BEFORE.replace(b"</A>", b"<E/></A>"), (), ("A/E",)),
        (b"<Z/>", (), ("A",)),
    ],
)
def test_differences_are_told_by_path(
    after: bytes, losses: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert find_differences(BEFORE, after, losses) == found


def test_a_loss_is_of_something_that_is_there() -> None:
    there = ["A/B", "A/C[2]/D[2]", "A/C[1]/@u", "A/C"]
    missing = ["A/C[3]", "A/C[1]/D[2]", "A/B/@u", "Z/B", "A/E"]
    assert find_missing(BEFORE, [*there, *missing]) == tuple(missing)
    for path in ("A/C[0]", "A/C[x]", "A//B"):
        with pytest.raises(ValueError, match="canonical path"):
            find_missing(BEFORE, [path])


def test_patterns_stand_for_positions_and_for_what_is_below() -> None:
    assert matches_pattern("A/Item[3]/Name", "A/Item[*]/Name")
    assert matches_pattern("A/Item[3]/Name/@xml:lang", "A/Item[*]")
    assert not matches_pattern("A/Item[3]/Names", "A/Item[*]/Name")
    assert not matches_pattern("A/Items", "A/Item[*]")


def test_documents_of_every_national_type_are_there() -> None:
    documents = list_documents()
    assert set(documents) <= set(CATALOGUE)
    assert len(documents) >= 15
    assert documents["CertificateIssue"][0].name == "carries-a-plain-form-d"
    for each in (one for several in documents.values() for one in several):
        assert encode(decode_document(parse_xml(each.octets))) == each.octets
        assert type(decode_document(parse_xml(each.octets))) is CATALOGUE[each.message_type].model


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_altered_document_is_valid_and_another(name: str) -> None:
    made = [
        (each.octets, altered)
        for several in list_documents().values()
        for each in several[:3]
        if (altered := alter(each.octets, name)) is not None
    ]
    assert made
    for before, after in made:
        assert before != after
        assert encode(decode_document(parse_xml(after))) == after


def test_what_is_drawn_is_drawn_again() -> None:
    before = list_documents()["CertificateIssue"][0].octets
    assert draw(before, "1") == draw(before, "1") != draw(before, "2")
    assert mutate(before, "1") == mutate(before, "1") != mutate(before, "2")
    assert mutate(b"", "1") == b""


def test_items_are_numbered_anew() -> None:
    before = list_documents()["CertificateIssue"][0].octets
    many = multiply_items(before, 30)
    assert many is not None
    assert many.count(b"<Item>") == 30
    assert b"<SequenceNumber>30</SequenceNumber>" in many
    assert multiply_items(list_documents()["CustomsReceipt"][0].octets, 3) is None


def test_what_is_hostile_is_not_the_same_twice() -> None:
    made = [make() for make in list_hostile().values()]
    assert len(set(made)) == len(made) >= 25
    payload = "<a>Đà Nẵng and some more text</a>".encode()
    damaged = [damage.do(payload) for damage in DAMAGES.values()]
    assert payload not in damaged
    assert len(set(damaged)) == len(damaged)
