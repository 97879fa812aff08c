"""What is refused, and told to nobody: its sender is not proven, or it is for somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb_conformance.live.playing import Plays
from swb_schemas.catalogue import Purpose

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/unanswered")
_TOO_LARGE = 9_500_001
"""Octets: one more than a message may have."""


def _publish(stage: Stage, sent: Sent, octets: bytes) -> None:
    """Publish other octets in the place of a message, and prove that nobody is told."""
    altered = replace(sent, octets=octets)
    stage.publish(altered)
    stage.require_silence(altered)


def _sign_by(stage: Stage, state: str, purpose: Purpose) -> None:
    prepared = stage.prepare(stage.draw())
    sent = stage.hand.sign(
        prepared.sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        at=stage.now(),
        key=stage.material.signing_key(state, purpose),
    )
    stage.publish(sent)
    stage.require_silence(sent)


@PLAYS.add("GTW-030", negative=True)
def a_message_altered_on_its_way(stage: Stage) -> None:
    """Another conversation stands in the header."""
    sent = stage.prepare(stage.draw())
    other = stage.prepare(stage.draw())
    old, new = sent.header.conversation_id, other.header.conversation_id
    _publish(stage, sent, sent.octets.replace(old.encode(), new.encode()))


@PLAYS.add("GTW-030", negative=True)
def a_signature_that_does_not_hold(stage: Stage) -> None:
    """Digests are right, the value is another one's."""
    sent, other = stage.prepare(stage.draw()), stage.prepare(stage.draw())
    _publish(stage, sent, sent.octets.replace(_value(sent.octets), _value(other.octets)))


@PLAYS.add("GTW-030", negative=True)
def a_message_without_a_signature(stage: Stage) -> None:
    """The signature is cut out."""
    sent = stage.prepare(stage.draw())
    start, end = sent.octets.find(b"<ds:Signature "), sent.octets.find(b"</ds:Signature>")
    _publish(stage, sent, sent.octets[:start] + sent.octets[end + len(b"</ds:Signature>") :])


@PLAYS.add("GTW-031", negative=True)
def a_message_signed_by_another_states_gateway(stage: Stage) -> None:
    """The key is a listed transport key of a third state."""
    _sign_by(stage, stage.material.third, Purpose.TRANSPORT)


@PLAYS.add("GTW-031", negative=True)
def a_message_signed_by_a_key_for_something_else(stage: Stage) -> None:
    """The key is the sender's own, for sealing receipts."""
    _sign_by(stage, stage.material.partner, Purpose.RECEIPT_SEAL)


@PLAYS.add("GTW-031", negative=True)
def a_message_signed_by_the_router(stage: Stage) -> None:
    """The region signs for no state."""
    _sign_by(stage, "REGION", Purpose.TRANSPORT)


@PLAYS.add("GTW-032", negative=True)
def a_message_for_another_receiver(stage: Stage) -> None:
    """It is right in everything, and for a third state."""
    partner, third = stage.material.partner, stage.material.third
    drawn = stage.draw(importing=third)
    sealed = stage.hand.seal(drawn, by=partner, to=third, at=stage.now())
    sent = stage.hand.sign(sealed, by=partner, to=third, at=stage.now())
    stage.publish(sent)
    stage.require_silence(sent)


@PLAYS.add("GTW-033", negative=True)
def a_message_of_another_environment(stage: Stage) -> None:
    """Signed with test keys, and called production."""
    sent = stage.hand.resign(
        stage.prepare(stage.draw()),
        b"<InstanceIdentifier>test<",
        b"<InstanceIdentifier>production<",
    )
    stage.publish(sent)
    stage.require_silence(sent)


@PLAYS.add("GTW-034", negative=True)
def octets_that_are_no_xml(stage: Stage) -> None:
    """Noise."""
    _publish(stage, stage.prepare(stage.draw()), b"\x00\xff" * 500)


@PLAYS.add("GTW-034", negative=True)
def a_document_type_declaration(stage: Stage) -> None:
    """An entity stands before the message."""
    sent = stage.prepare(stage.draw())
    _publish(stage, sent, b'<!DOCTYPE x [<!ENTITY e "e">]>' + sent.octets)


@PLAYS.add("GTW-034", negative=True)
def white_space_between_elements(stage: Stage) -> None:
    """It means the same, and is not canonical."""
    sent = stage.prepare(stage.draw())
    _publish(stage, sent, sent.octets.replace(b"><", b">\n<", 1))


@PLAYS.add("GTW-035", negative=True)
def a_message_that_is_too_large(stage: Stage) -> None:
    """One octet more than a message may have."""
    sent = stage.prepare(stage.draw())
    _publish(stage, sent, sent.octets + b" " * (_TOO_LARGE - len(sent.octets)))


@PLAYS.add("GTW-036", negative=True, each=True)
def what_comes_by_a_suspended_connection(stage: Stage) -> None:
    """It is neither acknowledged nor refused: it waits until the suspension ends."""
    suspended = stage.material.suspended
    sent = stage.send(stage.draw(exporting=suspended), by=suspended)
    stage.require_silence(sent)


def _value(octets: bytes) -> bytes:
    start = octets.rfind(b"<ds:SignatureValue>")
    return octets[start : octets.find(b"</ds:SignatureValue>", start)]
