"""A document comes in, and is acknowledged: the plain way, and the ways that must do no harm."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Extension, Extensions

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS", "extend", "require_the_same"]

PLAYS = Plays("gateway/incoming")


@PLAYS.add("GTW-001", "GTW-002", each=True)
def acknowledges_it(stage: Stage) -> None:
    """AS2 comes, sealed and signed, and names message and document by id and digest."""
    sent = stage.send(stage.draw())
    heard = stage.require_acknowledged(sent)
    header = heard.header
    if (header.sender, header.receiver) != (sent.header.receiver, sent.header.sender):
        raise stage.unmet(f"expected AS2 from {sent.header.receiver} to {sent.header.sender}")


@PLAYS.add("GTW-003", each=True)
def says_when_the_single_window_has_it(stage: Stage) -> None:
    """AS3 comes."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS2)
    stage.require_acknowledged(sent, Hop.AS3)


@PLAYS.add("GTW-004")
def sends_acknowledgements_in_clear(stage: Stage) -> None:
    """An acknowledgement holds nothing of what a document says, and travels in clear."""
    heard = stage.require_acknowledged(stage.send(stage.draw()))
    if heard.was_encrypted:
        raise stage.unmet("expected an acknowledgement in clear, found a protected one")


@PLAYS.add("GTW-002")
def correlates_what_it_acknowledges(stage: Stage) -> None:
    """CORRELATION names the message, CONVERSATION is the document's: of AS2 and of AS3."""
    sent = stage.send(stage.draw())
    for hop in (Hop.AS2, Hop.AS3):
        _require_correlated(stage, sent, stage.require_acknowledged(sent, hop))


@PLAYS.add("GTW-002")
def correlates_what_it_refuses(stage: Stage) -> None:
    """A refusal is an acknowledgement, too."""
    stranger = stage.material.stranger
    sent = stage.send(stage.draw(exporting=stranger), by=stranger)
    _require_correlated(stage, sent, stage.require_refused(sent, "connection.none"))


@PLAYS.add("GTW-001")
def takes_one_of_another_partner(stage: Stage) -> None:
    """Each connection is served."""
    third = stage.material.third
    sent = stage.send(stage.draw(exporting=third), by=third)
    stage.require_acknowledged(sent)


@PLAYS.add("GTW-001")
def takes_one_of_many_items(stage: Stage) -> None:
    """Two hundred items are nothing special."""
    stage.require_acknowledged(stage.send(stage.draw(items=200)))


@PLAYS.add("GTW-005")
def takes_what_comes_late(stage: Stage) -> None:
    """A message that was made days ago and has not expired is taken as any other."""
    at = stage.now() - timedelta(minutes=30)
    stage.require_acknowledged(stage.send(stage.draw(), at=at))


@PLAYS.add("GTW-005")
def takes_what_a_fast_clock_made(stage: Stage) -> None:
    """Five minutes are allowed for clocks that differ."""
    stage.require_acknowledged(stage.send(stage.draw(), at=stage.now() + timedelta(minutes=4)))


@PLAYS.add("GTW-006")
def answers_a_repetition_by_the_same_octets(stage: Stage) -> None:
    """Known by id and digest: the acknowledgement is sent again, byte for byte."""
    sent = stage.send(stage.draw())
    first = stage.require_acknowledged(sent)
    stage.publish(sent)
    require_the_same(stage, sent, first, "the same acknowledgement again")


@PLAYS.add("GTW-006")
def answers_a_refused_repetition_by_the_same_octets(stage: Stage) -> None:
    """A refusal, too, is sent again."""
    stranger = stage.material.stranger
    sent = stage.send(stage.draw(exporting=stranger), by=stranger)
    first = stage.require_refused(sent, "connection.none")
    stage.publish(sent)
    require_the_same(stage, sent, first, "the same refusal again")


