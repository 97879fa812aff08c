"""What the models hold between fields, and what a certificate knows of itself."""

from __future__ import annotations

from typing import Any, Final, get_args

import pytest
from lxml import etree
from pydantic import ValidationError

from swb_schemas.catalogue import CATALOGUE, decode_document, find_type_of, get_type
from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    RelayReceipt,
    RetransmissionReply,
    TransportAck,
    elements,
)
from swb_schemas.documents.customs import Decision, roll_up
from swb_schemas.documents.elements import Digest
from swb_schemas.documents.forms import FORMS
from swb_schemas.errors import RefusedError
from swb_schemas.parties import CertificateKey
from swb_schemas.xml import encode, load_schema, parse_xml
from swb_schemas.xml.codec import findings_of
from tests.certificates import make_certificate, make_values

SUBJECT: Final = {
    "issuing_country": "TH",
    "issuing_office": "BKK",
    "reference_number": "D2026-0000001",
}
AT: Final = "2026-11-05T02:00:00Z"
ID: Final = "01932b5c-0000-7000-8000-000000000001"
JUDGED: Final = {"message_id": ID, "message_digest": Digest.of_sha256(b"\1" * 32), "at": AT}
REASON: Final = {"text": "criterion not met"}


def response(decision: str, *items: tuple[int, str]) -> dict[str, Any]:
    return {
        "subject": SUBJECT,
        "response_number": 1,
        "decision": decision,
        "decided_at": AT,
        "office": "Cat Lai",
        "items": [
            {
                "sequence_number": number,
                "decision": each,
                "reasons": [REASON] if each == "NOT_GIVEN" else [],
            }
            for number, each in items
        ],
    }


ANSWERED: Final = {
    "document_id": "019ca3b5-0a08-7000-8000-000000000001",
    "outcome": "SENT",
    "message_id": "019ca3b5-0efa-7000-8000-000000000003",
}
OWN_EXTENSION: Final = {
    "must_understand": False,
    "element": '<Other xmlns="urn:swb:retransmission-reply:1"></Other>',
}

VALID: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "a receipt": (CustomsReceipt, {"subject": SUBJECT, "outcome": "REC", "at": AT}),
    "a failure with its reason": (
        CustomsReceipt,
        {"subject": SUBJECT, "outcome": "NOT", "at": AT, "reason": {"text": "down"}},
    ),
    "all given": (CustomsResponse, response("GIVEN", (1, "GIVEN"), (2, "GIVEN"))),
    "one not given": (CustomsResponse, response("NOT_GIVEN", (1, "GIVEN"), (2, "NOT_GIVEN"))),
    "one pending": (CustomsResponse, response("PENDING", (1, "GIVEN"), (2, "PENDING"))),
    "an acceptance": (
        TransportAck,
        {"acknowledged": [{**JUDGED, "outcome": "ACCEPTED", "hop": "AS2"}]},
    ),
    "what was sent again, with its message": (RetransmissionReply, {"answered": [ANSWERED]}),
    "a refusal with its code": (
        RelayReceipt,
        {"relayed": [{**JUDGED, "outcome": "REFUSED", "code": "trust.unknown_party"}]},
    ),
}


