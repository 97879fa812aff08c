"""The procedures as a whole: what they leave behind, and how policy and time bear on them.

Each refusal has a golden vector of its own; see ``tests/vectors``.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment, Extension, Extensions
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire import (
    EncryptedBody,
    LayerRecord,
    MessageHeader,
    SealHeader,
    VerificationPolicy,
    VerifiedDelivery,
    VerifiedMessage,
    VerifiedSealedDocument,
    parse_trust_bundle,
    verify_delivery,
    verify_message,
    verify_sealed,
)
from swb_schemas.wire.trust import TrustBundle
from swb_schemas.xml.codec import encode
from tests.vectors import documents
from tests.vectors.positive import clear_message, encrypted_message, sealed_certificate
from tests.vectors.world import (
    AT,
    CREATED_AT,
    HOLDERS,
    SEALED_AT,
    TH_GATEWAY,
    TH_ISSUING,
    VN_GATEWAY,
    bundle,
    decryption_key,
    entry_of,
    holder,
    list_form,
    message_header,
    seal,
    seal_header,
    wrap,
)

if TYPE_CHECKING:
    from datetime import datetime

TRUST = parse_trust_bundle(bundle())
KEY = decryption_key()
KEYS = {KEY.thumbprint: KEY}
YEARS = timedelta(days=3 * 365)


def _verify(octets: bytes, **changes: object) -> VerifiedDelivery:
    arguments: dict[str, object] = {"trust": TRUST, "at": AT} | changes
    message = verify_message(octets, receiver=VN_GATEWAY, **arguments)  # type: ignore[arg-type]  # fields by name
    return verify_delivery(message, decryption_keys=KEYS, **arguments)  # type: ignore[arg-type]  # fields by name


def test_what_is_verified_is_what_arrived() -> None:
    delivery = _verify(clear_message())
    assert delivery.message.octets == clear_message()
    assert delivery.sealed.octets == sealed_certificate()
    assert delivery.sealed.document == documents.certificate()
    assert delivery.sealed.document_octets == encode(documents.certificate())
    assert delivery.sealed.document_octets in delivery.sealed.octets
    assert not delivery.was_encrypted


def test_an_encrypted_message_brings_the_same_document() -> None:
    delivery = _verify(encrypted_message())
    assert delivery.was_encrypted
    assert delivery.sealed.document == _verify(clear_message()).sealed.document
    assert isinstance(delivery.message.body, EncryptedBody)
    assert delivery.sealed.header.recipient_key == delivery.message.body.recipient_key


def test_every_step_is_recorded_once_and_in_order() -> None:
    delivery = _verify(clear_message())
    assert [step.number for step in delivery.message.steps] == [f"M{n}" for n in range(1, 13)]
    assert [step.number for step in delivery.sealed.steps] == [f"S{n}" for n in range(1, 14)]
    assert [step.number for step in delivery.steps] == ["D1", "D3"]
    every = (*delivery.message.steps, *delivery.sealed.steps, *delivery.steps)
    assert {step.result for step in every} == {"passed"}


@pytest.mark.parametrize("kind", [VerifiedMessage, VerifiedSealedDocument, VerifiedDelivery])
def test_nobody_else_makes_verified_values(kind: type[Any]) -> None:
    arguments = {field.name: None for field in fields(kind) if field.name != "_maker"}
    with pytest.raises(TypeError, match="verification"):
        kind(object(), **arguments)


# --- refusals leave a record -------------------------------------------------------------------


def test_a_refusal_before_authenticity_names_nobody() -> None:
    record: LayerRecord[MessageHeader] = LayerRecord()
    with pytest.raises(RefusedError):
        verify_message(
            clear_message().replace(b":VN:", b":LA:"),
            trust=TRUST,
            at=AT,
            receiver=None,
            record=record,
        )
    assert [step.number for step in record.steps] == ["M1", "M2", "M3"]
    assert record.steps[-1].result == "signature.content_digest"
    assert (record.header, record.digest, record.signer) == (None, None, None)


def test_a_refusal_after_authenticity_can_be_answered() -> None:
    record: LayerRecord[MessageHeader] = LayerRecord()
    with pytest.raises(RefusedError):
        verify_message(clear_message(), trust=TRUST, at=AT, receiver=TH_GATEWAY, record=record)
    assert record.steps[-1].result == "message.misaddressed"
    assert record.header is not None
    assert record.header.sender == str(TH_GATEWAY)
    assert record.digest is not None
    assert record.signer is not None


def test_a_refusal_of_the_inner_layer_leaves_its_record() -> None:
    document = documents.certificate()
    header = seal_header(document)
    octets = wrap(message_header(header), seal(header, document, HOLDERS[2]))
    message = verify_message(octets, trust=TRUST, at=AT, receiver=VN_GATEWAY)
    record: LayerRecord[SealHeader] = LayerRecord()
    with pytest.raises(RefusedError):
        verify_delivery(message, trust=TRUST, at=AT, decryption_keys={}, record=record)
    assert [step.number for step in record.steps] == ["D1", *(f"S{n}" for n in range(1, 8))]
    assert record.header is None


# --- time --------------------------------------------------------------------------------------


def test_a_sealed_document_is_evidence_long_after_its_certificate_expired() -> None:
    short = holder(
        TH_ISSUING, Purpose.ISSUING_SEAL, label="evidence", end=SEALED_AT + timedelta(days=1)
    )
    trust = parse_trust_bundle(bundle(list_form("TH", (entry_of(short),))))
    document = documents.certificate()
    octets = seal(seal_header(document), document, short)
    assert verify_sealed(octets, trust=trust, at=AT + YEARS).document == document


@pytest.mark.parametrize(
    ("at", "code"),
    [
        pytest.param(CREATED_AT - timedelta(minutes=5), "", id="five minutes early"),
        pytest.param(
            CREATED_AT - timedelta(minutes=5, seconds=1), "message.not_yet_valid", id="too early"
        ),
        pytest.param(CREATED_AT + timedelta(days=30, minutes=5), "", id="just not expired"),
        pytest.param(
            CREATED_AT + timedelta(days=30, minutes=5, seconds=1), "message.expired", id="expired"
        ),
    ],
)
def test_clocks_may_differ_by_the_skew(at: datetime, code: str) -> None:
    try:
        verify_message(clear_message(), trust=TRUST, at=at, receiver=None)
    except RefusedError as error:
        found = error.code
    else:
        found = ""
    assert found == code


def test_a_policy_without_skew_allows_none() -> None:
    policy = VerificationPolicy(skew=timedelta(0))
    with pytest.raises(RefusedError) as refused:
        _verify(clear_message(), at=CREATED_AT - timedelta(microseconds=1), policy=policy)
    assert refused.value.code == "message.not_yet_valid"


def test_a_policy_can_shorten_the_life_of_messages() -> None:
    policy = VerificationPolicy(lifetime=timedelta(days=29))
    with pytest.raises(RefusedError) as refused:
        _verify(clear_message(), policy=policy)
    assert refused.value.code == "message.lifetime"


def test_a_message_is_undetermined_while_the_inner_list_is_stale() -> None:
    """The sender is fine; whether its state's seal holds cannot be said now."""
    stale = parse_trust_bundle(bundle(list_form("TH", expires=AT - timedelta(days=1))))
    message = verify_message(clear_message(), trust=TRUST, at=AT, receiver=VN_GATEWAY)
    with pytest.raises(UndeterminedError) as undetermined:
        verify_delivery(message, trust=stale, at=AT, decryption_keys={})
    assert undetermined.value.code == "trust.list_expired"


