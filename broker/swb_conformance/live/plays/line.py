"""The line, the single window or the gateway is away for a while, and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_conformance.live.acts import Step
from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop

if TYPE_CHECKING:
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/line")


@PLAYS.add("GTW-090")
def answers_what_came_before_an_outage(stage: Stage) -> None:
    """The region is gone right after five messages; every answer is there when it is back."""
    sent = [stage.send(stage.draw()) for _ in range(5)]
    stage.wire.close()
    stage.wire.open()
    for each in sent:
        stage.require_acknowledged(each)


@PLAYS.add("GTW-091", acts=True)
def sends_what_was_entered_in_an_outage(stage: Stage) -> None:
    """A document that is entered while the region is away comes when it is back, once."""
    stage.wire.close()
    entered = stage.draw_export()
    try:
        stage.enter(entered, f"The region is away. Send {entered.reference_number}.")
    finally:
        stage.wire.open()
    first = stage.require_document(stage.kind.message_type, str(entered.key))
    stage.hush()
    others = {
        each.named for each in stage.list_heard() if each.document_named == first.document_named
    }
    if len(others) != 1:
        raise stage.unmet(f"expected it in one message, found {len(others)}")


@PLAYS.add("GTW-092", acts=True)
def waits_for_its_single_window(stage: Stage) -> None:
    """While the single window is away there is AS2 and no AS3; then AS3 comes."""
    stage.act(Step.CLOSE, "Put the single window out of the gateway's reach.")
    try:
        sent = stage.send(stage.draw())
        stage.require_acknowledged(sent, Hop.AS2)
        stage.hush()
        told = [
            each.hop
            for heard in stage.list_heard()
            for each in heard.acknowledged()
            if each.message_id == sent.header.message_id
        ]
    finally:
        stage.act(Step.OPEN, "Put the single window back.")
    if Hop.AS3 in told:
        raise stage.unmet("expected no AS3 while the single window is away")
    stage.require_acknowledged(sent, Hop.AS3)


@PLAYS.add("GTW-093", acts=True)
def survives_an_end_in_the_middle_of_its_work(stage: Stage) -> None:
    """Ten messages and a restart: every one is acknowledged, each by one document."""
    sent = [stage.send(stage.draw()) for _ in range(10)]
    stage.act(Step.RESTART, "End the gateway in the middle of its work, and start it again.")
    for each in sent:
        stage.require_acknowledged(each, Hop.AS3)
    for each in sent:
        told = {
            heard.document_named
            for heard in stage.list_heard()
            for judged in heard.acknowledged()
            if judged.message_id == each.header.message_id and judged.hop is Hop.AS2
        }
        if len(told) != 1:
            raise stage.unmet(f"expected one AS2 for each message, found {len(told)}")


@PLAYS.add("GTW-090")
def answers_a_message_that_is_sent_once_more_after_an_outage(stage: Stage) -> None:
    """Nobody knows whether the first attempt arrived: the same octets, the same answer."""
    sent = stage.send(stage.draw())
    stage.wire.close()
    stage.wire.open()
    stage.publish(sent)
    first = stage.require_acknowledged(sent)
    stage.hush()
    others = {
        heard.octets
        for heard in stage.list_heard()
        for each in heard.acknowledged()
        if each.message_id == sent.header.message_id and each.hop is Hop.AS2
    }
    if others != {first.octets}:
        raise stage.unmet("expected the same acknowledgement, byte for byte")