@pytest.mark.parametrize(("model", "values"), VALID.values(), ids=VALID)
def test_takes(model: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - any document
    octets = encode(model.model_validate(values))
    assert decode_document(parse_xml(octets)) == model.model_validate(values)


INVALID: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "a failure without a reason": (
        CustomsReceipt,
        {"subject": SUBJECT, "outcome": "NOT", "at": AT},
    ),
    "given though an item is not": (
        CustomsResponse,
        response("GIVEN", (1, "GIVEN"), (2, "NOT_GIVEN")),
    ),
    "not given though no item is not": (
        CustomsResponse,
        response("NOT_GIVEN", (1, "GIVEN"), (2, "PENDING")),
    ),
    "given though an item is pending": (
        CustomsResponse,
        response("GIVEN", (1, "GIVEN"), (2, "PENDING")),
    ),
    "an item's decision twice": (CustomsResponse, response("GIVEN", (1, "GIVEN"), (1, "GIVEN"))),
    "no items": (CustomsResponse, response("PENDING")),
    "a denial without a reason": (
        CustomsResponse,
        {
            **response("NOT_GIVEN", (1, "NOT_GIVEN")),
            "items": [{"sequence_number": 1, "decision": "NOT_GIVEN"}],
        },
    ),
    "a refusal without a code": (
        TransportAck,
        {"acknowledged": [{**JUDGED, "outcome": "REFUSED", "hop": "AS2"}]},
    ),
    "an acceptance with a code": (
        RelayReceipt,
        {"relayed": [{**JUDGED, "outcome": "ACCEPTED", "code": "a.b"}]},
    ),
    "what was not sent, with a message": (
        RetransmissionReply,
        {"answered": [{**ANSWERED, "outcome": "ERASED"}]},
    ),
    "extensions in the document's own namespace": (
        RetransmissionReply,
        {"answered": [ANSWERED], "extensions": {"extensions": [OWN_EXTENSION]}},
    ),
    "an acknowledgement of nothing": (TransportAck, {"acknowledged": []}),
    "an item's number twice": (
        CertificateOfOrigin,
        make_values(items=2, items__1__sequence_number=1),
    ),
    "an item without an invoice": (CertificateOfOrigin, make_values(items__0__invoices=[])),
    "a certificate without items": (CertificateOfOrigin, make_values(items=0)),
    "an exhibition without a name": (
        CertificateOfOrigin,
        make_values(special_cases__exhibition={"address": "Hall 1"}),
    ),
    "back-to-back without an original": (
        CertificateOfOrigin,
        make_values(special_cases__back_to_back={"originals": []}),
    ),
    "third-country invoicing without a company": (
        CertificateOfOrigin,
        make_values(special_cases__third_country_invoicing={"company_country": "JP"}),
    ),
    "a field that is not known": (CertificateOfOrigin, make_values(colour="blue")),
    "another major version": (CertificateOfOrigin, make_values(version="2.0")),
}


