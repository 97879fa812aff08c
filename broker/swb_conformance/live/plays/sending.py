"""The gateway under test sends: certificates that somebody enters at its single window."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from swb_conformance.live import documents
from swb_conformance.live.playing import Plays
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.origin_criterion import RVC, OriginCriterion
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, PartyId

if TYPE_CHECKING:
    from swb_conformance.live.hearing import Heard
    from swb_conformance.live.stage import Stage

__all__ = ["PLAYS"]

PLAYS = Plays("gateway/sending")


@PLAYS.add("GTW-040", acts=True)
def issues_a_form_d(stage: Stage) -> None:
    """Both layers verify, and the parties are the right ones."""
    heard = stage.issue()
    seal, header = heard.seal, heard.header
    tested, partner = stage.material.tested, stage.material.partner
    expected = {
        "IssuingParty": (seal.issuing_party, str(PartyId(tested, ISSUING))),
        "ReceivingParty": (seal.receiving_party, str(PartyId(partner, CUSTOMS))),
        "Sender": (header.sender, str(PartyId(tested, GATEWAY))),
        "Receiver": (header.receiver, str(PartyId(partner, GATEWAY))),
    }
    for name, (found, wanted) in expected.items():
        if found != wanted:
            raise stage.unmet(f"expected {name} {wanted}, found {found}")


@PLAYS.add("GTW-040", acts=True)
def issues_what_was_entered(stage: Stage) -> None:
    """Number, items and tariff codes are those of the entered Form D."""
    entered = stage.form_d(exporting=stage.material.tested, importing=stage.material.partner)
    heard = stage.issue(entered)
    if [each.commodity_code.value for each in heard.certificate.items] != [
        each.commodity_code.value for each in entered.items
    ]:
        raise stage.unmet("expected the tariff codes that were entered")


@PLAYS.add("GTW-041", acts=True)
def protects_a_form_d(stage: Stage) -> None:
    """Its body opens with the partner's key, and the seal names that key."""
    heard = stage.issue()
    if not heard.was_encrypted:
        raise stage.unmet("expected a protected body, as the connection's terms say")


@PLAYS.add("GTW-042", acts=True)
def begins_a_conversation(stage: Stage) -> None:
    """A Form D answers nothing."""
    heard = stage.issue()
    header, seal = heard.header, heard.seal
    if header.correlation or header.retransmission_of or seal.answers:
        raise stage.unmet("expected neither CORRELATION, RETRANSMISSION_OF nor Answers")


@PLAYS.add("GTW-046", acts=True)
def sends_one_certificate_once(stage: Stage) -> None:
    """Entered twice, it is one document in one message."""
    entered = stage.form_d(exporting=stage.material.tested, importing=stage.material.partner)
    stage.issue(entered)
    stage.enter(entered, f"Enter Form D {entered.reference_number} once more.")
    stage.hush()
    sent = {each.named for each in stage.list_heard() if each.message_type == "CertificateIssue"}
    if len(sent) != 1:
        raise stage.unmet(f"expected one message, found {len(sent)}")


@PLAYS.add("GTW-043", negative=True, acts=True)
def does_not_send_what_breaks_a_rule(stage: Stage) -> None:
    """A regional value content of ten per cent earns no preference."""
    entered = stage.form_d(exporting=stage.material.tested, importing=stage.material.partner)
    criterion = OriginCriterion(bases=(RVC,), percentage=Decimal(10))
    items = (
        entered.items[0].model_copy(update={"origin_criterion": criterion}),
        *entered.items[1:],
    )
    stage.require_not_sent(entered.model_copy(update={"items": items}))


@PLAYS.add("GTW-044", negative=True, acts=True)
def does_not_send_to_whom_it_is_not_connected_with(stage: Stage) -> None:
    """There is no connection with that state."""
    stranger = stage.material.stranger
    entered = stage.form_d(exporting=stage.material.tested, importing=stranger)
    stage.require_not_sent(entered)


@PLAYS.add("GTW-011", acts=True)
def says_nothing_about_what_acknowledges_it(stage: Stage) -> None:
    """AS2 and AS3 come, and are not answered."""
    heard = stage.issue()
    stage.acknowledge(heard, Hop.AS2)
    stage.acknowledge(heard, Hop.AS3)
    _require_alone(stage, heard)


@PLAYS.add("GTW-050", negative=True)
def says_nothing_about_a_message_that_it_did_not_send(stage: Stage) -> None:
    """An acknowledgement of something unknown is told to nobody."""
    other = stage.prepare(stage.form_d())
    ack = documents.acknowledge(
        message=other.named, document=other.sealed.named, hop=Hop.AS2, at=stage.now()
    )
    stage.require_silence(stage.send(ack))


@PLAYS.add("GTW-050", negative=True, acts=True)
def says_nothing_about_a_digest_that_it_did_not_sign(stage: Stage) -> None:
    """The id is one of its own, the digest is not."""
    heard, other = stage.issue(), stage.prepare(stage.form_d())
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


def _require_alone(stage: Stage, heard: Heard) -> None:
    stage.hush()
    about = stage.list_about(heard.header.conversation_id)
    if len(about) != 1:
        raise stage.unmet(f"expected no word more, found {about[-1].message_type}")
