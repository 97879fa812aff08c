"""Proofs that a log misbehaved, and what is none."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from swb_schemas.catalogue import Purpose
from swb_schemas.documents import RelayReceipt
from swb_schemas.documents.acknowledgements import Outcome, RelayedMessage
from swb_schemas.documents.elements import Digest, Extension, Extensions
from swb_schemas.errors import RefusedError
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.ledger import LogPromise, find_promise, verify_checkpoint, verify_log_fault
from swb_schemas.wire.ledger.faults import (
    encode_fork,
    encode_missing,
    encode_rewrite,
    keep_log_lines,
)
from tests.ledgers import ORIGIN, HandLog, cosign, draw_entry
from tests.vectors.world import (
    AT,
    ROUTER,
    SEALED_AT,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    VN_GATEWAY,
    bundle,
    entry_of,
    holder,
    list_form,
    seal,
    seal_header,
)

LOG = holder(ROUTER, Purpose.LOG)
TH = holder(TH_GATEWAY, Purpose.LOG)
VN = holder(VN_GATEWAY, Purpose.LOG)
LISTED = (*STANDARD_ENTRIES, entry_of(TH), entry_of(VN))
TRUST = parse_trust_bundle(bundle(list_form("TH", LISTED), list_form("VN", LISTED)))
ENTRIES = [draw_entry(serial) for serial in range(9)]
REWRITTEN = [*ENTRIES[:2], draw_entry(99), *ENTRIES[3:]]
HONEST = HandLog(entries=ENTRIES, key=LOG)
DISHONEST = HandLog(entries=REWRITTEN, key=LOG)
LATER = AT + timedelta(hours=1)
PROMISED = ENTRIES[6]


def receipt(*, outcome: Outcome = Outcome.ACCEPTED, promise: LogPromise | None = None) -> bytes:
    """A relay receipt for an entry, as the router seals it."""
    relayed = RelayedMessage(
        message_id=PROMISED.message_id,
        message_digest=Digest.parse(PROMISED.digest),
        outcome=outcome,
        code="message.expired" if outcome is Outcome.REFUSED else None,
        at=SEALED_AT,
    )
    document = RelayReceipt(
        relayed=(relayed,), extensions=promise.extensions() if promise else None
    )
    header = seal_header(
        document,
        profile=None,
        issuing_party=str(ROUTER),
        receiving_party=str(TH_GATEWAY),
        source=None,
    )
    return seal(header, document, holder(ROUTER, Purpose.RECEIPT_SEAL))


PROMISE = LogPromise(log=ORIGIN, included_by=AT)
RECEIPT = receipt(promise=PROMISE)
WITHOUT = HandLog(entries=[*ENTRIES[:6], *ENTRIES[7:]], key=LOG)
SEEN_LATER = cosign(WITHOUT.sign(), TH, VN, at=LATER)
FORK = encode_fork(HONEST.sign(), DISHONEST.sign())
REWRITE = encode_rewrite(
    HONEST.sign(5), DISHONEST.sign(), root=DISHONEST.root(5), hashes=DISHONEST.consistency(5, 9)
)
MISSING = encode_missing(
    SEEN_LATER, receipt=RECEIPT, message_id=PROMISED.message_id, leaves=WITHOUT.leaves
)


@pytest.mark.parametrize(
    ("raw", "kind"), [(FORK, "fork"), (REWRITE, "rewrite"), (MISSING, "missing")]
)
def test_a_proof_convinces_whoever_has_the_trust_bundle(raw: bytes, kind: str) -> None:
    found = verify_log_fault(raw, trust=TRUST, at=LATER)
    assert (found.kind, found.origin) == (kind, ORIGIN)


def test_what_is_missing_is_named() -> None:
    assert verify_log_fault(MISSING, trust=TRUST, at=LATER).entry == PROMISED


@pytest.mark.parametrize("first", [1, 2, 3, 4, 8])
def test_a_rewriting_is_proven_whatever_the_sizes(first: int) -> None:
    changed = HandLog(entries=[draw_entry(99), *ENTRIES[1:]], key=LOG)
    raw = encode_rewrite(
        HONEST.sign(first),
        changed.sign(),
        root=changed.root(first),
        hashes=changed.consistency(first, 9),
    )
    assert verify_log_fault(raw, trust=TRUST, at=AT).kind == "rewrite"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(encode_fork(HONEST.sign(), HONEST.sign()), "ledger.not_proven", id="one tree"),
        pytest.param(
            encode_fork(HONEST.sign(5), HONEST.sign()), "ledger.not_proven", id="an honest growth"
        ),
        pytest.param(
            encode_fork(HONEST.sign(), HandLog(entries=REWRITTEN, key=TH).sign()),
            "ledger.unsigned",
            id="another tree that the log did not sign",
        ),
        pytest.param(
            encode_fork(
                HONEST.sign(), HandLog(entries=REWRITTEN, key=LOG, origin="log.example/b").sign()
            ),
            "ledger.origin",
            id="two logs",
        ),
        pytest.param(
            encode_rewrite(
                HONEST.sign(5), HONEST.sign(), root=HONEST.root(5), hashes=HONEST.consistency(5, 9)
            ),
            "ledger.not_proven",
            id="an honest continuation",
        ),
        pytest.param(
            encode_rewrite(
                HONEST.sign(4), HONEST.sign(), root=bytes(32), hashes=HONEST.consistency(4, 9)
            ),
            "ledger.not_proven",
            id="an invented root",
        ),
        pytest.param(
            encode_rewrite(
                HONEST.sign(), HONEST.sign(5), root=HONEST.root(5), hashes=HONEST.consistency(5, 9)
            ),
            "ledger.not_proven",
            id="sizes in the wrong order",
        ),
        pytest.param(
            encode_missing(
                cosign(HONEST.sign(), TH, VN, at=LATER),
                receipt=RECEIPT,
                message_id=PROMISED.message_id,
                leaves=HONEST.leaves,
            ),
            "ledger.not_proven",
            id="what is there",
        ),
        pytest.param(
            encode_missing(
                cosign(HONEST.sign(), TH, VN, at=LATER),
                receipt=RECEIPT,
                message_id=PROMISED.message_id,
                leaves=WITHOUT.leaves,
            ),
            "ledger.not_proven",
            id="other leaves than the tree's",
        ),
        pytest.param(
            encode_missing(
                cosign(WITHOUT.sign(), TH, VN, at=AT + timedelta(minutes=4)),
                receipt=RECEIPT,
                message_id=PROMISED.message_id,
                leaves=WITHOUT.leaves,
            ),
            "ledger.not_proven",
            id="within the difference of clocks",
        ),
        pytest.param(
            encode_missing(
                cosign(cosign(WITHOUT.sign(), TH, at=LATER), VN, at=AT),
                receipt=RECEIPT,
                message_id=PROMISED.message_id,
                leaves=WITHOUT.leaves,
            ),
            "ledger.not_proven",
            id="one member alone saw it late",
        ),
        pytest.param(
            encode_missing(
                SEEN_LATER,
                receipt=receipt(outcome=Outcome.REFUSED, promise=PROMISE),
                message_id=PROMISED.message_id,
                leaves=WITHOUT.leaves,
            ),
            "ledger.not_proven",
            id="what was refused",
        ),
        pytest.param(
            encode_missing(
                SEEN_LATER,
                receipt=receipt(),
                message_id=PROMISED.message_id,
                leaves=WITHOUT.leaves,
            ),
            "ledger.not_proven",
            id="no promise",
        ),
        pytest.param(
            encode_missing(
                SEEN_LATER, receipt=RECEIPT, message_id="another", leaves=WITHOUT.leaves
            ),
            "ledger.not_proven",
            id="another message",
        ),
        pytest.param(b"{}", "ledger.fault_malformed", id="nothing"),
        pytest.param(FORK.replace(b"fork", b"spoon"), "ledger.fault_malformed", id="unknown kind"),
        pytest.param(
            json.dumps({**json.loads(MISSING), "leaves": "!"}).encode(),
            "ledger.fault_malformed",
            id="no base64",
        ),
        pytest.param(
            json.dumps(
                {**json.loads(MISSING), "receipt": base64.b64encode(RECEIPT[:-1]).decode()}
            ).encode(),
            "xml.malformed",
            id="a receipt that is cut off",
        ),
    ],
)
def test_an_honest_log_cannot_be_convicted(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        verify_log_fault(raw, trust=TRUST, at=LATER)
    assert refused.value.code == code


def test_what_a_log_hangs_below_its_checkpoint_does_not_spoil_the_proof() -> None:
    spoilt = cosign(DISHONEST.sign(), TH, at=AT)
    *lines, last, _ = spoilt.split(b"\n")
    spoilt = b"\n".join([*lines, last.replace(last[-12:-8], b"AAAA"), b""])
    with pytest.raises(RefusedError):
        verify_checkpoint(spoilt, trust=TRUST, at=AT, witnesses=0)
    raw = encode_fork(HONEST.sign(), keep_log_lines(spoilt))
    assert verify_log_fault(raw, trust=TRUST, at=AT).kind == "fork"


def test_a_promise_is_read_as_it_was_written_and_nothing_else_is_one() -> None:
    assert (
        find_promise(RelayReceipt(relayed=_relayed(), extensions=PROMISE.extensions())) == PROMISE
    )
    element = PROMISE.extensions().extensions[0].element
    for other in (
        element.replace("log-promise:1", "log-promise:2"),
        element.replace("2026-03-02", "2026-13-02"),
        element.replace("<Log>", '<Log a="">'),
    ):
        extension = Extension(must_understand=False, element=other)
        document = RelayReceipt(relayed=_relayed(), extensions=Extensions(extensions=(extension,)))
        assert find_promise(document) is None
    assert find_promise(RelayReceipt(relayed=_relayed())) is None


def _relayed() -> tuple[RelayedMessage, ...]:
    digest = Digest.parse(PROMISED.digest)
    return (
        RelayedMessage(
            message_id=PROMISED.message_id,
            message_digest=digest,
            outcome=Outcome.ACCEPTED,
            at=SEALED_AT,
        ),
    )
