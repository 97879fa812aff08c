"""What acknowledgements and relay receipts say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb.core.receipts import acknowledge, judge_message, judge_relay, receipt_relay
from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.errors import RefusedError
from swb_schemas.wire.ledger.promise import LogPromise, find_promise
from swb_schemas.xml.codec import encode

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
MESSAGE_ID = "019ca3b5-0efa-7000-8000-000000000003"
DOCUMENT_ID = "019ca3b5-0efa-7000-8000-000000000004"
DIGEST = "sha-256:" + "ab" * 32
OTHER = "sha-256:" + "cd" * 32


@pytest.mark.parametrize("hop", Hop)
def test_an_acknowledgement_names_message_and_document(hop: Hop) -> None:
    said = acknowledge(
        judge_message(
            hop=hop,
            message_id=MESSAGE_ID,
            message_digest=DIGEST,
            document=(DOCUMENT_ID, OTHER),
            at=AT,
        )
    )
    (judged,) = said.acknowledged
    assert (judged.hop, judged.outcome, judged.code) == (hop, Outcome.ACCEPTED, None)
    assert (judged.message_id, judged.message_digest.text) == (MESSAGE_ID, DIGEST)
    assert judged.document_digest is not None
    assert (judged.document_id, judged.document_digest.text) == (DOCUMENT_ID, OTHER)


def test_a_relay_receipt_promises_a_log_where_it_passed_the_message_on() -> None:
    promise = LogPromise(log="router.example/log", included_by=AT)
    refusal = RefusedError("message.expired", "expected a message that has not expired")
    for refused, given_, told in (
        (None, promise, promise),
        (None, None, None),
        (refusal, promise, None),
    ):
        said = receipt_relay(
            judge_relay(message_id=MESSAGE_ID, message_digest=DIGEST, at=AT, refusal=refused),
            promise=given_,
        )
        (judged,) = said.relayed
        outcome = Outcome.ACCEPTED if refused is None else Outcome.REFUSED
        assert (judged.outcome, judged.at) == (outcome, AT)
        assert find_promise(said) == told


def test_a_refusal_says_why() -> None:
    refusal = RefusedError("message.expired", "expected a message that has not expired")
    for judged in (
        *acknowledge(
            judge_message(
                hop=Hop.AS2,
                message_id=MESSAGE_ID,
                message_digest=DIGEST,
                document=None,
                at=AT,
                refusal=refusal,
            )
        ).acknowledged,
        *receipt_relay(
            judge_relay(message_id=MESSAGE_ID, message_digest=DIGEST, at=AT, refusal=refusal)
        ).relayed,
    ):
        assert judged.outcome is Outcome.REFUSED
        assert judged.code == "message.expired"


@given(st.text(st.characters(codec=None), max_size=900))
def test_what_a_reason_quotes_is_never_told(reason: str) -> None:
    """Acknowledgements travel in clear, and reasons quote what was found in a document."""
    refusal = RefusedError("xml.malformed", f"found: secret-{reason}")
    plain = receipt_relay(
        judge_relay(
            message_id=MESSAGE_ID,
            message_digest=DIGEST,
            at=AT,
            refusal=RefusedError("xml.malformed", ""),
        )
    )
    told = receipt_relay(
        judge_relay(message_id=MESSAGE_ID, message_digest=DIGEST, at=AT, refusal=refusal)
    )
    assert encode(told) == encode(plain)
