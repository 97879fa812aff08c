"""What customs says of a document: receipts and responses, both ways."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from swb_conformance.live import documents
from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.customs import Decision
from swb_schemas.wire import Answers

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage
    from swb_schemas.documents import CustomsResponse

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/answering")


@PLAYS.add("GTW-060", acts=True, about=attrgetter("is_received"), each=True)
def takes_a_receipt_of_customs(stage: Stage) -> None:
    """It goes to the single window, and nobody is told."""
    heard = stage.issue()
    sent = stage.answer(
        heard, documents.receipt(documents.subject_of(heard.leading), at=stage.now())
    )
    stage.require_silence(sent)


@PLAYS.add("GTW-061", acts=True, about=attrgetter("is_decided"), each=True)
def takes_a_response_of_customs(stage: Stage) -> None:
    """Acknowledged by AS2 and AS3."""
    sent = stage.answer(heard := stage.issue(), _response(stage, heard))
    stage.require_acknowledged(sent, Hop.AS2)
    stage.require_acknowledged(sent, Hop.AS3)


@PLAYS.add("GTW-061", acts=True, about=attrgetter("is_decided"))
def takes_a_refusal_of_preference(stage: Stage) -> None:
    """NOT GIVEN, with reasons for each item."""
    heard = stage.issue()
    sent = stage.answer(heard, _response(stage, heard, decision=Decision.NOT_GIVEN))
    stage.require_acknowledged(sent)


@PLAYS.add("GTW-062", acts=True, about=attrgetter("is_decided"))
def takes_responses_in_any_order(stage: Stage) -> None:
    """The second comes first: both are acknowledged."""
    heard = stage.issue()
    later = stage.answer(heard, _response(stage, heard, number=2))
    stage.require_acknowledged(later)
    first = stage.answer(heard, _response(stage, heard, decision=Decision.PENDING))
    stage.require_acknowledged(first)


@PLAYS.add("GTW-063", acts=True, about=attrgetter("is_decided"))
def takes_a_response_about_an_item_that_is_not_there(stage: Stage) -> None:
    """The decision is that customs'; what is odd about it is advice, and refuses nothing."""
    heard = stage.issue()
    stage.require_acknowledged(stage.answer(heard, _response(stage, heard, items=5)))


@PLAYS.add("GTW-064", negative=True, acts=True, about=attrgetter("is_decided"))
def refuses_a_response_of_customs_that_was_not_asked(stage: Stage) -> None:
    """A third state answers what it never got."""
    heard = stage.issue()
    sent = stage.answer(heard, _response(stage, heard), by=stage.material.third)
    stage.require_refused(sent, "receive.unknown_certificate")


@PLAYS.add("GTW-064", negative=True, acts=True, about=attrgetter("is_decided"))
def refuses_a_response_to_another_digest(stage: Stage) -> None:
    """The document's id with another document's digest."""
    heard, other = stage.issue(), stage.prepare(stage.draw())
    answers = Answers(document_id=heard.document_named[0], document_digest=other.sealed.digest)
    sent = stage.send(
        _response(stage, heard), answers=answers, conversation_id=heard.header.conversation_id
    )
    stage.require_refused(sent, "receive.unknown_certificate")


@PLAYS.add("GTW-064", negative=True, about=attrgetter("is_decided"))
def does_not_take_a_response_to_what_it_never_sent(stage: Stage) -> None:
    """It is nobody's."""
    invented = stage.draw_export()
    other = stage.prepare(stage.draw())
    subject = documents.subject_of(invented)
    response = documents.decide(subject, at=stage.now(), items=2, decision=Decision.GIVEN)
    answers = Answers(document_id=other.header.document_id, document_digest=other.sealed.digest)
    sent = stage.send(response, answers=answers)
    stage.require_refused(sent, "receive.unknown_certificate")