# --- environment and extensions ----------------------------------------------------------------


@pytest.mark.parametrize("environment", [Environment.PARALLEL, Environment.PRODUCTION])
def test_production_roots_serve_parallel_exchange(environment: Environment) -> None:
    document = documents.certificate()
    header = seal_header(document, environment=environment)
    octets = wrap(message_header(header), seal(header, document))
    production = TrustBundle(
        environment=Environment.PRODUCTION, roots=TRUST.roots, lists=TRUST.lists
    )
    delivery = _verify(octets, trust=production)
    assert delivery.sealed.header.environment is environment
    with pytest.raises(RefusedError) as refused:
        _verify(clear_message(), trust=production)
    assert refused.value.code == "environment.wrong"


def test_a_demanding_extension_is_accepted_by_whoever_understands_it() -> None:
    demanding = Extensions(
        extensions=(
            Extension(must_understand=True, element='<n:Rule xmlns:n="urn:n">1</n:Rule>'),
            Extension(must_understand=False, element='<Other xmlns="urn:o"></Other>'),
        )
    )
    octets = wrap(
        message_header(seal_header(documents.certificate())),
        sealed_certificate(),
        extensions=demanding,
    )
    understanding = VerificationPolicy(understood_extensions=frozenset({"urn:n"}))
    assert _verify(octets, policy=understanding).message.extensions == demanding
    with pytest.raises(RefusedError) as refused:
        _verify(octets, policy=VerificationPolicy(understood_extensions=frozenset({"urn:o"})))
    assert refused.value.code == "extension.not_understood"


def test_an_extension_of_the_document_survives_byte_for_byte() -> None:
    extension = Extension(
        must_understand=False,
        element='<x:Note xmlns:x="urn:x" a="&quot;"><y xmlns="urn:y">ü &amp; 茶</y></x:Note>',
    )
    document = documents.certificate().model_copy(
        update={"extensions": Extensions(extensions=(extension,))}
    )
    header = seal_header(document)
    delivery = _verify(wrap(message_header(header), seal(header, document)))
    assert delivery.sealed.document_octets == encode(document)
    assert delivery.sealed.document == document
