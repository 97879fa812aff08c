"""What was lost: documents and acknowledgements again, what a day came to, paper in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from swb_conformance.live.playing import Plays
from swb_schemas.documents import (
    ExchangeSummary,
    OutageNotice,
    RetransmissionReply,
    RetransmissionRequest,
)
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Digest
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.documents.retransmission import (
    RequestedDocument,
    RetransmissionOutcome,
    RetransmissionReason,
    Wanted,
)
from swb_schemas.errors import SwbError
from swb_schemas.wire.exchange import ExchangedDocuments, check_set

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS", "ask_again", "ask_summary"]

PLAYS = Plays("gateway/again")


@PLAYS.add("GTW-080", acts=True, each=True)
def sends_a_document_again(stage: Stage) -> None:
    """A new message with the same octets, which names the first one and the request."""
    first = stage.issue()
    request = ask_again(stage, first.document_named)
    again = stage.require(
        lambda heard: heard is not first and heard.document_named == first.document_named,
        "the same document in another message",
    )
    header = again.header
    if again.sealed.octets != first.sealed.octets:
        raise stage.unmet("expected the sealed document byte for byte")
    if header.retransmission_of != first.named[0]:
        raise stage.unmet(f"expected RETRANSMISSION_OF {first.named[0]}")
    if header.correlation != request.header.message_id:
        raise stage.unmet(f"expected CORRELATION {request.header.message_id}")
    if header.message_id == first.named[0]:
        raise stage.unmet("expected a new message id")


@PLAYS.add("GTW-081", acts=True)
def says_what_became_of_a_request(stage: Stage) -> None:
    """SENT, and by which message."""
    first = stage.issue()
    request = ask_again(stage, first.document_named)
    _require_outcome(stage, request, RetransmissionOutcome.SENT)


@PLAYS.add("GTW-081", negative=True)
def does_not_know_what_it_never_sent(stage: Stage) -> None:
    """UNKNOWN."""
    other = stage.prepare(stage.draw())
    request = ask_again(stage, other.sealed.named)
    _require_outcome(stage, request, RetransmissionOutcome.UNKNOWN)


@PLAYS.add("GTW-082", negative=True, acts=True)
def sends_nothing_again_to_a_third_state(stage: Stage) -> None:
    """A document is sent again to the state that it was addressed to alone."""
    first = stage.issue()
    request = ask_again(stage, first.document_named, by=stage.material.third)
    _require_outcome(stage, request, RetransmissionOutcome.UNKNOWN)


@PLAYS.add("GTW-083")
def sends_acknowledgements_again(stage: Stage) -> None:
    """The sealed AS2, byte for byte, in a new message."""
    sent = stage.send(stage.draw())
    first = stage.require_acknowledged(sent, Hop.AS2)
    stage.require_acknowledged(sent, Hop.AS3)
    ask_again(stage, sent.sealed.named, wanted=Wanted.ACKNOWLEDGEMENTS)
    stage.require(
        lambda heard: heard.named != first.named and heard.document_named == first.document_named,
        "the same acknowledgement in another message",
    )


@PLAYS.add("GTW-084", negative=True)
def refuses_a_retransmission_of_something_else(stage: Stage) -> None:
    """The message that it names brought another document."""
    one, other = stage.send(stage.draw()), stage.send(stage.draw())
    stage.require_acknowledged(one)
    stage.require_acknowledged(other)
    again = _repeat(stage, one, retransmission_of=other.header.message_id)
    stage.require_refused(again, "receive.unknown_retransmission")


@PLAYS.add("GTW-084")
def takes_a_retransmission_that_it_did_not_ask_for(stage: Stage) -> None:
    """Known by id and digest: acknowledged, and nothing more."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent)
    again = _repeat(stage, sent, retransmission_of=sent.header.message_id)
    stage.require_acknowledged(again)


