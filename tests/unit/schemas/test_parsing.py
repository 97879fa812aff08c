"""Untrusted XML: every door that is not used is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.errors import RefusedError
from swb_schemas.xml import XmlLimits, canonical_octets, parse_xml

if TYPE_CHECKING:
    from pathlib import Path

REFUSED: Final[dict[str, tuple[bytes, str]]] = {
    "nothing": (b"", "xml.malformed"),
    "no XML": (b"not xml", "xml.malformed"),
    "an element that is not closed": (b"<a>", "xml.malformed"),
    "two roots": (b"<a/><b/>", "xml.malformed"),
    "an unknown prefix": (b"<p:a/>", "xml.malformed"),
    "an attribute twice": (b'<a b="1" b="2"/>', "xml.malformed"),
    "an unknown entity": (b"<a>&b;</a>", "xml.malformed"),
    "a character that XML forbids": (b"<a>\x01</a>", "xml.malformed"),
    "no UTF-8": (b"<a>\xff</a>", "xml.malformed"),
    "another encoding that lies": (b'<?xml version="1.0" encoding="x-none"?><a/>', "xml.malformed"),
    "a document type": (b"<!DOCTYPE a><a/>", "xml.doctype"),
    "a document type with an entity": (
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "xml.doctype",
    ),
    "an external entity": (
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        "xml.doctype",
    ),
    "a parameter entity": (
        b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:9/">%b;]><a/>',
        "xml.doctype",
    ),
    "a default attribute": (
        b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
        "xml.doctype",
    ),
    "many laughs": (
        b'<!DOCTYPE a [<!ENTITY b "aaaaaaaaaa"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
        "xml.doctype",
    ),
    "a document type in UTF-16": (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(
            "utf-16"
        ),
        "xml.doctype",
    ),
    "a processing instruction within": (b"<a><?b c?></a>", "xml.processing_instruction"),
    "a processing instruction in front": (b"<?b c?><a/>", "xml.processing_instruction"),
    "a processing instruction behind": (b"<a/><?b c?>", "xml.processing_instruction"),
    "a style sheet": (
        b'<?xml-stylesheet href="http://127.0.0.1:9/"?><a/>',
        "xml.processing_instruction",
    ),
    "deep nesting": (b"<a>" * 33 + b"</a>" * 33, "xml.too_deep"),
    "nesting beyond what the parser takes": (b"<a>" * 5000 + b"</a>" * 5000, "xml.too_deep"),
    "too many elements": (b"<a>" + b"<b/>" * 400_000 + b"</a>", "xml.too_many_elements"),
    "too many attributes": (
        b"<a><b" + b"".join(b' a%d=""' % at for at in range(65)) + b"/></a>",
        "xml.too_many_attributes",
    ),
    "too many octets": (b"<a>" + b" " * 20_000_000 + b"</a>", "xml.too_large"),
    "a text of more than ten million characters": (
        b"<a>" + b"x" * 10_000_001 + b"</a>",
        "xml.too_large",
    ),
}


@pytest.mark.parametrize(("raw", "code"), REFUSED.values(), ids=REFUSED)
def test_refuses(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_xml(raw)
    assert caught.value.code == code
    assert len(caught.value.message) < 400


def test_takes_as_many_attributes_as_are_allowed() -> None:
    attributes = b"".join(b' a%d=""' % at for at in range(64))
    assert len(parse_xml(b"<a" + attributes + b"><b/></a>").attrib) == 64


def test_keeps_to_the_limits_that_it_is_given() -> None:
    assert parse_xml(b"<a><b/></a>", limits=XmlLimits(octets=11, depth=2, elements=2)) is not None
    for limits, code in (
        (XmlLimits(octets=10), "xml.too_large"),
        (XmlLimits(depth=1), "xml.too_deep"),
        (XmlLimits(elements=1), "xml.too_many_elements"),
    ):
        with pytest.raises(RefusedError) as caught:
            parse_xml(b"<a><b/></a>", limits=limits)
        assert caught.value.code == code


ALMOST_XML: Final = st.text(alphabet="<>/ab&;!-?[]'\"= \n", max_size=80).map(str.encode)


@given(st.binary(max_size=200) | ALMOST_XML)
def test_any_octets_become_a_tree_or_a_refusal(raw: bytes) -> None:
    try:
        root = parse_xml(raw)
    except RefusedError:
        return
    octets = canonical_octets(root)
    assert canonical_octets(parse_xml(octets)) == octets


HOSTILE_SAMPLES: Final = {
    "cyclic.xml",
    "dtd.xml",
    "external.xml",
    "external_file.xml",
    "quadratic.xml",
    "xmlbomb.xml",
    "xmlbomb2.xml",
}


@pytest.mark.parametrize("name", sorted(HOSTILE_SAMPLES))
def test_refuses_hostile_samples_that_others_wrote(samples: Path, name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_xml((samples / "malicious" / "defusedxml" / name).read_bytes())
    assert caught.value.code == "xml.doctype"


def test_knows_every_sample_of_that_folder(samples: Path) -> None:
    """What is not hostile to a parser parses, or is refused for another reason."""
    others = {
        path.name
        for path in (samples / "malicious" / "defusedxml").glob("*.x*")
        if path.name not in HOSTILE_SAMPLES
    }
    assert others == {"simple.xml", "simple-ns.xml", "xalan_exec.xsl", "xalan_write.xsl"}


def test_refuses_to_canonicalise_a_relative_namespace_name() -> None:
    with pytest.raises(RefusedError) as refused:
        canonical_octets(parse_xml(b'<a xmlns="relative/name"></a>'))
    assert refused.value.code == "xml.not_canonical"
