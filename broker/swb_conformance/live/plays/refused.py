"""What is refused, and told: the sender is authentic, what it sends is not right."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from swb_conformance.live.playing import Plays
from swb_conformance.live.plays.incoming import extend
from swb_schemas.catalogue import Purpose
from swb_schemas.wire import EncryptedBody, encrypt_body

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/refused")


def _sign(stage: Stage, sent: Sent, **options: object) -> Sent:
    """Sign another message with the same sealed document, and publish it."""
    options.setdefault("at", stage.now())
    again = stage.hand.sign(
        sent.sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        **options,  # type: ignore[arg-type]  # options of `Hand.sign`
    )
    stage.publish(again)
    return again


@PLAYS.add("GTW-020", negative=True)
def an_expired_message(stage: Stage) -> None:
    """Made and expired before it comes."""
    at = stage.now() - timedelta(minutes=40)
    sealed = stage.hand.seal(
        stage.draw(), by=stage.material.partner, to=stage.material.tested, at=at
    )
    sent = stage.hand.sign(
        sealed,
        by=stage.material.partner,
        to=stage.material.tested,
        at=at,
        lives_for=timedelta(minutes=10),
    )
    stage.publish(sent)
    stage.require_refused(sent, "message.expired")


@PLAYS.add("GTW-020", negative=True)
def a_message_of_the_future(stage: Stage) -> None:
    """Made in an hour."""
    sent = stage.send(stage.draw(), at=stage.now() + timedelta(minutes=50))
    stage.require_refused(sent, "message.not_yet_valid")


@PLAYS.add("GTW-020", negative=True)
def a_message_that_lives_too_long(stage: Stage) -> None:
    """Ninety-one days."""
    sent = _sign(stage, stage.prepare(stage.draw()), lives_for=timedelta(days=91))
    stage.require_refused(sent, "message.lifetime")


@PLAYS.add("GTW-021", negative=True)
def an_extension_that_must_be_understood(stage: Stage) -> None:
    """Nobody knows it."""
    prepared = stage.prepare(stage.draw())
    sent = _sign(stage, prepared, extensions=extend(must_understand=True))
    stage.require_refused(sent, "extension.not_understood")


@PLAYS.add("GTW-022", negative=True, each=True)
def a_state_that_is_not_connected(stage: Stage) -> None:
    """It is on a trust list, and has no connection."""
    stranger = stage.material.stranger
    sent = stage.send(stage.draw(exporting=stranger), by=stranger)
    stage.require_refused(sent, "connection.none")


@PLAYS.add("GTW-023", negative=True)
def a_clear_body_where_protection_is_agreed_on(stage: Stage) -> None:
    """The document is right, and everybody on the way could read it."""
    stage.require_refused(stage.send(stage.draw(), protect=False), "connection.protection")


@PLAYS.add("GTW-024", negative=True)
def a_body_for_another_key(stage: Stage) -> None:
    """Encrypted for a third state's gateway."""
    at = stage.now()
    prepared = stage.prepare(stage.draw())
    other = stage.material.recipient(stage.material.third, at)
    body = encrypt_body(prepared.sealed.octets, recipient=other)
    sent = _sign(stage, prepared, body=body)
    stage.require_refused(sent, "encryption.not_for_receiver")


@PLAYS.add("GTW-024", negative=True)
def a_body_that_does_not_open(stage: Stage) -> None:
    """A character of the ciphertext is another one."""
    prepared = stage.prepare(stage.draw())
    recipient = stage.material.recipient(stage.material.tested, stage.now())
    parts = encrypt_body(prepared.sealed.octets, recipient=recipient).jwe.split(".")
    parts[3] = ("A" if parts[3][0] != "A" else "B") + parts[3][1:]
    sent = _sign(stage, prepared, body=EncryptedBody.of(".".join(parts)))
    stage.require_refused(sent, "encryption.failed")


