"""Cancellation and verification, both ways, also out of order."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from swb_conformance.live import documents
from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.customs import Decision

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage
    from swb_schemas.documents import Document
    from swb_schemas.documents.customs import Subject

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/moves")


@PLAYS.add("GTW-070", acts=True, about=attrgetter("is_cancelled"), each=True)
def asks_for_cancellation(stage: Stage) -> None:
    """A cancellation goes out, names the document, and its reply is acknowledged."""
    heard, subject = _issue(stage)
    _enter(stage, _cancel(stage, subject), "Ask for cancellation.")
    stage.require_document(stage.kind.cancelled_by, str(subject.key))
    reply = documents.reply_to_cancellation(subject, at=stage.now())
    stage.require_acknowledged(stage.answer(heard, reply), Hop.AS3)


@PLAYS.add("GTW-071", acts=True, about=attrgetter("is_cancelled"), each=True)
def replies_to_a_cancellation(stage: Stage) -> None:
    """It is acknowledged; what customs says to it goes out."""
    sent, subject = _receive(stage)
    asked = stage.follow(sent, _cancel(stage, subject))
    stage.require_acknowledged(asked, Hop.AS3)
    reply = documents.reply_to_cancellation(subject, at=stage.now())
    _enter(stage, reply, "Have customs accept the cancellation.")
    stage.require_document("CancellationReply", str(subject.key))


@PLAYS.add("GTW-072", about=attrgetter("is_cancelled"))
def waits_for_a_document_that_was_overtaken(stage: Stage) -> None:
    """A cancellation comes before its document: it is held, then both are acknowledged."""
    sent = stage.prepare(stage.draw())
    asked = stage.follow(sent, _cancel(stage, documents.subject_of(sent.leading)))
    stage.hush()
    if stage.is_judged(asked):
        raise stage.unmet("expected no word about a cancellation before its document")
    stage.publish(sent)
    stage.require_acknowledged(sent)
    stage.require_acknowledged(asked)


@PLAYS.add("GTW-073", negative=True, acts=True, about=attrgetter("is_cancelled"))
def does_not_ask_for_cancellation_twice(stage: Stage) -> None:
    """While the first is open there is no second."""
    _, subject = _issue(stage)
    _enter(stage, _cancel(stage, subject), "Ask for cancellation.")
    stage.require_document(stage.kind.cancelled_by, str(subject.key))
    stage.require_not_sent(_cancel(stage, subject, number=2))


@PLAYS.add("GTW-073", negative=True, acts=True, about=attrgetter("is_decided"))
def does_not_cancel_what_was_utilised(stage: Stage) -> None:
    """Preference was given: it is utilised."""
    heard, subject = _issue(stage)
    response = documents.decide(subject, at=stage.now(), items=2, decision=Decision.GIVEN)
    stage.require_acknowledged(stage.answer(heard, response))
    stage.require_not_sent(_cancel(stage, subject))


@PLAYS.add("GTW-074", negative=True, acts=True, about=attrgetter("is_cancelled"))
def refuses_a_reply_that_nobody_asked_for(stage: Stage) -> None:
    """Who has not asked for a cancellation knows it."""
    heard, subject = _issue(stage)
    reply = stage.answer(heard, documents.reply_to_cancellation(subject, at=stage.now()))
    stage.require_refused(reply, "exchange.nothing_asked")


@PLAYS.add("GTW-075", acts=True, about=attrgetter("is_verified"), each=True)
def asks_for_verification(stage: Stage) -> None:
    """Customs asks, the partner replies, customs concludes."""
    sent, subject = _receive(stage)
    _enter(stage, documents.question(subject, at=stage.now()), "Have customs doubt its origin.")
    stage.require_document("VerificationRequest", str(subject.key))
    reply = stage.follow(sent, documents.explain(subject, at=stage.now()))
    stage.require_acknowledged(reply, Hop.AS3)
    _enter(stage, documents.conclude(subject, at=stage.now()), "Have customs conclude.")
    stage.require_document("VerificationOutcome", str(subject.key))


@PLAYS.add("GTW-076", acts=True, about=attrgetter("is_verified"), each=True)
def replies_to_a_verification(stage: Stage) -> None:
    """The partner asks, the issuing authority replies, the partner concludes."""
    heard, subject = _issue(stage)
    asked = stage.answer(heard, documents.question(subject, at=stage.now()))
    stage.require_acknowledged(asked, Hop.AS3)
    _enter(stage, documents.explain(subject, at=stage.now()), "Reply to the verification.")
    stage.require_document("VerificationReply", str(subject.key))
    concluded = stage.answer(heard, documents.conclude(subject, at=stage.now()))
    stage.require_acknowledged(concluded)


@PLAYS.add("GTW-072", acts=True, about=attrgetter("is_verified"))
def waits_for_a_question_that_was_overtaken(stage: Stage) -> None:
    """Customs denies, and that comes before its request: it is held, then both are taken."""
    heard, subject = _issue(stage)
    at = stage.now()
    denied = stage.answer(heard, documents.conclude(subject, at=at, confirmed=False))
    stage.hush()
    if stage.is_judged(denied):
        raise stage.unmet("expected no word about an outcome before its request")
    stage.require_acknowledged(stage.answer(heard, documents.question(subject, at=at)))
    stage.require_acknowledged(denied)


@PLAYS.add("GTW-077", negative=True, acts=True, about=attrgetter("is_verified"))
def does_not_reply_to_what_nobody_asked(stage: Stage) -> None:
    """A reply to a verification without a request is refused before it is sealed."""
    _, subject = _issue(stage)
    stage.require_not_sent(documents.explain(subject, at=stage.now()))


@PLAYS.add("GTW-077", negative=True, acts=True, about=attrgetter("is_verified"))
def does_not_conclude_before_the_reply(stage: Stage) -> None:
    """Confirmed without a reply."""
    _, subject = _receive(stage)
    _enter(stage, documents.question(subject, at=stage.now()), "Have customs doubt its origin.")
    stage.require_document("VerificationRequest", str(subject.key))
    stage.require_not_sent(documents.conclude(subject, at=stage.now()))


def _issue(stage: Stage) -> tuple[Heard, Subject]:
    heard = stage.issue()
    return heard, documents.subject_of(heard.leading)


def _receive(stage: Stage) -> tuple[Sent, Subject]:
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    return sent, documents.subject_of(sent.leading)


def _enter(stage: Stage, document: Document, text: str) -> None:
    told = stage.enter(document, text)
    if not told.is_accepted:
        raise stage.unmet(f"{text} Expected it to be taken, found {dict(told.members)}")


def _cancel(stage: Stage, subject: Subject, number: int = 1) -> Document:
    name = stage.kind.cancelled_by
    return documents.cancel(subject, at=stage.now(), number=number, message_type=name)