@PLAYS.add("GTW-084")
def takes_a_retransmission_of_what_was_lost(stage: Stage) -> None:
    """The first message never came: it is taken as new."""
    lost = stage.prepare(stage.draw())
    again = _repeat(stage, lost, retransmission_of=lost.header.message_id)
    stage.require_acknowledged(again, Hop.AS3)


@PLAYS.add("GTW-085")
def says_what_a_day_came_to(stage: Stage) -> None:
    """Asked by a summary, it answers with its own, whose buckets lead to its roots."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent)
    asked, summary = ask_summary(stage)
    for each in (summary.sent, summary.received):
        try:
            check_set(each)
        except SwbError as cause:
            raise stage.unmet(f"expected buckets that lead to their root: {cause}") from cause
    if summary.received.count < 1:
        raise stage.unmet(f"expected {asked.header.message_id} answered with what was received")


@PLAYS.add("GTW-086", negative=True)
def says_nothing_to_a_summary_that_does_not_add_up(stage: Stage) -> None:
    """Its count says one document, its buckets none."""
    empty = ExchangedDocuments(()).summarise()
    summary = ExchangeSummary(
        day=stage.now().date(),
        revision=1,
        reply_wanted=True,
        sent=empty.model_copy(update={"count": 1}),
        received=empty,
    )
    sent = stage.send(summary)
    stage.require_silence()
    told = [
        each.message_type
        for each in stage.list_heard()
        if each.message and each.message.header.correlation == sent.header.message_id
    ]
    if told:
        raise stage.unmet(f"expected no answer to a wrong summary, found {told[0]}")


@PLAYS.add("GTW-087")
def takes_an_outage_notice(stage: Stage) -> None:
    """Paper is taken for an hour; nothing is answered, and the exchange goes on."""
    at = stage.now()
    notice = OutageNotice(
        from_at=at, until_at=at + timedelta(hours=1), reason=OutageReason.MAINTENANCE
    )
    stage.require_silence(stage.send(notice))


def ask_again(
    stage: Stage,
    document: tuple[str, str],
    *,
    by: str | None = None,
    wanted: Wanted = Wanted.DOCUMENT,
) -> Sent:
    """Ask for a document again, or for what acknowledges it."""
    requested = RequestedDocument(
        document_id=document[0], document_digest=Digest.parse(document[1]), wanted=wanted
    )
    return stage.send(
        RetransmissionRequest(reason=RetransmissionReason.LOST, requested=(requested,)), by=by
    )


def ask_summary(stage: Stage, *, revision: int = 1) -> tuple[Sent, ExchangeSummary]:
    """Ask what this day came to, and wait for the answer."""
    empty = ExchangedDocuments(()).summarise()
    asked = stage.send(
        ExchangeSummary(
            day=stage.now().date(),
            revision=revision,
            reply_wanted=True,
            sent=empty,
            received=empty,
        )
    )
    heard = stage.require(
        lambda each: (
            each.message_type == "ExchangeSummary"
            and each.message is not None
            and each.message.header.correlation == asked.header.message_id
        ),
        "a summary that answers ours",
    )
    summary = heard.sealed.document
    if not isinstance(summary, ExchangeSummary):
        raise stage.unmet("expected a summary")
    return asked, summary


def _repeat(stage: Stage, sent: Sent, *, retransmission_of: str) -> Sent:
    again = stage.hand.sign(
        sent.sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        at=stage.now(),
        retransmission_of=retransmission_of,
    )
    stage.publish(again)
    return again


def _require_outcome(stage: Stage, request: Sent, outcome: RetransmissionOutcome) -> Heard:
    heard = stage.require(
        lambda each: (
            each.message_type == "RetransmissionReply"
            and each.message is not None
            and each.message.header.correlation == request.header.message_id
        ),
        "a reply to the request",
    )
    reply = heard.sealed.document
    answered = reply.answered if isinstance(reply, RetransmissionReply) else ()
    found = [each.outcome for each in answered]
    if found != [outcome]:
        raise stage.unmet(f"expected {outcome}, found {found}")
    return heard
