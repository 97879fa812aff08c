"""What tests of the overview share: lives of documents, counting, and a recount by scan."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from swb.core.figures import CountedDocument, CountedFact, count_document, count_remark
from swb.ports import Event, FigureFilter, Grain, Measure, Remark, RemarkKind
from swb.services.rolling_up import RollUpService
from tests.contract.records import DOCUMENT, NOW, submission, uuid_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import Figure, MessageStore, Overview

__all__ = ["LIVES", "Still", "list_all_figures", "live", "recount", "remark", "roll_up"]

LIVES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "on the way": (),
    "arrived": (("AS2", ""),),
    "refused": (("REFUSED", "signature.invalid"),),
    "delivered": (("AS2", ""), ("AS3", "")),
    "given": (("AS2", ""), ("AS3", ""), ("RES-REC", ""), ("GIVEN", "")),
    "answered before it was received": (("GIVEN", ""), ("AS3", ""), ("AS2", "")),
    "reversed": (("AS2", ""), ("AS3", ""), ("GIVEN", ""), ("NOT GIVEN", "")),
    "cancelled": (("AS2", ""), ("CANCELLATION", ""), ("CANCELLED", "")),
}
"""Facts of a document that was sent, each with its code, in the order in which they are learnt."""


class Still:
    """A clock that is where it was put."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def live(
    store: MessageStore, number: int, life: str, *, at: datetime = NOW, seed: int = 0
) -> None:
    """Send a document and learn what came of it; some of it twice."""
    randomly = Random(f"{seed} {number}")  # noqa: S311 - no secret
    await store.commit_submission(submission(number, at=at))
    for place, (name, code) in enumerate(LIVES[life], 1):
        took = timedelta(minutes=randomly.randrange(1, 60 * 24 * 40)) * place
        event = Event(
            document_id=uuid_of(number, DOCUMENT),
            name=name,
            at=at + took,
            message_id=uuid_of(number, 100 + place),
            code=code,
            revision=place if name in {"GIVEN", "NOT GIVEN"} else 0,
        )
        await store.record_events([event] * randomly.randrange(1, 3))


def remark(number: int, code: str = "atiga.hs", *, at: datetime = NOW) -> Remark:
    return Remark(
        subject=uuid_of(number),
        kind=RemarkKind.RULE,
        code=code,
        at=at,
        direction="out",
        partner="VN",
        message_type="CertificateIssue",
        environment="test",
    )


async def roll_up(overview: Overview, *, page: int = 200) -> None:
    """Count all that there is."""
    counting = RollUpService(
        overview=overview, clock=Still(), late_after=timedelta(minutes=1), page=page, breath=0
    )
    while await counting.roll_up_due():
        pass


async def list_all_figures(overview: Overview) -> dict[Figure, int]:
    """Every figure that there is."""
    return {
        each.figure: each.count
        for measure in Measure
        for grain in Grain
        for each in await overview.list_figures(FigureFilter(measure=measure, grain=grain))
    }


async def recount(store: MessageStore, remarks: Sequence[Remark] = ()) -> dict[Figure, int]:
    """Count anew by looking at every document, in whatever order its facts are told."""
    figures: Counter[Figure] = Counter()
    for each in await store.list_documents(limit=100_000):
        facts = [
            CountedFact(
                position=1,
                name=event.name,
                at=event.at,
                revision=event.revision,
                code=event.code,
            )
            for event in await store.list_events(each.document_id)
        ]
        counted = CountedDocument(
            document_id=each.document_id,
            message_type=each.message_type,
            certificate_key=each.certificate_key,
            issuing_party=each.issuing_party,
            receiving_party=each.receiving_party,
            environment=each.environment,
            direction=each.direction,
            recorded_at=each.recorded_at,
            facts=facts,
        )
        figures.update(count_document(counted))
    for found in remarks:
        figures.update(count_remark(found))
    return dict(figures)
