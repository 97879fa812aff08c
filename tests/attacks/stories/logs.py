"""The evidence log: what it signs, what it shows, and who is taken for a witness."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.clock import SystemClock
from swb.sandbox.drill import run_drill
from swb.sandbox.region import lay_out_region
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.wire.ledger.checkpoint import verify_checkpoint
from swb_schemas.wire.ledger.faults import encode_fork, encode_rewrite, verify_log_fault
from swb_schemas.wire.ledger.proof import verify_log_proof
from swb_schemas.wire.trust_reading import parse_trust_bundle
from tests.attacks.reading import ACCEPTED
from tests.attacks.story import Book, Side
from tests.ledgers import ORIGIN, HandLog, cosign, draw_entry
from tests.vectors.world import (
    AT,
    ROUTER,
    STANDARD_ENTRIES,
    TH_CUSTOMS,
    TH_GATEWAY,
    VN_GATEWAY,
    bundle,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from tests.attacks.story import Field
    from tests.vectors.world import Holder

__all__ = ["BOOK"]

BOOK: Final = Book("The evidence log")

_LOG: Final = holder(ROUTER, Purpose.LOG)
_TH: Final = holder(TH_GATEWAY, Purpose.LOG)
_VN: Final = holder(VN_GATEWAY, Purpose.LOG)
_SECOND: Final = holder(TH_GATEWAY, Purpose.LOG, label="second")
_CUSTOMS: Final = holder(TH_CUSTOMS, Purpose.LOG)
_LISTED: Final = (*STANDARD_ENTRIES, *map(entry_of, (_TH, _VN, _SECOND, _CUSTOMS)))
_TRUST: Final = parse_trust_bundle(bundle(list_form("TH", _LISTED), list_form("VN", _LISTED)))
_ENTRIES: Final = [draw_entry(serial) for serial in range(7)]
_HONEST: Final = HandLog(entries=_ENTRIES, key=_LOG)
_SEEN_AT: Final = AT - timedelta(minutes=1)
_AUDITOR: Final = "whoever verifies the checkpoint"
_HISTORY: Final = "Another history of what was sent, for whoever asks."


def _judge(note: bytes) -> str:
    try:
        verify_checkpoint(note, trust=_TRUST, at=AT, origin=ORIGIN)
    except RefusedError as refusal:
        return refusal.code
    return ACCEPTED


def _judge_fault(proof: bytes) -> str:
    try:
        verify_log_fault(proof, trust=_TRUST, at=AT)
    except RefusedError as refusal:
        return refusal.code
    return ACCEPTED


def _witnessed(*by: Holder) -> bytes:
    return cosign(_HONEST.sign(), *by, at=_SEEN_AT)


async def _drill(field: Field, attack: str) -> str:
    """What a running region's gateways met an attack of the drill with."""
    region = await lay_out_region(
        field.folder / "region",
        at=SystemClock().now(),
        answers=False,
        limits={"poll_seconds": 0.05},
    )
    (outcome,) = await run_drill(region, only={attack})
    return outcome.code


@BOOK.tell(
    "The router signs two trees of one size, and shows its witnesses the second.",
    by=Side.ROUTER,
    gain=_HISTORY,
    meets="ledger.forked",
    noticed_by="every gateway that watches, with a proof that convinces others",
)
async def a_forked_log(field: Field) -> str:
    return await _drill(field, "forks the log")


@BOOK.tell(
    "The router shows its witnesses a checkpoint that they have seen before, without what came "
    "since.",
    by=Side.ROUTER,
    gain=_HISTORY,
    meets="ledger.rolled_back",
    noticed_by="every gateway that watches",
)
async def a_log_that_goes_back(field: Field) -> str:
    return await _drill(field, "shows an older log")


@BOOK.tell(
    "The router swallows a message, gives a receipt that promises its entry in the log, and leaves "
    "it out.",
    by=Side.ROUTER,
    gain="A message that was never sent, if one asks the log.",
    meets="missing",
    noticed_by="the sender, by a proof of the router's own receipt and the witnessed log",
)
async def a_promise_that_is_not_kept(field: Field) -> str:
    return await _drill(field, "drops, and says it is in the log")


