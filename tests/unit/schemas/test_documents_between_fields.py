"""What moves of an exchange require between their fields: one step away is taken or refused."""

from __future__ import annotations

import base64
from typing import Any, Final

import pytest
from pydantic import ValidationError

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    OutageNotice,
    RetransmissionReply,
    VerificationOutcome,
    VerificationRequest,
)
from swb_schemas.documents.elements import Digest, DigestAlgorithm
from swb_schemas.exchanges.table import Move

AT: Final = "2026-11-05T02:00:00Z"
LATER: Final = "2026-11-05T02:00:01Z"
ID: Final = "01932b5c-0000-7000-8000-000000000001"
SUBJECT: Final = {
    "issuing_country": "TH",
    "issuing_office": "BKK",
    "reference_number": "D2026-0000001",
}
OTHER: Final = {**SUBJECT, "reference_number": "D2026-0000002"}
SAID: Final = {"subject": SUBJECT, "office": "BKK"}
REASON: Final = {"text": "in doubt"}
REQUEST: Final = {**SAID, "request_number": 1, "requested_at": AT, "suspends": False}
OUTCOME: Final = {**SAID, "request_number": 1, "concluded_at": AT}
CANCELLATION: Final = {**SAID, "cancellation_number": 1, "requested_at": AT, "reason": REASON}
REPLY: Final = {**SAID, "cancellation_number": 1, "replied_at": AT}
OUTAGE: Final = {"from_at": AT, "reason": "NETWORK"}
ANSWERED: Final = {"document_id": ID, "message_id": ID}

PAIRS: Final[dict[str, tuple[Any, dict[str, Any], dict[str, Any]]]] = {
    "nothing replaces itself": (
        Cancellation,
        {**CANCELLATION, "replacement": OTHER},
        {**CANCELLATION, "replacement": SUBJECT},
    ),
    "only what was utilised has a declaration": (
        CancellationReply,
        {**REPLY, "outcome": "UTILISED", "declaration_number": "A-1"},
        {**REPLY, "outcome": "ACCEPTED", "declaration_number": "A-1"},
    ),
    "a doubt is said": (
        VerificationRequest,
        {**REQUEST, "ground": "RANDOM"},
        {**REQUEST, "ground": "DOUBT"},
    ),
    "a denial has a reason": (
        VerificationOutcome,
        {**OUTCOME, "result": "DENIED", "reasons": [REASON]},
        {**OUTCOME, "result": "DENIED"},
    ),
    "an outage ends after it begins": (
        OutageNotice,
        {**OUTAGE, "until_at": LATER},
        {**OUTAGE, "until_at": AT},
    ),
    "only what was sent has a message": (
        RetransmissionReply,
        {"answered": [{**ANSWERED, "outcome": "SENT"}]},
        {"answered": [{**ANSWERED, "outcome": "UNKNOWN"}]},
    ),
    "a digest is as long as its algorithm makes it": (
        Digest,
        {"algorithm": Digest.of_sha256(b"\1" * 32).algorithm, "value": "AQEB" * 10 + "AQE="},
        {"algorithm": Digest.of_sha256(b"\1" * 32).algorithm, "value": "AQEB" * 10 + "AQEB"},
    ),
}


@pytest.mark.parametrize(("model", "right", "wrong"), PAIRS.values(), ids=PAIRS)
def test_is_taken_and_refused(
    model: Any,  # noqa: ANN401 - any document
    right: dict[str, Any],
    wrong: dict[str, Any],
) -> None:
    model.model_validate(right)
    with pytest.raises(ValidationError):
        model.model_validate(wrong)


@pytest.mark.parametrize(
    ("outcome", "move"),
    [
        ("ACCEPTED", Move.CANCELLED),
        ("UTILISED", Move.UTILISED),
        ("UNKNOWN", Move.UNKNOWN),
    ],
)
def test_a_reply_to_a_cancellation_is_the_move_of_its_outcome(outcome: str, move: Move) -> None:
    reply = CancellationReply.model_validate({**REPLY, "outcome": outcome})
    assert (reply.move, reply.number) == (move, 1)
    asked = Cancellation.model_validate(CANCELLATION)
    assert (asked.move, asked.number) == (Move.CANCELLATION, 1)
    assert asked.made_at == reply.made_at


@pytest.mark.parametrize(
    ("suspends", "move"),
    [(True, Move.VERIFICATION_SUSPENDING), (False, Move.VERIFICATION)],
)
def test_a_request_to_verify_may_suspend(*, suspends: bool, move: Move) -> None:
    asked = VerificationRequest.model_validate(
        {**REQUEST, "ground": "RANDOM", "suspends": suspends}
    )
    assert asked.move is move


@pytest.mark.parametrize(("algorithm", "octets"), [("256", 32), ("384", 48), ("512", 64)])
def test_every_algorithm_has_its_length(algorithm: str, octets: int) -> None:
    (name,) = (each for each in DigestAlgorithm if each.name == f"SHA{algorithm}")
    for length in (octets - 1, octets + 1):
        with pytest.raises(ValidationError):
            Digest(algorithm=name, value=base64.b64encode(bytes(length)).decode())
    right = base64.b64encode(bytes(octets)).decode()
    assert Digest(algorithm=name, value=right).value == right
