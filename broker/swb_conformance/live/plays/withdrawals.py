"""What is taken back by its status: the same document once more, both ways, also out of order."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from swb_conformance.live.leading import take_back
from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.wire import Answers

if TYPE_CHECKING:
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS", "require_taken_back"]

PLAYS = Plays("gateway/withdrawals")
_RESTATED = attrgetter("is_restated")


def require_taken_back(stage: Stage, heard: Heard) -> Heard:
    """Wait for the same document once more, with the status that takes it back.

    Raises:
        UnmetError: It did not come, or is bound otherwise than `docs/reference/wire.md` says.
    """
    again = stage.require(
        lambda each: (
            each is not heard
            and each.delivery is not None
            and each.message_type == heard.message_type
            and each.seal.certificate_key == heard.seal.certificate_key
            and each.document_named != heard.document_named
        ),
        f"{heard.message_type} {heard.seal.certificate_key} once more",
        within=stage.patience.act,
    )
    seal, answers = again.seal, again.seal.answers
    named = answers and (answers.document_id, answers.document_digest.text)
    for name, found, wanted in (
        ("a document that takes back", again.leading.takes_back, True),
        ("Revision", seal.revision, 1),
        ("Answers", named, heard.document_named),
        ("the conversation", again.header.conversation_id, heard.header.conversation_id),
    ):
        if found != wanted:
            raise stage.unmet(f"expected {name} {wanted}, found {found}")
    return again


@PLAYS.add("GTW-100", acts=True, about=_RESTATED, each=True)
def takes_it_back(stage: Stage) -> None:
    """Another status at the single window, and the document goes out once more, as a revision."""
    heard = stage.issue()
    told = stage.enter(take_back(heard.leading), "Take this certificate back, by its status.")
    if not told.is_accepted:
        raise stage.unmet(f"expected it to be taken, found {dict(told.members)}")
    require_taken_back(stage, heard)


@PLAYS.add("GTW-101", about=_RESTATED, each=True)
def takes_what_takes_it_back(stage: Stage) -> None:
    """Acknowledged by AS2 and AS3, as the first one was."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent, Hop.AS3)
    again = stage.follow(sent, take_back(sent.leading))
    stage.require_acknowledged(again, Hop.AS2)
    stage.require_acknowledged(again, Hop.AS3)


@PLAYS.add("GTW-102", about=_RESTATED)
def waits_for_what_is_taken_back(stage: Stage) -> None:
    """It comes before the document that it takes back: it is held, then both are acknowledged."""
    sent = stage.prepare(stage.draw())
    again = stage.follow(sent, take_back(sent.leading))
    stage.hush()
    if stage.is_judged(again):
        raise stage.unmet("expected no word about what takes back before what it takes back")
    stage.publish(sent)
    stage.require_acknowledged(sent)
    stage.require_acknowledged(again)


@PLAYS.add("GTW-103", negative=True, about=_RESTATED, each=True)
def refuses_what_another_state_takes_back(stage: Stage) -> None:
    """A third state has no say in what the partner's authority issued."""
    sent = stage.send(stage.draw())
    stage.require_acknowledged(sent)
    third = stage.material.third
    own = stage.draw(exporting=third)
    again = stage.send(
        take_back(own),
        by=third,
        conversation_id=sent.header.conversation_id,
        answers=Answers(
            document_id=sent.sealed.header.document_id, document_digest=sent.sealed.digest
        ),
    )
    stage.require_refused(again, "receive.unknown_certificate")


@PLAYS.add("GTW-104", negative=True, acts=True, about=_RESTATED, each=True)
def does_not_take_back_what_was_never_issued(stage: Stage) -> None:
    """There is nothing under that number."""
    stage.require_not_sent(take_back(stage.draw_export()))
