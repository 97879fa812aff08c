"""The codec: one canonical form, and an exact inverse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import Field

from swb_schemas.catalogue import CATALOGUE, decode_document, find_type_of
from swb_schemas.documents import CertificateOfOrigin, Document
from swb_schemas.documents.elements import Aggregate
from swb_schemas.errors import RefusedError
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.wire.seal_header import SealHeader
from swb_schemas.xml import (
    canonical_octets,
    decode,
    encode,
    encode_element,
    parse_xml,
    validate_xml,
)
from tests.certificates import make_certificate
from tests.strategies import aggregates

if TYPE_CHECKING:
    from collections.abc import Callable

# Documents have some dozens of fields; building one takes hypothesis a while, explaining a failure
# takes it minutes.
SLOW_TO_BUILD: Final = settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
MODELS: Final = {name: entry.model for name, entry in CATALOGUE.items()}


def read(raw: bytes) -> Document:
    return decode_document(parse_canonical(raw))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@SLOW_TO_BUILD
@given(data=st.data())
def test_reads_back_what_it_wrote_and_writes_what_it_read(
    model: type[Document], data: st.DataObject
) -> None:
    document = data.draw(aggregates(model))
    octets = encode(document)
    element = parse_xml(octets)
    assert canonical_octets(element) == octets
    validate_xml(element, find_type_of(document).schema)
    assert read(octets) == document
    assert encode(read(octets)) == octets


@SLOW_TO_BUILD
@given(header=aggregates(SealHeader))
def test_writes_a_header_as_a_child_of_its_document(header: SealHeader) -> None:
    octets = encode_element(header, "SealHeader")
    assert octets.startswith(b"<SealHeader><DocumentId>")
    inside = b'<SealedDocument xmlns="urn:swb:sealed-document:1">' + octets + b"</SealedDocument>"
    (element,) = parse_xml(inside)
    assert decode(SealHeader, element) == header
    assert canonical_octets(parse_xml(inside)) == inside


def test_writes_the_one_canonical_form() -> None:
    certificate = make_certificate(exporter__name='Rice & Sons <"A">', remarks="first\nsecond")
    octets = encode(certificate).decode()
    assert octets.startswith(
        '<CertificateOfOrigin xmlns="urn:swb:certificate-of-origin:1" version="1.0" xml:lang="en">'
        "<Agreement>ATIGA</Agreement>"
    )
    assert '<Name>Rice &amp; Sons &lt;"A"&gt;</Name>' in octets
    assert "<Remarks>first\nsecond</Remarks>" in octets
    assert "<SpecialCases></SpecialCases>" in octets
    assert octets.endswith("</CertificateOfOrigin>")


# --- everything that is not the one form is refused, with its own code ---------------------------

Spoil = tuple[str, str]
NOT_CANONICAL: Final[dict[str, tuple[Spoil, str]]] = {
    "a trailing zero": (('unit="KGM">1200.5<', 'unit="KGM">1200.50<'), "xml.schema"),
    "a plus sign": (("<SequenceNumber>1<", "<SequenceNumber>+1<"), "xml.schema"),
    "a leading zero": (("<SequenceNumber>1<", "<SequenceNumber>01<"), "xml.schema"),
    "a point without digits": (('unit="KGM">1200.5<', 'unit="KGM">1200.<'), "xml.schema"),
    "a point without whole part": (('unit="KGM">1200.5<', 'unit="KGM">.5<'), "xml.schema"),
    "an exponent": (('unit="KGM">1200.5<', 'unit="KGM">1.2E3<'), "xml.schema"),
    "minus zero": (('unit="KGM">1200.5<', 'unit="KGM">-0<'), "xml.schema"),
    "a negative amount": (('currency="USD">15000.25<', 'currency="USD">-1<'), "xml.schema"),
    "a date with a zone": (("<Date>2026-11-02<", "<Date>2026-11-02Z<"), "xml.schema"),
    "a date that does not exist": (("<Date>2026-11-02<", "<Date>2026-02-30<"), "xml.schema"),
    "a date of five digits": (("<Date>2026-11-02<", "<Date>12026-11-02<"), "xml.schema"),
    "space behind a number": (('unit="KGM">1200.5<', 'unit="KGM">1200.5 <'), "document.invalid"),
    "space behind a date": (("<Date>2026-11-02<", "<Date>2026-11-02 <"), "document.invalid"),
    "space behind a code": (("<TypeCode>CT<", "<TypeCode>CT <"), "xml.schema"),
    "space behind a text": (("<Place>Bangkok<", "<Place>Bangkok <"), "xml.schema"),
    "a no-break space behind a text": (
        ("<Place>Bangkok<", "<Place>Bangkok\u00a0<"),
        "xml.schema",
    ),
    "an empty text": (("<Place>Bangkok<", "<Place><"), "xml.schema"),
    "a line feed in one line": (("<Place>Bangkok<", "<Place>Bang\nkok<"), "xml.schema"),
    "an empty line": (("<Address>99 Rama IV Road\n", "<Address>99 Rama IV Road\n\n"), "xml.schema"),
    "a tab": (("<Place>Bangkok<", "<Place>Bang\tkok<"), "xml.schema"),
    "a bidirectional override": (("<Place>Bangkok<", "<Place>Bang\u202ekok<"), "xml.schema"),
    "a private-use character": (("<Place>Bangkok<", "<Place>Bang\ue000kok<"), "xml.schema"),
    "a soft hyphen": (("<Place>Bangkok<", "<Place>Bang\u00adkok<"), "xml.schema"),
    "text that is not NFC": (("<Place>Bangkok<", "<Place>Ba\u0301ngkok<"), "document.invalid"),
    "CDATA": (("<Place>Bangkok<", "<Place><![CDATA[Bangkok]]><"), "xml.not_canonical"),
    "a comment": (("<Place>Bangkok<", "<Place>Bang<!-- -->kok<"), "xml.not_canonical"),
    "a comment between elements": (
        ("<Certification>", "<!-- --><Certification>"),
        "xml.not_canonical",
    ),
    "a processing instruction": (
        ("<Certification>", "<?x y?><Certification>"),
        "xml.processing_instruction",
    ),
    "a character reference": (("<Place>Bangkok<", "<Place>&#66;angkok<"), "xml.not_canonical"),
    "an entity": (("<Place>Bangkok<", "<Place>&b;angkok<"), "xml.malformed"),
    "a greater-than sign as it is": (
        ("<Place>Bangkok<", "<Place>a > b<"),
        "xml.not_canonical",
    ),
    "white space between elements": (
        ("<Certification>", "\n  <Certification>"),
        "xml.not_canonical",
    ),
    "white space before the end": (
        ("</CertificateOfOrigin>", "\n</CertificateOfOrigin>"),
        "xml.not_canonical",
    ),
    "a final line feed": (
        ("</CertificateOfOrigin>", "</CertificateOfOrigin>\n"),
        "xml.not_canonical",
    ),
    "an XML declaration": (
        ("<CertificateOfOrigin ", '<?xml version="1.0"?><CertificateOfOrigin '),
        "xml.not_canonical",
    ),
    "a byte order mark": (
        ("<CertificateOfOrigin ", "\ufeff<CertificateOfOrigin "),
        "xml.not_canonical",
    ),
    "an empty-element tag": (
        ("<SpecialCases></SpecialCases>", "<SpecialCases/>"),
        "xml.not_canonical",
    ),
    "single quotes": (('version="1.0"', "version='1.0'"), "xml.not_canonical"),
    "attributes in another order": (
        ('version="1.0" xml:lang="en"', 'xml:lang="en" version="1.0"'),
        "xml.not_canonical",
    ),
    "space within a tag": (("<Place>", "<Place >"), "xml.not_canonical"),
    "a prefix": (
        (
            "<Place>Bangkok</Place>",
            '<p:Place xmlns:p="urn:swb:certificate-of-origin:1">Bangkok</p:Place>',
        ),
        "xml.not_canonical",
    ),
    "an unused namespace": (
        ('xml:lang="en">', 'xml:lang="en" xmlns:p="urn:example:p">'),
        "xml.not_canonical",
    ),
    "an unknown element": (("<Certification>", "<Other></Other><Certification>"), "xml.schema"),
    "an unknown attribute": (("<Certification>", '<Certification a="b">'), "xml.schema"),
    "elements in another order": (
        (
            "<Agreement>ATIGA</Agreement><Edition>2020</Edition>",
            "<Edition>2020</Edition><Agreement>ATIGA</Agreement>",
        ),
        "xml.schema",
    ),
    "another major version": (('version="1.0"', 'version="2.0"'), "xml.schema"),
    "another namespace": (
        ("certificate-of-origin:1", "certificate-of-origin:2"),
        "catalogue.unknown_type",
    ),
}


@pytest.mark.parametrize(("spoil", "code"), NOT_CANONICAL.values(), ids=NOT_CANONICAL)
def test_refuses(spoil: Spoil, code: str) -> None:
    good = encode(make_certificate()).decode()
    before, after = spoil
    assert before in good, "the sample has what is spoiled"
    with pytest.raises(RefusedError) as caught:
        read(good.replace(before, after, 1).encode())
    assert caught.value.code == code


def test_refuses_other_encodings() -> None:
    good = encode(make_certificate(exporter__name="Café"))
    for octets, code in (
        (good.decode().encode("utf-16"), "xml.not_canonical"),
        (good.replace("é".encode(), "é".encode("latin-1")), "xml.malformed"),
    ):
        with pytest.raises(RefusedError) as caught:
            read(octets)
        assert caught.value.code == code


def test_decode_alone_refuses_white_space_and_comments_between_elements() -> None:
    good = encode(make_certificate()).decode()
    for between in (" ", "\n", "<!-- -->"):
        spoiled = parse_xml(good.replace("<Certification>", f"{between}<Certification>").encode())
        with pytest.raises(RefusedError, match="CertificateOfOrigin") as caught:
            decode(CertificateOfOrigin, spoiled)
        assert caught.value.code == "xml.not_canonical"


def test_says_where_a_value_is_wrong() -> None:
    good = encode(make_certificate(items=3)).decode()
    first, _, rest = good.partition("<SequenceNumber>3<")
    spoiled = first + "<SequenceNumber>3<" + rest.replace("Polypropylene", "Pe\u0301", 1)
    with pytest.raises(RefusedError) as caught:
        read(spoiled.encode())
    (finding,) = caught.value.findings
    assert finding.path == "CertificateOfOrigin/Item[3]/Description"
    assert finding.message == "expected text in Unicode normal form C (NFC)"


# --- extensions ----------------------------------------------------------------------------------


def extended(element: str) -> Callable[[], Document]:
    extension: dict[str, Any] = {"must_understand": False, "element": element}
    return lambda: make_certificate(extensions={"extensions": [extension]})


KEPT: Final = {
    "with a prefix": '<p:A xmlns:p="urn:example:a">x</p:A>',
    "with a default namespace": '<A xmlns="urn:example:a"><B>x</B></A>',
    "with mixed content and white space": '<p:A xmlns:p="urn:example:a"> x <p:B></p:B>\n</p:A>',
    "with an element of no namespace": '<p:A xmlns:p="urn:example:a"><B xmlns="">x</B></p:A>',
    "with an element of the document's own": '<p:A xmlns:p="urn:example:a"><Item>x</Item></p:A>',
    "with attributes": '<p:A xmlns:p="urn:example:a" a="&lt;1" p:b="2"></p:A>',
}


@pytest.mark.parametrize("element", KEPT.values(), ids=KEPT)
def test_keeps_an_extension_to_the_octet(element: str) -> None:
    octets = encode(extended(element)())
    assert element.encode() in octets
    assert encode(read(octets)) == octets


NO_EXTENSION: Final = {
    "of no namespace": '<A xmlns="">x</A>',
    "of the document's namespace": "<Item>x</Item>",
    "of the document's namespace with a prefix": (
        '<p:A xmlns:p="urn:swb:certificate-of-origin:1">x</p:A>'
    ),
    "not canonical": '<p:A xmlns:p="urn:example:a"/>',
    "with the document's namespace declared again": (
        '<p:A xmlns:p="urn:example:a"><B xmlns="urn:swb:certificate-of-origin:1">x</B></p:A>'
    ),
    "two elements": '<p:A xmlns:p="urn:a:b"></p:A><p:A xmlns:p="urn:a:b"></p:A>',
    "text": "x",
    "nothing": "",
    "text beside the element": '<p:A xmlns:p="urn:example:a"></p:A>x',
    "no XML": '<p:A xmlns:p="urn:example:a">',
    "a way out of the wrapping": '</Extension><Extension xmlns="urn:swb:any">',
    "a comment": '<p:A xmlns:p="urn:example:a"><!-- --></p:A>',
    "a document type": '<!DOCTYPE a><p:A xmlns:p="urn:example:a"></p:A>',
    "a lone surrogate": '<p:A xmlns:p="urn:example:a">\ud800</p:A>',
}


@pytest.mark.parametrize("element", NO_EXTENSION.values(), ids=NO_EXTENSION)
def test_cannot_hold_an_extension_that_is(element: str) -> None:
    with pytest.raises(ValueError, match=r"expected|string"):
        extended(element)()


# --- attributes stand in the order of canonical XML -----------------------------------------------


class Ordered(Aggregate):
    """Fields in another order than canonical XML asks for."""

    lang: str = Field(alias="{http://www.w3.org/XML/1998/namespace}lang")
    zone: str = Field(alias="zone")
    area: str = Field(alias="area")
    value: str


def test_orders_attributes_by_namespace_then_name() -> None:
    octets = encode_element(Ordered(lang="en", zone="z", area="a", value="x"), "T")
    assert octets == b'<T area="a" zone="z" xml:lang="en">x</T>'
    assert canonical_octets(parse_xml(octets)) == octets


def test_refuses_a_prefix_on_every_element() -> None:
    good = encode(make_certificate()).decode()
    prefixed = re.sub(r"<(/?)([A-Z])", r"<\1p:\2", good).replace(" xmlns=", " xmlns:p=", 1)
    with pytest.raises(RefusedError) as caught:
        read(prefixed.encode())
    assert caught.value.code == "xml.not_canonical"


def test_takes_as_many_items_as_the_form_may_have() -> None:
    octets = encode(make_certificate(items=5000))
    assert encode(read(octets)) == octets
    one_more = b"<Item>" + octets.partition(b"<Item>")[2].partition(b"<Item>")[0]
    more = octets.replace(b"<Item>", one_more.replace(b">1<", b">5001<", 1) + b"<Item>", 1)
    with pytest.raises(RefusedError) as caught:
        read(more)
    assert caught.value.code == "xml.schema"
