"""What two sides say of one certificate from TH to VN, in the canonical documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb.core.lifecycle import Fact, judge_exchange, judge_status
from swb.services.utilised import is_utilised
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsResponse,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.customs import Decision, roll_up

if TYPE_CHECKING:
    from swb.services.submit import Accepted
    from swb_schemas.documents import CertificateOfOrigin, Document
    from swb_schemas.exchanges import ExchangeState
    from tests.integration.world import Member, World

__all__ = ["REASON", "Talk", "begin", "subject_of", "with_items"]

REASON: Final = {"code": "ALTERATION", "text": "Particulars changed after issue."}


def subject_of(certificate: CertificateOfOrigin) -> dict[str, str]:
    """Name a certificate as everything about it does."""
    key = certificate.key
    return {
        "issuing_country": key.state,
        "issuing_office": key.office,
        "reference_number": key.number,
    }


def with_items(certificate: CertificateOfOrigin, number: int) -> CertificateOfOrigin:
    """The same with so many items, all like its first."""
    first = certificate.items[0]
    items = tuple(
        first.model_copy(update={"sequence_number": each}) for each in range(1, number + 1)
    )
    return certificate.model_copy(update={"items": items})


class Talk:
    """What two sides say of one certificate from TH to VN."""

    def __init__(self, world: World, certificate: CertificateOfOrigin, document_id: str) -> None:
        self.world = world
        self.certificate = certificate
        self.document_id = document_id

    async def say(self, member: Member, model: type[Document], **values: object) -> Accepted:
        """Submit one document at a member."""
        subject = subject_of(self.certificate)
        now = self.world.clock.now().replace(microsecond=0)
        moments = {name: now for name in model.model_fields if name.endswith("ed_at")}
        document = model.model_validate({"subject": subject, "office": "HQ", **moments, **values})
        return await member.submitting.submit(await member.payload(document))

    async def cancel(self, number: int = 1, **values: object) -> Accepted:
        """The issuing authority asks for cancellation."""
        return await self.say(
            self.world.th, Cancellation, cancellation_number=number, reason=REASON, **values
        )

    async def reply(self, outcome: str, number: int = 1) -> Accepted:
        """Customs replies to it."""
        return await self.say(
            self.world.vn, CancellationReply, cancellation_number=number, outcome=outcome
        )

    async def respond(self, decision: str, number: int = 1, **values: object) -> Accepted:
        """Customs fills box 4, all items alike."""
        _, response = self.world.answers(self.certificate)
        reasons = [REASON] if decision == "NOT_GIVEN" else []
        items = [
            {"sequence_number": each.sequence_number, "decision": decision, "reasons": reasons}
            for each in self.certificate.items
        ]
        now = self.world.clock.now().replace(microsecond=0)
        changed = {
            "items": items,
            "decision": decision,
            "response_number": number,
            "decided_at": now,
            **values,
        }
        document = CustomsResponse.model_validate({**response.model_dump(), **changed})
        return await self.world.vn.submitting.submit(await self.world.vn.payload(document))

    async def decide(
        self,
        decisions: dict[int, str],
        **values: Any,  # noqa: ANN401 - as `respond`
    ) -> Accepted:
        """Customs fills box 4, item by item."""
        items = [
            {
                "sequence_number": number,
                "decision": decision,
                "reasons": [REASON] if decision == "NOT_GIVEN" else [],
            }
            for number, decision in decisions.items()
        ]
        rolled_up = roll_up(map(Decision, decisions.values()))
        return await self.respond(rolled_up.value, items=items, **values)

    async def ask(self, number: int = 1, *, suspends: bool = True) -> Accepted:
        """Customs asks for a verification."""
        return await self.say(
            self.world.vn,
            VerificationRequest,
            request_number=number,
            ground="RANDOM",
            suspends=suspends,
        )

    async def explain(self, number: int = 1) -> Accepted:
        """The issuing authority replies."""
        return await self.say(
            self.world.th,
            VerificationReply,
            request_number=number,
            finding="ORIGINATING",
            explanation="Cost statement and records of the producer were examined.",
        )

    async def conclude(self, result: str, number: int = 1) -> Accepted:
        """Customs concludes."""
        reasons = [REASON] if result == "DENIED" else []
        return await self.say(
            self.world.vn,
            VerificationOutcome,
            request_number=number,
            result=result,
            reasons=reasons,
        )

    async def is_utilised(self, member: Member) -> bool:
        """Whether a member knows anything of it as utilised."""
        record = await member.store.find_document(self.document_id)
        assert record is not None
        events = await member.store.list_events(self.document_id)
        return await is_utilised(member.store, record, events)

    async def stands(self, member: Member) -> ExchangeState:
        """Where the exchange stands at a member."""
        events = await member.store.list_events(self.document_id)
        return judge_exchange((Fact(each.name), each.revision) for each in events)

    async def status(self, member: Member) -> Fact | None:
        """The fact that stands at a member."""
        events = await member.store.list_events(self.document_id)
        return judge_status((Fact(each.name), each.revision) for each in events)


async def begin(world: World, *, carried: bool = True) -> Talk:
    """Issue a certificate, and have it arrive where that is wanted."""
    certificate = world.certificate()
    talk = Talk(world, certificate, await world.th.issue(certificate))
    if carried:
        await world.carry()
    return talk
