"""Classes of data, and what a policy carries, masks and blocks."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.data_classes import DataClass, find_class, list_elements
from swb_schemas.data_policy import MASK, parse_data_policy
from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml, validate_xml
from tests.rulebook.case import plain, response
from tests.rulebook.extract import extract

if TYPE_CHECKING:
    from swb_schemas.documents import Document

FOB: Final = '[[rule]]\nelement = "DeclarationExtract/Item/FobAmount"\ndo = "{}"\n'
CLASS: Final = '[[rule]]\nclass = "{}"\ndo = "{}"\n'


def applied(policy: str, document: Document, to: str = "ID") -> tuple[Document, list[str]]:
    left, losses = parse_data_policy(policy.encode()).apply(document, destination=to)
    validate_xml(parse_xml(encode(left)), schema_of(left))
    assert {each.severity for each in losses} <= {"loss"}
    return left, [f"{each.code} {each.path.partition('/')[2]}" for each in losses]


def schema_of(document: Document) -> str:
    return next(e.schema for e in CATALOGUE.values() if e.model is type(document))


@pytest.mark.parametrize(
    ("path", "expected"),
    {
        "a name of a person": ("CertificateOfOrigin/Certification/SignatoryName", "personal"),
        "a party's name": ("CertificateOfOrigin/Exporter/Name", "personal"),
        "a port's name": ("CertificateOfOrigin/Transport/LoadingPort/Name", "public"),
        "an exhibition's name": ("CertificateOfOrigin/SpecialCases/Exhibition/Name", "commercial"),
        "a price": ("DeclarationExtract/Item/FobAmount", "commercial"),
        "free text": ("DeclarationExtract/Remarks", "restricted"),
        "what nobody classed": ("NewDocument/NewElement", "restricted"),
    }.values(),
)
def test_an_element_has_a_class_by_the_end_of_its_path(path: str, expected: str) -> None:
    assert find_class(path) is DataClass(expected)


@pytest.mark.parametrize("model", [CertificateOfOrigin, DeclarationExtract])
def test_every_element_is_classed(model: type[Document]) -> None:
    text = (files("swb_schemas") / "data_classes.toml").read_text(encoding="utf-8")
    ends = tuple(f"/{end}" for ends in tomllib.loads(text).values() for end in ends)
    assert [path for path in list_elements(model) if not path.endswith(ends)] == []


def test_what_no_line_is_about_is_carried() -> None:
    document = plain()
    assert applied("", document) == (document, [])
    assert applied(FOB.format("block"), document) == (document, [])
    assert applied('[[rule]]\nclass = "personal"\nto = ["SG"]\ndo = "mask"\n', document)[1] == []


def test_masks_personal_texts_and_leaves_the_rest_as_it_is() -> None:
    left, losses = applied(CLASS.format("personal", "mask"), plain())
    assert isinstance(left, CertificateOfOrigin)
    assert (left.exporter.name, left.exporter.national_names[0].value) == (MASK, MASK)
    assert left.exporter.national_names[0].lang == "th"
    assert left.certification.signatory_name == MASK
    assert left.exporter.country == "TH"
    assert left.items[0].description == plain().items[0].description
    assert "policy.masked Item[2]/ManufacturerName" in losses
    assert {each.split()[0] for each in losses} == {"policy.masked"}


@pytest.mark.parametrize(
    ("policy", "losses"),
    {
        "an element": (FOB.format("block"), ["policy.blocked Item[1]/FobAmount"]),
        "a number that cannot be masked": (
            FOB.format("mask"),
            ["policy.blocked Item[1]/FobAmount"],
        ),
        "a code that cannot be masked": (
            '[[rule]]\nelement = "DeclarationExtract/Transport/LoadingPort/Code"\ndo = "mask"\n',
            ["policy.blocked Transport/LoadingPort/Code"],
        ),
        "what cannot be without what is blocked": (
            '[[rule]]\nelement = "DeclarationExtract/Transport/LoadingPort/Name"\ndo = "block"\n',
            ["policy.blocked Transport/LoadingPort"],
        ),
        "an element before its class": (FOB.format("carry") + CLASS.format("public", "carry"), []),
        "a later line before an earlier one": (FOB.format("block") + FOB.format("carry"), []),
        "another type": (
            '[[rule]]\nmessage_type = "CertificateIssue"\nclass = "commercial"\ndo = "block"\n',
            [],
        ),
    }.values(),
)
def test_a_blocked_element_is_a_declared_loss(policy: str, losses: list[str]) -> None:
    assert applied(policy, extract())[1] == losses


def test_an_element_is_judged_before_its_class_whatever_stands_first() -> None:
    quantity = '[[rule]]\nelement = "DeclarationExtract/Item/Quantity"\ndo = "carry"\n'
    packages = quantity.replace("Quantity", "Package/Count")
    block = CLASS.format("commercial", "block")
    expected = ["policy.blocked Item[1]/FobAmount"]
    assert applied(quantity + packages + block, extract())[1] == expected
    assert applied(block + quantity + packages, extract())[1] == expected


@pytest.mark.parametrize(
    ("policy", "document"),
    [
        (CLASS.format("commercial", "block"), extract()),  # a line of goods without its quantity
        (CLASS.format("personal", "block"), plain()),  # a certificate without its exporter
        (CLASS.format("public", "block"), response()),
    ],
)
def test_a_document_that_cannot_be_without_it_does_not_leave(
    policy: str, document: Document
) -> None:
    with pytest.raises(RefusedError) as failure:
        applied(policy, document)
    assert failure.value.code == "policy.mandatory"
    (finding,) = failure.value.findings
    assert "/" in finding.path


def test_what_a_document_cannot_be_without_is_named_where_it_stands() -> None:
    policy = '[[rule]]\nelement = "DeclarationExtract/Item/Quantity"\ndo = "block"\n'
    with pytest.raises(RefusedError) as failure:
        applied(policy, extract())
    assert [each.path for each in failure.value.findings] == ["DeclarationExtract/Item[1]/Quantity"]


NEVER: Final[dict[str, tuple[str, str]]] = {
    "no destination at all": (
        'to = []\nclass = "public"',
        "rule[1]/to: expected at least 1, found 0",
    ),
    "a destination that is none": ('to = ["ZZ"]\nclass = "public"', "ISO 3166-1 in to, found 'ZZ'"),
    "an element of another type": (
        'message_type = "CertificateIssue"\nelement = "DeclarationExtract/Item/Invoice/Number"',
        "expected an element of CertificateOfOrigin, which CertificateIssue carries, found 'Decl",
    ),
    "a class that no element of the type has": (
        'message_type = "CustomsReceipt"\nclass = "commercial"',
        "expected a class that an element of CustomsReceipt has, found 'commercial'",
    ),
    "a type that does not say where it goes": (
        'message_type = "Cancellation"\nclass = "personal"',
        "expected a type that says where it goes, found 'Cancellation'",
    ),
    "an element of such a type": (
        'element = "Cancellation/OfficerName"',
        "expected a type that says where it goes, found 'Cancellation'",
    ),
}


@pytest.mark.parametrize(("line", "told"), NEVER.values(), ids=NEVER)
def test_a_line_that_can_never_match_is_refused(line: str, told: str) -> None:
    with pytest.raises(RefusedError) as failure:
        parse_data_policy(f'[[rule]]\n{line}\ndo = "block"\n'.encode())
    assert failure.value.code == "policy.malformed"
    assert told in failure.value.message


MALFORMED: Final[dict[str, Any]] = {
    "no TOML": b"[[rule]",
    "no text": b"\xff",
    "too large": b"#" * 1_000_001,
    "neither class nor element": b'[[rule]]\ndo = "block"',
    "both": b'[[rule]]\nclass = "public"\nelement = "CustomsReceipt/At"\ndo = "block"',
    "a class that there is not": b'[[rule]]\nclass = "secret"\ndo = "block"',
    "a treatment that there is not": b'[[rule]]\nclass = "public"\ndo = "burn"',
    "a type that there is not": b'[[rule]]\nclass = "public"\nmessage_type = "X"\ndo = "mask"',
    "an element that there is not": b'[[rule]]\nelement = "CustomsReceipt/X"\ndo = "mask"',
    "a part that holds no data itself": (
        b'[[rule]]\nelement = "CertificateOfOrigin/Exporter"\ndo = "block"'
    ),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_refuses_what_is_no_policy(raw: bytes) -> None:
    with pytest.raises(RefusedError) as failure:
        parse_data_policy(raw)
    assert failure.value.code == "policy.malformed"