@BOOK.tell(
    "The router changes an entry that was cosigned, and goes on from there: the larger tree begins "
    "with another history.",
    by=Side.ROUTER,
    gain=_HISTORY,
    meets="rewrite",
    noticed_by="every gateway that watches, with a proof that convinces others",
)
def a_log_that_is_rewritten() -> str:
    changed = [*_ENTRIES[:2], draw_entry(99), *_ENTRIES[3:]]
    dishonest = HandLog(entries=changed, key=_LOG)
    proof = encode_rewrite(
        _HONEST.sign(5),
        dishonest.sign(),
        root=dishonest.root(5),
        hashes=dishonest.consistency(5, len(changed)),
    )
    return verify_log_fault(proof, trust=_TRUST, at=AT).kind


@BOOK.tell(
    "A member accuses the log with a fork that is none: the same tree, signed twice.",
    by=Side.MEMBER,
    gain="An honest region that nobody trusts any more.",
    meets="ledger.not_proven",
    noticed_by="whoever verifies the accusation",
)
def a_false_accusation() -> str:
    return _judge_fault(encode_fork(_HONEST.sign(), _witnessed(_TH)))


@BOOK.tell(
    "Somebody writes a checkpoint of his own and signs it with a key of his own, under the log's "
    "name.",
    gain=_HISTORY,
    meets="ledger.unsigned",
    noticed_by=_AUDITOR,
)
def a_checkpoint_by_a_stranger() -> str:
    stranger = HandLog(entries=_ENTRIES, key=holder(ROUTER, Purpose.LOG, label="stranger"))
    return _judge(cosign(stranger.sign(), _TH, _VN, at=_SEEN_AT))


@BOOK.tell(
    "The root of a signed checkpoint is exchanged for another one.",
    gain=_HISTORY,
    meets="ledger.signature",
    noticed_by=_AUDITOR,
)
def a_checkpoint_that_was_altered() -> str:
    root, other = (base64.b64encode(each) for each in (_HONEST.root(7), _HONEST.root(5)))
    return _judge(_witnessed(_TH, _VN).replace(root, other))


@BOOK.tell(
    "One state cosigns for two: with two keys of its gateway, and with one of its customs.",
    by=Side.MEMBER,
    gain="A log that counts as watched by many and was watched by one.",
    meets="ledger.witnesses",
    noticed_by=_AUDITOR,
)
def one_witness_that_counts_twice() -> str:
    (only,) = {_judge(_witnessed(_TH, _SECOND)), _judge(_witnessed(_TH, _CUSTOMS))}
    return only


@BOOK.tell(
    "The router cosigns its own log.",
    by=Side.ROUTER,
    gain="A log that counts as watched and was not.",
    meets="ledger.witnesses",
    noticed_by=_AUDITOR,
)
def a_log_that_watches_itself() -> str:
    return _judge(_witnessed(_LOG, _TH))


@BOOK.tell(
    "A witness dates its word into the future, to have it counted when its key has long expired.",
    by=Side.MEMBER,
    gain="A cosignature for ever.",
    meets="ledger.witnesses",
    noticed_by=_AUDITOR,
)
def a_witness_from_the_future() -> str:
    later = AT + timedelta(days=1)
    return _judge(cosign(_witnessed(_TH), _VN, at=later))


@BOOK.tell(
    "A checkpoint of another log of the same region, a trial one, is shown in the place of the "
    "real one.",
    by=Side.REGION,
    gain=_HISTORY,
    meets="ledger.origin",
    noticed_by=_AUDITOR,
)
def a_checkpoint_of_another_log() -> str:
    other = HandLog(entries=_ENTRIES, key=_LOG, origin="log.example/trial")
    return _judge(cosign(other.sign(), _TH, _VN, at=_SEEN_AT))


@BOOK.tell(
    "A proof of inclusion for one message is shown for another, with its name and without.",
    by=Side.MEMBER,
    gain="A message that seems to have been sent in time.",
    meets="ledger.other_entry, ledger.proof",
    noticed_by="whoever verifies the proof",
)
def a_proof_for_another_message() -> str:
    met = []
    for named in (True, False):
        raw = _HONEST.prove(3, _witnessed(_TH, _VN), named=named).encode()
        try:
            verify_log_proof(raw, entry=_ENTRIES[4], trust=_TRUST, at=AT)
        except RefusedError as refusal:
            met.append(refusal.code)
    return ", ".join(met)