@pytest.mark.parametrize(("model", "values"), INVALID.values(), ids=INVALID)
def test_refuses(model: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - any document
    with pytest.raises(ValidationError):
        model.model_validate(values)


@pytest.mark.parametrize("document", ["CertificateIssue", "CustomsResponse"])
def test_the_schema_too_refuses_an_item_number_that_stands_twice(document: str) -> None:
    whole = {
        "CertificateIssue": make_certificate(items=2),
        "CustomsResponse": CustomsResponse.model_validate(
            response("GIVEN", (1, "GIVEN"), (2, "GIVEN"))
        ),
    }[document]
    schema = load_schema(CATALOGUE[document].schema)
    octets = encode(whole)
    assert schema.accepts(parse_xml(octets))
    spoiled = octets.replace(b"<SequenceNumber>2<", b"<SequenceNumber>1<")
    assert not schema.accepts(parse_xml(spoiled))


def test_every_flag_of_box_13_holds_what_ticking_requires() -> None:
    certificate = make_certificate(
        special_cases={
            "third_country_invoicing": {"company_name": "Example KK", "company_country": "JP"},
            "exhibition": {"name": "Example Fair", "address": "Hall 1\nHanoi"},
            "accumulation": {},
            "de_minimis": {},
            "back_to_back": {
                "originals": [
                    {
                        "issuing_country": "ID",
                        "reference_number": "0001/KOX/2026",
                        "issue_date": "2026-09-01",
                    }
                ]
            },
            "issued_retroactively": {},
            "partial_cumulation": {},
        }
    )
    octets = encode(certificate)
    assert load_schema("certificate-of-origin-1.xsd").accepts(parse_xml(octets))
    assert decode_document(parse_xml(octets)) == certificate
    assert octets.count(b"<Accumulation></Accumulation>") == 1


def test_a_certificate_knows_its_key() -> None:
    certificate = make_certificate(reference_number="VN-TH 09/02/00006", issuing_office="02")
    assert certificate.key == CertificateKey("TH", "02", "VN-TH 09/02/00006")
    receipt = CustomsReceipt.model_validate({"subject": SUBJECT, "outcome": "REC", "at": AT})
    assert receipt.subject.key == make_certificate().key


def test_documents_cannot_be_changed() -> None:
    certificate = make_certificate()
    with pytest.raises(ValidationError):
        certificate.remarks = "later"  # type: ignore[misc]  # the point


ROLLED_UP: Final = {
    "nothing": ([], Decision.PENDING),
    "given": ([Decision.GIVEN], Decision.GIVEN),
    "given and pending": ([Decision.GIVEN, Decision.PENDING], Decision.PENDING),
    "pending and not given": ([Decision.PENDING, Decision.NOT_GIVEN], Decision.NOT_GIVEN),
    "given and not given": ([Decision.GIVEN, Decision.NOT_GIVEN], Decision.NOT_GIVEN),
}


@pytest.mark.parametrize(("decisions", "expected"), ROLLED_UP.values(), ids=ROLLED_UP)
def test_rolls_up(decisions: list[Decision], expected: Decision) -> None:
    assert roll_up(decisions) is expected


def test_a_digest_has_one_spelling_and_one_short_form() -> None:
    digest = Digest.of_sha256(b"\0" * 32)
    assert digest.text == "sha-256:" + "00" * 32
    assert Digest.parse(digest.text) == digest
    for bad in ("", "00" * 32, "sha-256:00", "sha-1:" + "00" * 32, "sha-256:" + "ZZ" * 32):
        with pytest.raises(ValueError, match="expected sha-256"):
            Digest.parse(bad)
    with pytest.raises(ValidationError):
        Digest(algorithm=digest.algorithm, value=digest.value[:-2] + "B=")


# --- catalogue -----------------------------------------------------------------------------------


def test_every_type_of_the_catalogue_is_whole() -> None:
    for name, entry in CATALOGUE.items():
        assert entry.message_type == name
        assert set(entry.answers) <= set(CATALOGUE)
        assert entry.root == f"{{{entry.model.namespace}}}{entry.model.__name__}"
        assert entry.model.namespace.endswith(f":{entry.version.partition('.')[0]}")
        assert load_schema(entry.schema) is load_schema(entry.schema)


def test_finds_the_type_of_a_document_and_by_name() -> None:
    assert find_type_of(make_certificate()) is get_type("CertificateIssue")
    with pytest.raises(RefusedError) as caught:
        get_type("Invoice")
    assert caught.value.code == "catalogue.unknown_type"


def test_refuses_a_document_of_no_known_type() -> None:
    with pytest.raises(RefusedError) as caught:
        decode_document(etree.fromstring(b'<Invoice xmlns="urn:example:invoice"/>'))
    assert caught.value.code == "catalogue.unknown_type"


def test_an_item_number_that_stands_twice_is_named() -> None:
    item = make_certificate().items[0].model_dump()
    values = make_certificate().model_dump() | {"items": [item, item]}
    with pytest.raises(
        ValidationError, match="expected each item number once, found 1 again"
    ) as told:
        CertificateOfOrigin.model_validate(values)
    (finding,) = findings_of(told.value, root="CertificateOfOrigin")
    assert finding.path == "CertificateOfOrigin/Item[2]/SequenceNumber"


def test_every_pattern_of_an_element_has_words() -> None:
    kinds = [kind for kind in vars(elements).values() if get_args(kind)[:1] == (str,)]
    patterns = {
        each.pattern
        for kind in kinds
        for field in get_args(kind)[1:]
        for each in getattr(field, "metadata", ())
        if getattr(each, "pattern", None)
    }
    assert len(patterns) > 10
    assert patterns <= FORMS.keys()
