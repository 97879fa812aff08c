"""End to end, inward: what arrives at the single window, and what must never arrive there."""

from __future__ import annotations

import time
from operator import attrgetter
from typing import TYPE_CHECKING

from swb_conformance.live import documents
from swb_conformance.live.acts import CannotActError, Step
from swb_conformance.live.playing import Plays
from swb_schemas.catalogue import Purpose, decode_document
from swb_schemas.documents import CertificateOfOrigin, LeadingDocument
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.elements import LocalText
from swb_schemas.errors import SwbError
from swb_schemas.parsing import parse_xml
from swb_schemas.wire import Answers

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS", "require_arrived", "require_same"]

PLAYS = Plays("end-to-end/arriving")
_AGAIN = 0.05
"""Seconds until somebody is asked once more for what has to arrive."""
_NAMES = (
    ("vi", "Công ty Trách nhiệm hữu hạn Thực phẩm Đà Nẵng"),
    ("th", "บริษัท สวนผลไม้สยาม จำกัด"),
)


def require_arrived(stage: Stage, sent: Sent, *, times: int = 1) -> bytes:
    """Require a document to have arrived that often; returns its canonical form, where told.

    Who is asked does not hear how often: what must not arrive is asked for in the same words.

    Raises:
        UnmetError: It has not, or more often.
    """
    told = stage.arrived(sent)
    until = time.monotonic() + stage.patience.act
    while told.times < times and time.monotonic() < until:
        time.sleep(_AGAIN)
        told = stage.arrived(sent)
    if told.times != times:
        what = f"{sent.header.message_type} at the single window"
        raise stage.unmet(f"expected {what} {times} time(s), found {told.times}")
    return told.document


@PLAYS.add("E2E-001", acts=True, each=True)
def it_arrives_once(stage: Stage) -> None:
    """AS3 is said when the single window has it."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    require_arrived(stage, sent)


@PLAYS.add("E2E-002", acts=True, each=True)
def it_arrives_whole(stage: Stage) -> None:
    """Number, parties, items, codes, quantities and dates are those that were sealed."""
    sent = stage.send(stage.draw(items=12))
    stage.require_acknowledged(sent, Hop.AS3)
    require_same(stage, sent, require_arrived(stage, sent))


@PLAYS.add("E2E-002", acts=True, about=attrgetter("is_decided"))
def names_in_other_scripts_do_no_harm(stage: Stage) -> None:
    """National names stand beside the English one; what is in English arrives whole."""
    drawn = stage.draw()
    if not isinstance(drawn, CertificateOfOrigin):
        raise stage.unmet(f"expected a certificate of origin, found {type(drawn).__name__}")
    names = tuple(LocalText(lang=lang, value=value) for lang, value in _NAMES)
    exporter = drawn.exporter.model_copy(update={"national_names": names})
    sent = stage.send(drawn.model_copy(update={"exporter": exporter}))
    stage.require_acknowledged(sent, Hop.AS3)
    require_same(stage, sent, require_arrived(stage, sent))


@PLAYS.add("E2E-003", acts=True)
def a_repetition_arrives_once(stage: Stage) -> None:
    """The same octets three times."""
    sent = stage.send(stage.draw())
    stage.publish(sent)
    stage.require_acknowledged(sent, Hop.AS3)
    stage.publish(sent)
    stage.hush()
    require_arrived(stage, sent)


@PLAYS.add("E2E-003", acts=True)
def a_retransmission_that_nobody_asked_for_arrives_once(stage: Stage) -> None:
    """A new message with a known document is acknowledged, and not handed over again."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    again = stage.hand.sign(
        sent.sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        at=stage.now(),
        retransmission_of=sent.header.message_id,
    )
    stage.publish(again)
    stage.require_acknowledged(again)
    stage.hush()
    require_arrived(stage, sent)


@PLAYS.add("E2E-004", acts=True)
def a_document_waits_for_the_single_window(stage: Stage) -> None:
    """It is away when it comes, and gets it when it is back."""
    stage.act(Step.CLOSE, "Put the single window out of the gateway's reach.")
    try:
        sent = stage.send(stage.draw())
        stage.require_acknowledged(sent, Hop.AS2)
        stage.hush()  # a gateway that takes it for handed over has time to
    finally:
        stage.act(Step.OPEN, "Put the single window back.")
    stage.require_acknowledged(sent, Hop.AS3)
    require_arrived(stage, sent)


@PLAYS.add("E2E-004", acts=True)
def documents_survive_an_end_of_the_gateway(stage: Stage) -> None:
    """Five documents and a restart: each arrives once."""
    sent = [stage.send(stage.draw()) for _ in range(5)]
    stage.act(Step.RESTART, "End the gateway in the middle of its work, and start it again.")
    for each in sent:
        stage.require_acknowledged(each, Hop.AS3)
        require_arrived(stage, each)


