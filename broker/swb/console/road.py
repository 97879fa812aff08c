"""The road of one document for people: its stations, its moments, and what it says itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.core.holding import STATIONS, Station, find_holder
from swb.core.lifecycle import Fact
from swb.services.following import find_detail
from swb.services.related import find_related
from swb_schemas.documents import CertificateOfOrigin, CustomsResponse
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import parse_party_id
from swb_schemas.rulebook import Place, check_document
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb.ports import MessageStore, Standing
    from swb.services.following import Followed
    from swb.services.learning import Learnt
    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = ["Form", "Moment", "Road", "Stop", "read_form", "read_road"]

_ENDED: Final = frozenset({Fact.GIVEN, Fact.NOT_GIVEN, Fact.CANCELLED, Fact.WITHDRAWN})
_STUCK: Final = frozenset({Fact.REFUSED, Fact.DISCARDED, Fact.QUARANTINED, Fact.RES_NOT})
_SAME_MOMENT: Final = timedelta(seconds=1)
"""Customs dates in whole seconds; a time as near as this says nothing more."""
_CODES: Final = {
    Station.EXPORTING_GATEWAY: (Fact.AS1,),
    Station.REGION: (Fact.RELAYED,),
    Station.IMPORTING_GATEWAY: (Fact.AS2,),
    Station.SINGLE_WINDOW: (Fact.AS3,),
    Station.CUSTOMS: (Fact.RES_REC, Fact.RES_NOT),
}
"""Facts that tell when a station had it."""
_FROM_HERE: Final = frozenset({Station.EXPORTING_GATEWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A station of the road.

    Attributes:
        station: Which.
        state: Whose; empty for the region's.
        code: How the region calls that it was there.
        at: When it was there; None where nobody said so.
        manner: ``done``, ``here`` (it has it now), ``ended`` (the road ends well there), ``bad``
            (it is stuck there), or ``next``.
    """

    station: Station
    state: str
    code: str
    at: datetime | None
    manner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One fact, as this gateway learnt of it.

    Attributes:
        name: The fact.
        known_at: When this gateway learnt of it.
        said_at: When it happened, by whoever says so, where that differs.
        number: Of a response or request; 0 where there is none.
        code: Error code where something was refused.
        detail: What there is to say of it.
    """

    name: str
    known_at: datetime
    said_at: datetime | None
    number: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """Where a document is, and how it came there.

    Attributes:
        holder: The station that has it now; None where nothing is known.
        stops: All stations.
        moments: All facts.
        waiting: What of it waits in this gateway, to leave or to be handed over.
    """

    holder: Stop | None
    stops: Sequence[Stop]
    moments: Sequence[Moment]
    waiting: Sequence[Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a document says, and what the rule book says of it.

    Attributes:
        document: The canonical document.
        findings: By the rules of the day on which this gateway first had it.
        decisions: Of its items by number, as the last response of customs has them.
    """

    document: Document
    findings: Sequence[Finding]
    decisions: Mapping[int, str]


def read_road(followed: Followed) -> Road:
    """Tell the road of a document by what is known of it."""
    document = followed.trail.document
    facts = {Fact(each.event.name): each for each in reversed(followed.learnt)}
    holder = find_holder(facts)
    exporting = parse_party_id(document.issuing_party).state
    importing = parse_party_id(document.receiving_party).state
    stops = [_stop(station, exporting, importing, holder, facts, followed) for station in STATIONS]
    return Road(
        holder=next((each for each in stops if each.station is holder), None),
        stops=stops,
        moments=[_tell(each, followed) for each in followed.learnt],
        waiting=followed.unfinished,
    )


def _stop(  # noqa: PLR0917 - everything that a station is judged by
    station: Station,
    exporting: str,
    importing: str,
    holder: Station | None,
    facts: Mapping[Fact, Learnt],
    followed: Followed,
) -> Stop:
    told = next((facts[code] for code in _CODES[station] if code in facts), None)
    state = exporting if station in _FROM_HERE else importing
    return Stop(
        station=station,
        state="" if station is Station.REGION else state,
        code=told.event.name if told else _CODES[station][0],
        at=told.event.at if told else None,
        manner=_judge(station, holder, followed),
    )


def _judge(station: Station, holder: Station | None, followed: Followed) -> str:
    if holder is None or STATIONS.index(station) > STATIONS.index(holder):
        return "next"
    if station is not holder:
        return "done"
    if followed.status in _STUCK:
        return "bad"
    done = followed.status in _ENDED or followed.waiting is None
    return "ended" if done else "here"


def _tell(learnt: Learnt, followed: Followed) -> Moment:
    event = learnt.event
    differs = abs(event.at - learnt.known_at) > _SAME_MOMENT
    return Moment(
        name=event.name,
        known_at=learnt.known_at,
        said_at=event.at if differs else None,
        number=event.revision,
        code=event.code,
        detail=find_detail(event, followed.trail),
    )


async def read_form(store: MessageStore, followed: Followed) -> Form | None:
    """Read what a document says; None where it was erased, or is not kept here in the clear.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    record = followed.trail.document
    if not record.octets:
        return None
    _, document = read_kept(record.octets)
    related = await find_related(
        store,
        document,
        document_id=record.document_id,
        environment=Environment(record.environment),
    )
    findings = check_document(
        document, at=record.recorded_at.date(), place=Place.IMPORTER, related=related
    )
    return Form(
        document=document, findings=tuple(findings), decisions=_read_decisions(followed, document)
    )


def _read_decisions(followed: Followed, document: Document) -> Mapping[int, str]:
    if not isinstance(document, CertificateOfOrigin):
        return {}
    said = [read_kept(each.octets)[1] for each in followed.trail.answers if each.octets]
    responses = [each for each in said if isinstance(each, CustomsResponse)]
    if not responses:
        return {}
    last = max(responses, key=lambda each: each.response_number)
    return {item.sequence_number: str(item.decision) for item in last.items}
