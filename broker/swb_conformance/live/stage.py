"""The stage of a live case: the line, the hand, the ears, the national side, and the clock.

The suite plays the router: it receipts what a router receipts, at once, and passes nothing on, for
the other gateways are its own.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.live import documents
from swb_conformance.live.acts import Step, Told
from swb_conformance.live.hand import Hand, Sent, new_id
from swb_conformance.live.hearing import Heard, hear
from swb_conformance.testing import Evidence, UnmetError
from swb_schemas.catalogue import CATALOGUE, find_type_of
from swb_schemas.documents.acknowledgements import Hop, Outcome
from swb_schemas.parties import REGION, parse_party_id
from swb_schemas.wire import Answers
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_conformance.live.acts import Act
    from swb_conformance.live.leading import Kind
    from swb_conformance.live.material import Material
    from swb_conformance.live.wire import Wire
    from swb_schemas.documents import Document, LeadingDocument
    from swb_schemas.documents.acknowledgements import AcknowledgedMessage

__all__ = ["Patience", "Stage"]

_MOST_HEARD: Final = 2_000
"""Messages that one case takes."""
_FLOODS: Final = f"expected at most {_MOST_HEARD} messages in one case, found a flood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds.

    Attributes:
        answer: For what the gateway does by itself.
        act: For what the national side does.
        quiet: How long nothing must come where nothing may.
    """

    answer: float = 30.0
    act: float = 60.0
    quiet: float = 1.0