@PLAYS.add("GTW-024", negative=True)
def a_document_sealed_to_travel_otherwise(stage: Stage) -> None:
    """Sealed for the clear, and encrypted by whoever passed it on."""
    at = stage.now()
    clear = stage.prepare(stage.draw(), protect=False)
    recipient = stage.material.recipient(stage.material.tested, at)
    body = encrypt_body(clear.sealed.octets, recipient=recipient)
    stage.require_refused(_sign(stage, clear, body=body), "layers.disagree", "encryption.other_key")


@PLAYS.add("GTW-025", negative=True, each=True)
def a_seal_by_another_authority(stage: Stage) -> None:
    """Sealed with the customs office's key, or, where that is the right one, with another's."""
    right = stage.kind.type.seal_purpose
    wrong = Purpose.ISSUING_SEAL if right is Purpose.CUSTOMS_SEAL else Purpose.CUSTOMS_SEAL
    key = stage.material.signing_key(stage.material.partner, wrong)
    sent = stage.send(stage.draw(), key=key)
    stage.require_refused(sent, "certificate.unlisted", "certificate.wrong_purpose")


@PLAYS.add("GTW-025", negative=True)
def a_seal_by_another_state(stage: Stage) -> None:
    """A document of the partner sealed with a third state's key."""
    purpose = stage.kind.type.seal_purpose
    key = stage.material.signing_key(stage.material.third, purpose)
    stage.require_refused(stage.send(stage.draw(), key=key), "certificate.unlisted")


@PLAYS.add("GTW-025", negative=True)
def a_document_altered_after_its_seal(stage: Stage) -> None:
    """Whoever passed it on wrote another quantity into it, and signed the message."""
    prepared = stage.prepare(stage.draw())
    recipient = stage.material.recipient(stage.material.tested, stage.now())
    altered = prepared.sealed.octets.replace(b"20.5", b"90.5", 1)
    body = encrypt_body(altered, recipient=recipient)
    stage.require_refused(_sign(stage, prepared, body=body), "signature.content_digest")


@PLAYS.add("GTW-026", negative=True)
def a_seal_header_that_says_something_else(stage: Stage) -> None:
    """The header names another key than the document."""
    prepared = stage.prepare(stage.draw())
    key = prepared.sealed.header.certificate_key or ""
    resealed = stage.hand.reseal(prepared.sealed, key.encode(), key[:-1].encode() + b"Z")
    sent = stage.hand.sign(
        resealed, by=stage.material.partner, to=stage.material.tested, at=stage.now()
    )
    stage.publish(sent)
    stage.require_refused(sent, "seal.disagrees")


@PLAYS.add("GTW-026", negative=True)
def a_document_that_is_not_valid(stage: Stage) -> None:
    """Sealed and signed rightly; an item has the number zero."""
    prepared = stage.prepare(stage.draw())
    old, new = b"<SequenceNumber>1<", b"<SequenceNumber>0<"
    resealed = stage.hand.reseal(prepared.sealed, old, new)
    sent = stage.hand.sign(
        resealed, by=stage.material.partner, to=stage.material.tested, at=stage.now()
    )
    stage.publish(sent)
    stage.require_refused(sent, "xml.schema", "document.invalid")


@PLAYS.add("GTW-027", negative=True)
def layers_that_disagree(stage: Stage) -> None:
    """The message names another document than the one in it."""
    prepared = stage.prepare(stage.draw())
    other = stage.prepare(stage.draw())
    sent = _sign(stage, prepared, document_id=other.header.document_id)
    stage.require_refused(sent, "layers.disagree")


@PLAYS.add("GTW-027", negative=True)
def a_document_that_another_state_passes_on(stage: Stage) -> None:
    """A third state's gateway sends what the partner's authority sealed."""
    prepared = stage.prepare(stage.draw())
    third = stage.material.third
    sent = stage.hand.sign(prepared.sealed, by=third, to=stage.material.tested, at=stage.now())
    stage.publish(sent)
    stage.require_refused(sent, "layers.disagree")


@PLAYS.add("GTW-028", negative=True)
def a_type_that_is_not_known(stage: Stage) -> None:
    """The header names a type that is in no catalogue."""
    sent = _sign(stage, stage.prepare(stage.draw()), message_type="CertificateOfMagic")
    stage.require_refused(sent, "catalogue.unknown_type", "layers.disagree")
