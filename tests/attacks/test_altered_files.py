"""Nothing in a signed file can be changed: no text, name or attribute, not a single octet."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from swb_schemas.parsing import canonical_octets, parse_xml
from tests.attacks.reading import Reader
from tests.vectors.positive import clear_message, encrypted_message, sealed_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.vectors.xmlsec import Xmlsec

FILES: Final = {
    "sealed document": sealed_certificate(),
    "clear message": clear_message(),
    "encrypted message": encrypted_message(),
}
EVERY_FILE = pytest.mark.parametrize("octets", FILES.values(), ids=FILES.keys())
COVERED_BY_NOTHING: Final = [
    # No digest covers these, so xmlsec1 rightly accepts a change. The one shape does not.
    "Id of Signature",
    "name of QualifyingProperties",
    "Target of QualifyingProperties",
]


def _changes(octets: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Every text, attribute value and element name changed once.

    Yields:
        What was changed, its place (see `_place`), and the changed octets.
    """
    root = parse_xml(octets)
    for at, element in enumerate(root.iter()):
        name, place = etree.QName(element).localname, _place(element)
        changed, target = _copy(root, at)
        target.tag = f"{element.tag}X"
        yield f"name of {name}", place, canonical_octets(changed)
        if element.text:
            changed, target = _copy(root, at)
            target.text = _other(element.text)
            yield f"text of {name}", place, canonical_octets(changed)
        for key, value in element.attrib.items():
            changed, target = _copy(root, at)
            target.set(key, _other(str(value)))
            yield f"{key!s} of {name}", place, canonical_octets(changed)


def _place(element: etree._Element) -> str:
    """The path of an element of the signature; empty for others, which one digest covers."""
    for each in (element, *element.iterancestors()):
        if etree.QName(each).localname == "Signature":
            return str(etree.ElementTree(each).getelementpath(element))
    return ""


def _copy(root: etree._Element, at: int) -> tuple[etree._Element, etree._Element]:
    """A copy of a tree, and the element at a place in it."""
    copied = deepcopy(root)
    return copied, list(copied.iter())[at]


def _other(text: str) -> str:
    return ("B" if text.startswith("A") else "A") + text[1:]


@EVERY_FILE
def test_refuses_every_changed_text_name_and_attribute(octets: bytes, reader: Reader) -> None:
    accepted = [what for what, _, changed in _changes(octets) if not reader.refusal(changed)]
    assert accepted == []


def test_xmlsec1_refuses_every_change_of_signed_content(xmlsec: Xmlsec) -> None:
    """All signatures have one shape, so a change of one kind at one place of it is tried once."""
    kinds = {
        (what, place): changed
        for octets in FILES.values()
        for what, place, changed in _changes(octets)
    }
    assert len(kinds) > 150
    accepted = [what for (what, _), changed in kinds.items() if xmlsec.accepts(changed)]
    assert accepted == COVERED_BY_NOTHING


@EVERY_FILE
def test_refuses_every_changed_octet(octets: bytes, reader: Reader) -> None:
    accepted = []
    for at in range(len(octets)):
        changed = bytearray(octets)
        changed[at] ^= 1
        if not reader.refusal(bytes(changed)):
            accepted.append(at)
    assert accepted == []


@EVERY_FILE
def test_refuses_every_bit_of_sampled_octets(octets: bytes, reader: Reader) -> None:
    places = random.Random(7).sample(range(len(octets)), 400)  # noqa: S311 - a sample
    accepted = []
    for at in places:
        for bit in range(8):
            changed = bytearray(octets)
            changed[at] ^= 1 << bit
            if not reader.refusal(bytes(changed)):
                accepted.append((at, bit))
    assert accepted == []


@EVERY_FILE
def test_refuses_every_sampled_insertion_and_deletion(octets: bytes, reader: Reader) -> None:
    drawn = random.Random(11)  # noqa: S311 - a sample
    accepted = []
    for at in drawn.sample(range(len(octets)), 400):
        shorter = octets[:at] + octets[at + 1 :]
        longer = octets[:at] + bytes([drawn.choice(b" \n<>A=\"'&\0")]) + octets[at:]
        accepted += [at for changed in (shorter, longer) if not reader.refusal(changed)]
    assert accepted == []


@given(data=st.data(), name=st.sampled_from(sorted(FILES)))
def test_refuses_any_rearrangement(data: st.DataObject, name: str) -> None:
    octets = FILES[name]
    place = st.integers(0, len(octets))
    start, end = sorted((data.draw(place), data.draw(place)))
    into = data.draw(place)
    piece = octets[start:end]
    removed = octets[:start] + octets[end:]
    changed = removed[:into] + piece + removed[into:]
    doubled = octets[:into] + piece + octets[into:]
    for candidate in {removed, changed, doubled} - {octets}:
        assert Reader().refusal(candidate)