@PLAYS.add("GTW-068", negative=True, acts=True, about=lambda kind: not kind.is_decided, each=True)
def refuses_a_response_that_the_type_does_not_have(stage: Stage) -> None:
    """Nobody decides on preference here: the catalogue has no such answer."""
    sent = stage.answer(heard := stage.issue(), _response(stage, heard))
    stage.require_refused(
        sent, "receive.answer_not_foreseen", "connection.none", "party.wrong_role"
    )


@PLAYS.add("GTW-065", acts=True, about=attrgetter("is_received"), each=True)
def sends_a_receipt(stage: Stage) -> None:
    """What customs received is told to the exporting side, and names the document."""
    sent = _take(stage)
    document = documents.receipt(documents.subject_of(sent.leading), at=stage.now())
    stage.enter(document, "Have customs receive this document (RES-REC).")
    _require_answers(stage, sent, "CustomsReceipt")


@PLAYS.add("GTW-066", acts=True, about=attrgetter("is_decided"), each=True)
def sends_a_response(stage: Stage) -> None:
    """GIVEN for every item."""
    sent = _take(stage)
    stage.enter(_decide(stage, sent), "Have customs give preference to every item.")
    _require_answers(stage, sent, "CustomsResponse")


@PLAYS.add("GTW-066", acts=True, about=attrgetter("is_decided"))
def sends_a_refusal_of_preference(stage: Stage) -> None:
    """NOT GIVEN."""
    sent = _take(stage)
    stage.enter(_decide(stage, sent, Decision.NOT_GIVEN), "Have customs refuse preference.")
    _require_answers(stage, sent, "CustomsResponse")


@PLAYS.add("GTW-067", negative=True, acts=True, about=attrgetter("is_decided"))
def does_not_send_a_response_to_what_never_came(stage: Stage) -> None:
    """Customs answers what the gateway does not know."""
    invented = stage.draw()
    document = documents.decide(
        documents.subject_of(invented), at=stage.now(), items=2, decision=Decision.GIVEN
    )
    stage.require_not_sent(document)


@PLAYS.add("GTW-067", negative=True, acts=True, about=attrgetter("is_decided"))
def does_not_send_two_responses_under_one_number(stage: Stage) -> None:
    """A number is given once."""
    sent = _take(stage)
    stage.enter(_decide(stage, sent), "Have customs give preference, as response 1.")
    _require_answers(stage, sent, "CustomsResponse")
    stage.require_not_sent(_decide(stage, sent, Decision.NOT_GIVEN))


def _take(stage: Stage) -> Sent:
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    return sent


def _decide(stage: Stage, sent: Sent, decision: Decision = Decision.GIVEN) -> CustomsResponse:
    return documents.decide(
        documents.subject_of(sent.leading), at=stage.now(), items=2, decision=decision
    )


def _require_answers(stage: Stage, sent: Sent, message_type: str) -> Heard:
    heard = stage.require_document(message_type, sent.sealed.header.certificate_key or "")
    answers = heard.seal.answers
    if answers is None or (answers.document_id, answers.document_digest.text) != sent.sealed.named:
        raise stage.unmet(f"expected Answers to name {sent.sealed.header.document_id}")
    if heard.seal.conversation_id != sent.header.conversation_id:
        raise stage.unmet(f"expected the conversation {sent.header.conversation_id}")
    return heard


def _response(
    stage: Stage,
    heard: Heard,
    *,
    decision: Decision = Decision.GIVEN,
    number: int = 1,
    items: int = 2,
) -> CustomsResponse:
    return documents.decide(
        documents.subject_of(heard.leading),
        at=stage.now(),
        items=items,
        decision=decision,
        number=number,
    )


@PLAYS.add("GTW-068", negative=True, acts=True, about=lambda kind: not kind.is_decided, each=True)
def does_not_send_a_response_that_the_type_does_not_have(stage: Stage) -> None:
    """Customs tries to decide on what knows no decision."""
    stage.require_not_sent(_decide(stage, _take(stage)))