@PLAYS.add("GTW-007", negative=True)
def refuses_another_message_under_a_known_id(stage: Stage) -> None:
    """One id, two digests: the first one stands."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent)
    other = stage.prepare(stage.draw())
    forged = stage.hand.sign(
        other.sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        at=stage.now(),
        message_id=sent.header.message_id,
    )
    stage.publish(forged)
    stage.require_refused(forged, "message.conflict")


@PLAYS.add("GTW-007", negative=True)
def refuses_another_document_under_a_known_id(stage: Stage) -> None:
    """One document id, two digests, in another message."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent)
    forged = stage.send(
        stage.draw(),
        document_id=sent.header.document_id,
        conversation_id=sent.header.conversation_id,
    )
    stage.require_refused(forged, "document.conflict")


@PLAYS.add("GTW-008")
def acknowledges_a_known_document_in_a_new_message(stage: Stage) -> None:
    """The same sealed document by another message: acknowledged."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent)
    again = stage.hand.sign(
        sent.sealed, by=stage.material.partner, to=stage.material.tested, at=stage.now()
    )
    stage.publish(again)
    stage.require_acknowledged(again)


@PLAYS.add("GTW-009")
def ignores_what_it_need_not_understand(stage: Stage) -> None:
    """An extension that need not be understood changes nothing."""
    prepared = stage.prepare(stage.draw())
    stage.publish(
        sent := stage.hand.sign(
            prepared.sealed,
            by=stage.material.partner,
            to=stage.material.tested,
            at=stage.now(),
            extensions=extend(must_understand=False),
        )
    )
    stage.require_acknowledged(sent)


@PLAYS.add("GTW-010")
def takes_many_at_once(stage: Stage) -> None:
    """Thirty before the first answer; each is acknowledged."""
    sent = [stage.prepare(stage.draw()) for _ in range(30)]
    for each in sent:
        stage.publish(each)
    for each in sent:
        stage.require_acknowledged(each)


@PLAYS.add("GTW-011")
def says_nothing_about_acknowledgements(stage: Stage) -> None:
    """AS2 and AS3 acknowledge the message, and nothing else is said in its conversation."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    stage.hush()
    for each in stage.list_about(sent.header.conversation_id):
        if sent.header.message_id not in {told.message_id for told in each.acknowledged()}:
            message = f"expected acknowledgements of {sent.header.message_id} only"
            raise stage.unmet(f"{message}, found a {each.message_type} about something else")


def require_the_same(stage: Stage, sent: Sent, first: Heard, what: str) -> None:
    """Wait for what was said of a message before, byte for byte, and for nothing else.

    Raises:
        UnmetError: It does not come again, or AS2 comes in other octets, too.
    """
    stage.require(lambda heard: heard is not first and heard.octets == first.octets, what)
    stage.hush()
    others = [
        heard
        for heard in stage.list_heard()
        for each in heard.acknowledged()
        if each.message_id == sent.header.message_id
        and each.hop is Hop.AS2
        and heard.octets != first.octets
    ]
    if others:
        raise stage.unmet(f"expected {what}, found {others[0].named[0]} with other octets, too")


def extend(*, must_understand: bool) -> Extensions:
    """An extension that nobody knows."""
    element = '<Novelty xmlns="urn:example:novelty:1">x</Novelty>'
    return Extensions(extensions=(Extension(must_understand=must_understand, element=element),))


def _require_correlated(stage: Stage, sent: Sent, heard: Heard) -> None:
    header = heard.header
    is_shared = len({each.message_id for each in heard.acknowledged()}) > 1
    correlation = None if is_shared else sent.header.message_id
    conversation = header.document_id if is_shared else sent.header.conversation_id
    if header.correlation != correlation:
        raise stage.unmet(
            f"expected CORRELATION {correlation or 'absent'}, found {header.correlation}"
        )
    if header.conversation_id != conversation:
        raise stage.unmet(f"expected conversation {conversation}, found {header.conversation_id}")
