"""The outer layer: header, body, extensions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from swb_conformance.cases import Question, load_cases
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.parsing import parse_xml
from swb_schemas.wire import ClearBody, EncryptedBody, MessageHeader
from swb_schemas.wire.message import read_message_parts
from tests.vectors import documents
from tests.vectors.positive import IGNORABLE
from tests.vectors.world import message_header, seal_header, wrap

if TYPE_CHECKING:
    from pathlib import Path

uuids = st.uuids(version=4).map(str)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - zone follows
    lambda each: each.replace(tzinfo=UTC)
)
parties = st.from_regex(
    r"urn:swb:party:([A-Z]{2}|REGION):[a-z][a-z-]{0,31}(:[A-Za-z0-9][A-Za-z0-9.-]{0,31})?",
    fullmatch=True,
)


@st.composite
def headers(draw: st.DrawFn) -> MessageHeader:
    created_at = draw(instants)
    return MessageHeader(
        message_id=draw(uuids),
        message_type=draw(st.from_regex(r"[A-Z][A-Za-z]{1,63}", fullmatch=True)),
        message_type_version=draw(st.sampled_from(["1.0", "2.17", "999.999"])),
        sender=draw(parties),
        receiver=draw(parties),
        created_at=created_at,
        expires_at=created_at + draw(st.timedeltas(timedelta(microseconds=1), timedelta(99))),
        environment=draw(st.sampled_from(Environment)),
        conversation_id=draw(uuids),
        document_id=draw(uuids),
        retransmission_of=draw(st.none() | uuids),
        correlation=draw(st.none() | uuids),
    )


@given(header=headers(), content=st.binary(max_size=200), extended=st.booleans())
def test_reads_what_it_wrote(header: MessageHeader, content: bytes, extended: bool) -> None:
    extensions = IGNORABLE if extended else None
    octets = wrap(header, content, extensions=extensions)
    start = octets.index(b"<ds:Signature ")
    parts = read_message_parts(octets, parse_xml(octets), signature_start=start)
    assert parts.claimed_header == header
    assert parts.read_body() == ClearBody(content)
    assert parts.extensions == extensions


def test_every_golden_message_is_valid_against_the_published_header(samples: Path) -> None:
    folder = samples / "sbdh" / "xsd"
    schema = etree.XMLSchema(etree.parse(folder / "StandardBusinessDocumentHeader.xsd"))
    judged = [case for case in load_cases() if case.question is Question.DELIVERY]
    assert judged
    for case in judged:
        assert schema.validate(parse_xml(case.subject)), (case.name, schema.error_log)


def test_carries_a_sealed_document_of_seven_million_octets() -> None:
    content = bytes(7_000_000)
    octets = wrap(message_header(seal_header(documents.certificate())), content)
    start = octets.index(b"<ds:Signature ")
    parts = read_message_parts(octets, parse_xml(octets), signature_start=start)
    assert parts.read_body() == ClearBody(content)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"expires_at": datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)}, id="expiry"),
        pytest.param({"sender": "urn:swb:party:TH"}, id="a party without a role"),
        pytest.param({"message_id": "019CA3B5-0EFA-7000-8000-000000000003"}, id="upper case"),
        pytest.param({"created_at": datetime(2026, 3, 2)}, id="no zone"),  # noqa: DTZ001 - the fault
        pytest.param({"priority": "high"}, id="an unknown field"),
        pytest.param({"message_type": 'A"><x'}, id="an injection"),
    ],
)
def test_cannot_write_a_header_that_it_would_refuse(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        message_header(seal_header(documents.certificate()), **changes)


def test_an_encrypted_body_names_its_key() -> None:
    with pytest.raises(RefusedError) as refused:
        EncryptedBody.of("a.b.c")
    assert refused.value.code == "encryption.malformed"
