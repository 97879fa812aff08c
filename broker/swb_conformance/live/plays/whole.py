"""End to end: whole conversations, with both ends observed."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from swb_conformance.live import documents
from swb_conformance.live.leading import take_back
from swb_conformance.live.playing import Plays
from swb_conformance.live.plays.arriving import require_arrived, require_same
from swb_conformance.live.plays.withdrawals import require_taken_back
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.customs import Decision

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.leading import Kind
    from swb_conformance.live.stage import Stage
    from swb_schemas.documents import Document
    from swb_schemas.documents.customs import Subject

__all__ = ["PLAYS"]

PLAYS = Plays("end-to-end/whole")


def _is_received_only(kind: Kind[Any]) -> bool:
    return kind.is_received and not kind.is_decided


@PLAYS.add("E2E-020", acts=True, each=True)
def what_is_entered_is_what_the_partner_gets(stage: Stage) -> None:
    """Number, parties, items, codes, quantities and dates."""
    entered = stage.draw_export(items=12)
    heard = stage.issue(entered)
    if differing := stage.kind.find_differences(entered, heard.leading):
        raise stage.unmet(f"expected what was entered; differs: {differing}")


@PLAYS.add("E2E-021", acts=True, about=attrgetter("is_decided"), each=True)
def an_export_is_received_and_given_preference(stage: Stage) -> None:
    """Issued, acknowledged, received, given: receipt and response arrive at the single window."""
    heard, subject = _issue(stage)
    received = stage.answer(heard, documents.receipt(subject, at=stage.now()))
    given = stage.answer(heard, _decide(stage, subject, Decision.GIVEN))
    stage.require_acknowledged(given, Hop.AS3)
    stage.hush()
    require_arrived(stage, received)
    require_arrived(stage, given)


@PLAYS.add("E2E-021", acts=True, about=attrgetter("is_decided"))
def a_decision_is_reversed(stage: Stage) -> None:
    """NOT GIVEN, then GIVEN by the next response: both arrive."""
    heard, subject = _issue(stage)
    first = stage.answer(heard, _decide(stage, subject, Decision.NOT_GIVEN))
    stage.require_acknowledged(first, Hop.AS3)
    second = stage.answer(heard, _decide(stage, subject, Decision.GIVEN, number=2))
    stage.require_acknowledged(second, Hop.AS3)
    require_arrived(stage, first)
    require_arrived(stage, second)


@PLAYS.add("E2E-021", acts=True, about=attrgetter("is_received"))
def customs_did_not_receive_it_at_first(stage: Stage) -> None:
    """RES-NOT for a technical reason, then RES-REC."""
    heard, subject = _issue(stage)
    failed = stage.answer(heard, documents.receipt(subject, at=stage.now(), received=False))
    received = stage.answer(heard, documents.receipt(subject, at=stage.now()))
    stage.require_silence(failed, received)
    require_arrived(stage, failed)
    require_arrived(stage, received)


@PLAYS.add("E2E-022", acts=True, about=attrgetter("is_decided"), each=True)
def an_import_is_received_and_given_preference(stage: Stage) -> None:
    """It arrives; customs' receipt and response go back."""
    sent, subject = _receive(stage)
    require_arrived(stage, sent)
    _enter(stage, documents.receipt(subject, at=stage.now()))
    stage.require_document("CustomsReceipt", str(subject.key))
    _enter(stage, _decide(stage, subject, Decision.GIVEN))
    stage.require_document("CustomsResponse", str(subject.key))


@PLAYS.add("E2E-026", acts=True, about=_is_received_only, each=True)
def an_export_is_received(stage: Stage) -> None:
    """Issued, acknowledged, received: the receipt arrives, and that is all that customs says."""
    heard, subject = _issue(stage)
    received = stage.answer(heard, documents.receipt(subject, at=stage.now()))
    stage.require_silence(received)
    require_arrived(stage, received)


@PLAYS.add("E2E-026", acts=True, about=_is_received_only, each=True)
def an_import_is_received(stage: Stage) -> None:
    """It arrives; customs' receipt goes back."""
    sent, subject = _receive(stage)
    require_arrived(stage, sent)
    _enter(stage, documents.receipt(subject, at=stage.now()))
    stage.require_document("CustomsReceipt", str(subject.key))


@PLAYS.add("E2E-027", acts=True, about=attrgetter("is_restated"), each=True)
def an_export_is_taken_back(stage: Stage) -> None:
    """The authority sets another status, and the partner gets the certificate with it."""
    heard, _ = _issue(stage)
    _enter(stage, take_back(heard.leading))
    again = require_taken_back(stage, heard)
    if differing := stage.kind.find_differences(take_back(heard.leading), again.leading):
        raise stage.unmet(f"expected what was taken back, with its status; differs: {differing}")