class Stage:
    """Everything that a live case plays with.

    Args:
        material: Keys, trust and who is who.
        wire: The region's end of the gateway's line.
        act: The national side, kept as `national`.
        patience: How long is waited.
    """

    def __init__(
        self, *, material: Material, wire: Wire, act: Act, patience: Patience | None = None
    ) -> None:
        self.material = material
        self.wire = wire
        self.patience = patience or Patience()
        self.hand = Hand(material)
        self.national = act
        self._kind: Kind[Any] | None = None
        self._heard: list[Heard] = []
        self._sent: list[Sent] = []
        self._entered: list[Evidence] = []

    # --- time and names ------------------------------------------------------------------------

    def now(self) -> datetime:
        """The present, to the millisecond."""
        at = datetime.now(UTC)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    @property
    def kind(self) -> Kind[Any]:
        """The kind of documents that the case is played with."""
        if self._kind is None:
            message = "expected a case that has begun"
            raise ValueError(message)
        return self._kind

    def draw(
        self, *, exporting: str | None = None, importing: str | None = None, items: int = 2
    ) -> LeadingDocument:
        """Draw a document that nobody has yet; from partner to the tested state unless said."""
        exporting = exporting or self.material.partner
        importing = importing or self.material.tested
        today = self.now().date()
        drawn: LeadingDocument = self.kind.draw(
            exporting=exporting,
            importing=importing,
            number=f"{exporting}-{importing} {today:%y}/{new_id()[-12:].upper()}",
            on=today,
            items=items,
        )
        return drawn

    def draw_export(self, *, items: int = 2) -> LeadingDocument:
        """Draw one that goes the other way, from the tested state to its partner."""
        return self.draw(
            exporting=self.material.tested, importing=self.material.partner, items=items
        )

    # --- sending -------------------------------------------------------------------------------

    def prepare(self, document: Document, *, by: str | None = None, **options: Any) -> Sent:  # noqa: ANN401 - of `Hand`
        """Seal and sign a document for the tested gateway."""
        by = by or self.material.partner
        at = options.pop("at", None) or self.now()
        outer = {name: options.pop(name) for name in ("correlation",) if name in options}
        sealed = self.hand.seal(document, by=by, to=self.material.tested, at=at, **options)
        return self.hand.sign(sealed, by=by, to=self.material.tested, at=at, **outer)

    def publish(self, sent: Sent) -> None:
        """Put a message into the gateway's inbox."""
        self._sent.append(sent)
        self.wire.publish(
            sent.octets,
            message_id=sent.header.message_id,
            message_type=sent.header.message_type,
        )

    def send(self, document: Document, *, by: str | None = None, **options: Any) -> Sent:  # noqa: ANN401 - of `Hand`
        """Seal, sign and publish a document for the tested gateway."""
        sent = self.prepare(document, by=by, **options)
        self.publish(sent)
        return sent

    def answer(self, heard: Heard, document: Document, *, by: str | None = None) -> Sent:
        """Answer a document of the tested gateway, as who received it."""
        header = heard.header
        sealed = heard.sealed
        return self.send(
            document,
            by=by or parse_party_id(header.receiver).state,
            conversation_id=header.conversation_id,
            answers=Answers(document_id=sealed.header.document_id, document_digest=sealed.digest),
            correlation=header.message_id,
            receiving_party=sealed.header.issuing_party,
        )

    def follow(self, sent: Sent, document: Document, *, by: str | None = None) -> Sent:
        """Say something more about a document that the suite itself sent."""
        return self.send(
            document,
            by=by or parse_party_id(sent.header.sender).state,
            conversation_id=sent.header.conversation_id,
            answers=Answers(
                document_id=sent.sealed.header.document_id, document_digest=sent.sealed.digest
            ),
            correlation=sent.header.message_id,
            receiving_party=sent.sealed.header.receiving_party,
        )

    def acknowledge(self, heard: Heard, hop: Hop, *, by: str | None = None) -> Sent:
        """Acknowledge a message of the tested gateway, as its receiver."""
        header = heard.header
        document = documents.acknowledge(
            message=heard.named, document=heard.document_named, hop=hop, at=self.now()
        )
        return self.send(
            document,
            by=by or parse_party_id(header.receiver).state,
            conversation_id=header.conversation_id,
            correlation=header.message_id,
        )

    # --- hearing -------------------------------------------------------------------------------

    def wait(self, holds: Callable[[Heard], bool], *, within: float | None = None) -> Heard | None:
        """Wait for a message; what was heard before counts. None where none came."""
        for heard in self._heard:
            if holds(heard):
                return heard
        until = time.monotonic() + (self.patience.answer if within is None else within)
        while (left := until - time.monotonic()) > 0:
            found = self._take(left)
            if found is not None and holds(found):
                return found
        return None

    def hush(self, within: float | None = None) -> None:
        """Take whatever comes for a while."""
        self.wait(lambda _: False, within=self.patience.quiet if within is None else within)

    def require(
        self, holds: Callable[[Heard], bool], what: str, *, within: float | None = None
    ) -> Heard:
        """Wait for a message that must come.

        Raises:
            UnmetError: It did not.
        """
        heard = self.wait(holds, within=within)
        if heard is None:
            raise self.unmet(f"expected {what}, none came")
        return heard

    def require_acknowledged(self, sent: Sent, hop: Hop = Hop.AS2) -> Heard:
        """Wait for an acknowledgement that accepts a message.

        Raises:
            UnmetError: It is refused, or not acknowledged.
        """
        heard, judged = self._require_judged(sent, hop)
        if judged.outcome is not Outcome.ACCEPTED:
            raise self.unmet(f"expected {hop} for {_name(sent)}, found it refused: {judged.code}")
        if (judged.document_id, judged.document_digest) != (
            sent.sealed.header.document_id,
            sent.sealed.digest,
        ):
            raise self.unmet(f"expected {hop} to name the document of {_name(sent)} by its digest")
        return heard

    def require_refused(self, sent: Sent, *codes: str) -> Heard:
        """Wait for the acknowledgement that refuses a message with one of these codes.

        Raises:
            UnmetError: It is accepted, refused for another reason, or not answered.
        """
        heard, judged = self._require_judged(sent, Hop.AS2)
        wanted = " or ".join(codes)
        if judged.outcome is not Outcome.REFUSED:
            raise self.unmet(f"expected {_name(sent)} refused with {wanted}, found it accepted")
        if judged.code not in codes:
            raise self.unmet(f"expected {wanted} for {_name(sent)}, found {judged.code}")
        return heard

    def require_silence(self, *untold: Sent) -> None:
        """Prove that messages are not answered: a good one sent after them is.

        Raises:
            UnmetError: One of them is acknowledged or refused, or the good one is not. Or the
                gateway said something that does not verify, so that nobody knows about what.
        """
        self.require_acknowledged(self.send(self.draw()))
        self.hush()
        if faults := [each.fault for each in self._heard if each.fault is not None]:
            raise self.unmet(f"expected no word, found one that does not verify: {faults[0]}")
        for sent in untold:
            for heard in self._heard:
                told = [e for e in heard.acknowledged() if e.message_id == sent.header.message_id]
                if told:
                    found = told[0].code or told[0].outcome
                    raise self.unmet(f"expected no word about {_name(sent)}, found {found}")

    def list_about(self, conversation_id: str) -> list[Heard]:
        """List what was heard in one conversation."""
        return [
            each
            for each in self._heard
            if each.message and each.message.header.conversation_id == conversation_id
        ]

    def list_heard(self) -> list[Heard]:
        """List all that was heard."""
        return list(self._heard)

    def unmet(self, message: str) -> UnmetError:
        """Say what was expected, with what was entered, sent and heard last as evidence."""
        evidence = self._entered[-4:]
        evidence += [
            Evidence(name=f"sent-{at}-{each.header.message_type}.xml", octets=each.octets)
            for at, each in enumerate(self._sent[-4:], 1)
        ]
        evidence += [
            each.evidence(f"heard-{at}-{each.message_type or 'unverified'}.xml")
            for at, each in enumerate(self._heard[-6:], 1)
        ]
        return UnmetError(message, evidence)

    def begin(self, kind: Kind[Any] | None = None) -> None:
        """Forget what earlier cases sent and heard, and take what is left of them.

        Args:
            kind: Of documents that the case is played with; None is the material's first.

        Raises:
            UnmetError: The gateway floods the line.
            WireError: The line does not work.
        """
        self._kind = kind or self.material.kinds[0]
        self._heard.clear()
        self._sent.clear()
        self._entered.clear()
        self.wire.open()
        for _ in range(_MOST_HEARD):
            if self.wire.take(within=0.0) is None:
                return
        raise UnmetError(_FLOODS)

    # --- the national side -----------------------------------------------------------------------

    def enter(self, document: Document, text: str) -> Told:
        """Have a document entered at the tested state's single window.

        Raises:
            ActError: It was not.
            CannotActError: Nobody is there to do it.
        """
        message_type, octets = find_type_of(document).message_type, encode(document)
        name = f"entered-{len(self._entered) + 1}-{message_type}.xml"
        self._entered.append(Evidence(name=name, octets=octets))
        return self.national.do(
            Step.ENTER,
            within=self.patience.act,
            text=text,
            message_type=message_type,
            document=base64.b64encode(octets).decode(),
        )

    def issue(self, document: LeadingDocument | None = None) -> Heard:
        """Have a document issued by the tested state, and wait for it.

        Raises:
            ActError: It was not entered.
            CannotActError: Nobody is there to do it.
            UnmetError: It was refused, or did not come.
        """
        drawn = document or self.draw_export()
        name = self.kind.message_type
        told = self.enter(drawn, f"Issue and send {name} {drawn.reference_number}.")
        if not told.is_accepted:
            raise self.unmet(f"expected the {name} to be taken, found {dict(told.members)}")
        return self.require_document(name, str(drawn.key))

    def require_document(self, message_type: str, certificate_key: str) -> Heard:
        """Wait for a document of the tested state about a certificate; both layers must verify.

        Raises:
            UnmetError: It did not come.
        """
        return self.require(
            lambda heard: (
                heard.delivery is not None
                and heard.message_type == message_type
                and heard.seal.certificate_key == certificate_key
            ),
            f"a {message_type} about {certificate_key} whose layers verify",
            within=self.patience.act,
        )

    def is_judged(self, sent: Sent) -> bool:
        """Whether something was said about a message."""
        return any(
            each.message_id == sent.header.message_id
            for heard in self._heard
            for each in heard.acknowledged()
        )

    def require_not_sent(
        self, document: Document, text: str = "Try to send this; it has to be refused."
    ) -> None:
        """Have something entered that must be refused before it is sealed.

        Raises:
            ActError: It could not even be tried.
            CannotActError: Nobody is there to do it.
            UnmetError: It was taken, or came.
        """
        before = len(self._heard)
        told = self.enter(document, text)
        if not told.is_refused:
            raise self.unmet("expected it to be refused before it is sealed, found it taken")
        self.hush()
        message_type = find_type_of(document).message_type
        if any(each.message_type == message_type for each in self._heard[before:]):
            raise self.unmet(f"expected nothing on the line, found a {message_type}")

    def arrived(self, sent: Sent) -> Told:
        """Ask whether a document arrived at the tested state's single window, and how often.

        Nobody is told what is expected.
        """
        header = sent.sealed.header
        return self.national.do(
            Step.ARRIVED,
            within=self.patience.act,
            text=f"Has {header.message_type} about {header.certificate_key} arrived? How often?",
            message_type=header.message_type,
            document_id=header.document_id,
            certificate_key=header.certificate_key or "",
        )

    def act(self, step: Step, text: str) -> Told:
        """Have something else done at the national side."""
        return self.national.do(step, within=self.patience.act, text=text)

    # --- inside ----------------------------------------------------------------------------------

    def _take(self, within: float) -> Heard | None:
        octets = self.wire.take(within=within)
        if octets is None:
            return None
        if len(self._heard) >= _MOST_HEARD:
            raise self.unmet(_FLOODS)
        heard = hear(octets, material=self.material, at=self.now())
        self._heard.append(heard)
        self._relay(heard)
        return heard

    def _relay(self, heard: Heard) -> None:
        """Say as the router what a router says."""
        if heard.message is None:
            return
        header = heard.header
        kind = CATALOGUE.get(header.message_type)
        if kind is None or not kind.acknowledged:
            return
        at = max(self.now(), header.created_at + timedelta(milliseconds=1))
        sealed = self.hand.seal(
            documents.relay(message=heard.named, at=at),
            by=REGION,
            to=self.material.tested,
            at=at,
            conversation_id=header.conversation_id,
        )
        sent = self.hand.sign(
            sealed, by=REGION, to=self.material.tested, at=at, correlation=header.message_id
        )
        self.wire.publish(
            sent.octets, message_id=sent.header.message_id, message_type="RelayReceipt"
        )

    def _require_judged(self, sent: Sent, hop: Hop) -> tuple[Heard, AcknowledgedMessage]:
        def list_judged(heard: Heard) -> list[AcknowledgedMessage]:
            return [
                each
                for each in heard.acknowledged()
                if (each.message_id, each.message_digest) == (sent.header.message_id, sent.digest)
                and (each.hop is hop or each.outcome is Outcome.REFUSED)
            ]

        heard = self.require(lambda each: bool(list_judged(each)), f"{hop} about {_name(sent)}")
        return heard, list_judged(heard)[0]


def _name(sent: Sent) -> str:
    return f"{sent.header.message_type} {sent.header.message_id}"