@PLAYS.add("E2E-005", acts=True, about=attrgetter("is_cancelled"))
def a_cancellation_that_overtook_its_document_arrives(stage: Stage) -> None:
    """It is held until the document is there."""
    sent = stage.prepare(stage.draw())
    subject = documents.subject_of(sent.leading)
    name = stage.kind.cancelled_by
    asked = stage.follow(sent, documents.cancel(subject, at=stage.now(), message_type=name))
    stage.hush()
    require_arrived(stage, asked, times=0)
    stage.publish(sent)
    stage.require_acknowledged(asked, Hop.AS3)
    require_arrived(stage, sent)
    require_arrived(stage, asked)


@PLAYS.add("E2E-010", negative=True, acts=True, each=True)
def one_with_a_false_seal_does_not_arrive(stage: Stage) -> None:
    """The seal is another state's."""
    key = stage.material.signing_key(stage.material.third, stage.kind.type.seal_purpose)
    sent = stage.send(stage.draw(), key=key)
    stage.require_refused(sent, "certificate.unlisted")
    require_arrived(stage, sent, times=0)


@PLAYS.add("E2E-010", negative=True, acts=True)
def an_altered_document_does_not_arrive(stage: Stage) -> None:
    """Altered after its seal, and signed by the gateway that passed it on."""
    prepared = stage.prepare(stage.draw(), protect=False)
    altered = stage.hand.resign(prepared, b"<Content>", b"<Content>AAAA")
    stage.publish(altered)
    stage.hush()
    require_arrived(stage, altered, times=0)


@PLAYS.add("E2E-010", negative=True, acts=True)
def a_forged_message_does_not_arrive(stage: Stage) -> None:
    """Signed by a third state's gateway in the partner's name."""
    prepared = stage.prepare(stage.draw())
    sent = stage.hand.sign(
        prepared.sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        at=stage.now(),
        key=stage.material.signing_key(stage.material.third, Purpose.TRANSPORT),
    )
    stage.publish(sent)
    stage.require_silence(sent)
    require_arrived(stage, sent, times=0)


@PLAYS.add("E2E-011", negative=True, acts=True, each=True)
def one_of_a_stranger_does_not_arrive(stage: Stage) -> None:
    """That state is not connected."""
    stranger = stage.material.stranger
    sent = stage.send(stage.draw(exporting=stranger), by=stranger)
    stage.require_refused(sent, "connection.none")
    require_arrived(stage, sent, times=0)


@PLAYS.add("E2E-011", negative=True, acts=True)
def one_by_a_suspended_connection_does_not_arrive(stage: Stage) -> None:
    """It waits until the suspension ends."""
    suspended = stage.material.suspended
    sent = stage.send(stage.draw(exporting=suspended), by=suspended)
    stage.require_silence(sent)
    require_arrived(stage, sent, times=0)


@PLAYS.add("E2E-012", negative=True, acts=True)
def a_second_content_under_one_id_does_not_arrive(stage: Stage) -> None:
    """The first one stands."""
    sent = stage.send(stage.draw(items=1))
    stage.require_acknowledged(sent, Hop.AS3)
    forged = stage.send(
        stage.draw(items=7),
        document_id=sent.header.document_id,
        conversation_id=sent.header.conversation_id,
    )
    stage.require_refused(forged, "document.conflict")
    require_same(stage, sent, require_arrived(stage, sent))


@PLAYS.add("E2E-013", negative=True, acts=True, about=attrgetter("is_decided"))
def a_response_to_what_was_never_sent_does_not_arrive(stage: Stage) -> None:
    """It is nobody's."""
    invented = stage.draw_export()
    other = stage.prepare(stage.draw())
    response = documents.decide(
        documents.subject_of(invented), at=stage.now(), items=2, decision=Decision.GIVEN
    )
    answers = Answers(document_id=other.header.document_id, document_digest=other.sealed.digest)
    sent = stage.send(response, answers=answers)
    stage.require_refused(sent, "receive.unknown_certificate")
    require_arrived(stage, sent, times=0)


@PLAYS.add("E2E-013", negative=True, acts=True, about=attrgetter("is_decided"))
def a_response_of_customs_that_was_not_asked_does_not_arrive(stage: Stage) -> None:
    """A third state's customs decides on what was sent to the partner."""
    heard = stage.issue()
    response = documents.decide(
        documents.subject_of(heard.leading),
        at=stage.now(),
        items=2,
        decision=Decision.NOT_GIVEN,
    )
    sent = stage.answer(heard, response, by=stage.material.third)
    stage.require_refused(sent, "receive.unknown_certificate")
    require_arrived(stage, sent, times=0)


def require_same(stage: Stage, sent: Sent, arrived: bytes) -> None:
    """Compare what arrived with what was sealed.

    Raises:
        CannotActError: The act does not tell what arrived.
        UnmetError: It is something else.
    """
    if not arrived:
        raise CannotActError("the act does not tell what arrived, in canonical form")
    try:
        found = decode_document(parse_xml(arrived))
    except SwbError as cause:
        raise stage.unmet(f"expected a canonical document from the act: {cause}") from cause
    if not isinstance(found, LeadingDocument):
        raise stage.unmet(f"expected a {stage.kind.name}, found {type(found).__name__}")
    if differing := stage.kind.find_differences(sent.leading, found):
        raise stage.unmet(f"expected what was sealed to arrive; differs: {differing}")