@PLAYS.add("E2E-027", acts=True, about=attrgetter("is_restated"), each=True)
def an_import_is_taken_back(stage: Stage) -> None:
    """It arrives once more, with the status that takes it back."""
    sent, _ = _receive(stage)
    require_arrived(stage, sent)
    again = stage.follow(sent, take_back(sent.leading))
    stage.require_acknowledged(again, Hop.AS3)
    require_same(stage, again, require_arrived(stage, again))


@PLAYS.add("E2E-023", acts=True, about=attrgetter("is_cancelled"), each=True)
def an_export_is_cancelled(stage: Stage) -> None:
    """Asked for, accepted; the reply arrives at the single window."""
    heard, subject = _issue(stage)
    _enter(stage, _cancel(stage, subject))
    stage.require_document(stage.kind.cancelled_by, str(subject.key))
    reply = stage.answer(heard, documents.reply_to_cancellation(subject, at=stage.now()))
    stage.require_acknowledged(reply, Hop.AS3)
    require_arrived(stage, reply)


@PLAYS.add("E2E-023", acts=True, about=attrgetter("is_cancelled"), each=True)
def an_import_is_cancelled(stage: Stage) -> None:
    """The cancellation arrives; the reply goes back."""
    sent, subject = _receive(stage)
    asked = stage.follow(sent, _cancel(stage, subject))
    stage.require_acknowledged(asked, Hop.AS3)
    require_arrived(stage, asked)
    _enter(stage, documents.reply_to_cancellation(subject, at=stage.now()))
    stage.require_document("CancellationReply", str(subject.key))


@PLAYS.add("E2E-024", acts=True, about=attrgetter("is_verified"), each=True)
def an_export_is_verified(stage: Stage) -> None:
    """The request arrives, the reply goes out, the outcome arrives."""
    heard, subject = _issue(stage)
    asked = stage.answer(heard, documents.question(subject, at=stage.now()))
    stage.require_acknowledged(asked, Hop.AS3)
    require_arrived(stage, asked)
    _enter(stage, documents.explain(subject, at=stage.now()))
    stage.require_document("VerificationReply", str(subject.key))
    concluded = stage.answer(heard, documents.conclude(subject, at=stage.now()))
    stage.require_acknowledged(concluded, Hop.AS3)
    require_arrived(stage, concluded)


@PLAYS.add("E2E-024", acts=True, about=attrgetter("is_verified"), each=True)
def an_import_is_verified(stage: Stage) -> None:
    """The request goes out, the reply arrives, the outcome goes out."""
    sent, subject = _receive(stage)
    _enter(stage, documents.question(subject, at=stage.now()))
    stage.require_document("VerificationRequest", str(subject.key))
    reply = stage.follow(sent, documents.explain(subject, at=stage.now()))
    stage.require_acknowledged(reply, Hop.AS3)
    require_arrived(stage, reply)
    _enter(stage, documents.conclude(subject, at=stage.now()))
    stage.require_document("VerificationOutcome", str(subject.key))


@PLAYS.add("E2E-025", negative=True, acts=True, about=attrgetter("is_decided"))
def nothing_is_given_on_what_is_cancelled(stage: Stage) -> None:
    """Customs accepted the cancellation: it cannot give preference any more."""
    sent, subject = _receive(stage)
    asked = stage.follow(sent, _cancel(stage, subject))
    stage.require_acknowledged(asked, Hop.AS3)
    _enter(stage, documents.reply_to_cancellation(subject, at=stage.now()))
    stage.require_document("CancellationReply", str(subject.key))
    stage.require_not_sent(_decide(stage, subject, Decision.GIVEN))


@PLAYS.add("E2E-025", negative=True, acts=True)
def a_wrong_document_is_refused_at_home(stage: Stage) -> None:
    """Not to whom there is no connection, and nobody abroad ever hears of it."""
    entered = stage.draw(exporting=stage.material.tested, importing=stage.material.stranger)
    stage.require_not_sent(entered)


def _issue(stage: Stage) -> tuple[Heard, Subject]:
    heard = stage.issue()
    stage.acknowledge(heard, Hop.AS2)
    stage.acknowledge(heard, Hop.AS3)
    return heard, documents.subject_of(heard.leading)


def _receive(stage: Stage) -> tuple[Sent, Subject]:
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    return sent, documents.subject_of(sent.leading)


def _enter(stage: Stage, document: Document) -> None:
    told = stage.enter(document, f"Have this {type(document).__name__} sent.")
    if not told.is_accepted:
        raise stage.unmet(f"expected it to be taken, found {dict(told.members)}")


def _decide(stage: Stage, subject: Subject, decision: Decision, number: int = 1) -> Document:
    return documents.decide(subject, at=stage.now(), items=2, decision=decision, number=number)


def _cancel(stage: Stage, subject: Subject) -> Document:
    name = stage.kind.cancelled_by
    return documents.cancel(subject, at=stage.now(), message_type=name)
