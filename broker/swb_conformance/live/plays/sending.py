"""The gateway under test sends: documents that somebody enters at its single window."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from swb_conformance.live import documents
from swb_conformance.live.leading import SILENT
from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.parties import GATEWAY, PartyId

if TYPE_CHECKING:
    from swb_conformance.live.hand import Sent
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/sending")


@PLAYS.add("GTW-040", acts=True, each=True)
def issues_it(stage: Stage) -> None:
    """Both layers verify, and the parties are the right ones."""
    heard = stage.issue()
    seal, header = heard.seal, heard.header
    tested, partner = stage.material.tested, stage.material.partner
    expected = {
        "IssuingParty": (seal.issuing_party, str(PartyId(tested, stage.kind.type.issuing_role))),
        "ReceivingParty": (
            seal.receiving_party,
            str(PartyId(partner, stage.kind.type.receiving_role)),
        ),
        "Sender": (header.sender, str(PartyId(tested, GATEWAY))),
        "Receiver": (header.receiver, str(PartyId(partner, GATEWAY))),
    }
    for name, (found, wanted) in expected.items():
        if found != wanted:
            raise stage.unmet(f"expected {name} {wanted}, found {found}")


@PLAYS.add("GTW-040", acts=True)
def issues_what_was_entered(stage: Stage) -> None:
    """Number, parties, items and quantities are those that were entered."""
    entered = stage.draw_export()
    heard = stage.issue(entered)
    if differing := stage.kind.find_differences(entered, heard.leading):
        raise stage.unmet(f"expected what was entered; differs: {differing}")


@PLAYS.add("GTW-041", acts=True, each=True)
def protects_it(stage: Stage) -> None:
    """Its body opens with the partner's key, and the seal names that key."""
    heard = stage.issue()
    if not heard.was_encrypted:
        raise stage.unmet("expected a protected body, as the connection's terms say")


@PLAYS.add("GTW-042", acts=True, each=True)
def begins_a_conversation(stage: Stage) -> None:
    """It answers nothing."""
    heard = stage.issue()
    header, seal = heard.header, heard.seal
    if header.correlation or header.retransmission_of or seal.answers:
        raise stage.unmet("expected neither CORRELATION, RETRANSMISSION_OF nor Answers")


@PLAYS.add("GTW-046", acts=True)
def sends_it_once(stage: Stage) -> None:
    """Entered twice, it is one document in one message."""
    entered = stage.draw_export()
    stage.issue(entered)
    stage.enter(entered, f"Enter {entered.reference_number} once more.")
    stage.hush()
    sent = {
        each.named for each in stage.list_heard() if each.message_type == stage.kind.message_type
    }
    if len(sent) != 1:
        raise stage.unmet(f"expected one message, found {len(sent)}")


@PLAYS.add("GTW-043", negative=True, acts=True, each=True)
def does_not_send_what_breaks_a_rule(stage: Stage) -> None:
    """A regional value content of ten per cent, goods of no quantity, no chapter of the tariff."""
    stage.require_not_sent(stage.kind.break_rule(stage.draw_export()))


@PLAYS.add("GTW-045", negative=True, acts=True, about=attrgetter("needs_consent"), each=True)
def does_not_send_what_its_exporter_did_not_consent_to(stage: Stage) -> None:
    """No consent of this exporter is recorded."""
    name_exporter = stage.kind.name_exporter
    if name_exporter is None:
        raise stage.unmet(f"expected a {stage.kind.name} to name its exporter")
    stage.require_not_sent(name_exporter(stage.draw_export(), SILENT))


@PLAYS.add("GTW-044", negative=True, acts=True, each=True)
def does_not_send_to_whom_it_is_not_connected_with(stage: Stage) -> None:
    """There is no connection with that state."""
    stranger = stage.material.stranger
    stage.require_not_sent(stage.draw(exporting=stage.material.tested, importing=stranger))


@PLAYS.add("GTW-011", acts=True)
def says_nothing_about_what_acknowledges_it(stage: Stage) -> None:
    """AS2 and AS3 come, and are not answered."""
    heard = stage.issue()
    told = [stage.acknowledge(heard, hop) for hop in (Hop.AS2, Hop.AS3)]
    _require_alone(stage, heard, *told)


@PLAYS.add("GTW-050", negative=True)
def says_nothing_about_a_message_that_it_did_not_send(stage: Stage) -> None:
    """An acknowledgement of something unknown is told to nobody."""
    other = stage.prepare(stage.draw())
    ack = documents.acknowledge(
        message=other.named, document=other.sealed.named, hop=Hop.AS2, at=stage.now()
    )
    stage.require_silence(stage.send(ack))


@PLAYS.add("GTW-050", negative=True, acts=True)
def says_nothing_about_a_digest_that_it_did_not_sign(stage: Stage) -> None:
    """The id is one of its own, the digest is not."""
    heard, other = stage.issue(), stage.prepare(stage.draw())
    ack = documents.acknowledge(
        message=(heard.named[0], other.named[1]),
        document=heard.document_named,
        hop=Hop.AS2,
        at=stage.now(),
    )
    stage.require_silence(stage.send(ack))


@PLAYS.add("GTW-051", negative=True, acts=True)
def says_nothing_about_a_third_states_acknowledgement(stage: Stage) -> None:
    """Only the gateway that it was sent to may acknowledge it."""
    heard = stage.issue()
    stage.require_silence(stage.acknowledge(heard, Hop.AS3, by=stage.material.third))


def _require_alone(stage: Stage, heard: Heard, *told: Sent) -> None:
    """Require no other word in a conversation, nor any about messages, wherever it stands."""
    stage.hush()
    ids = {each.header.message_id for each in told}
    about = [
        *stage.list_about(heard.header.conversation_id),
        *(
            each
            for each in stage.list_heard()
            if any(entry.message_id in ids for entry in each.acknowledged())
        ),
    ]
    if len(about) != 1:
        raise stage.unmet(f"expected no word more, found {about[-1].message_type}")
