"""The road of one certificate of a demonstration, moment by moment, from the stores it passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.config import load_config
from swb.core.lifecycle import DECISIONS, Fact
from swb.simulator.authority import read_returned
from swb.simulator.customs import Manner, draw_conduct
from swb_schemas.documents import CustomsResponse
from swb_schemas.documents.customs import Decision
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from swb.ports import DocumentRecord, Event, MessageStore, Trail
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["Moment", "pick_example", "read_timeline"]

_TELLING: Final = (Manner.ITEM_BY_ITEM, Manner.TWICE, Manner.LATE, Manner.AT_ONCE)
"""Which road tells most of what there is to see."""

_ORDER: Final = tuple(Fact)
"""What one message told, or several of the same moment, in the order in which it happened."""
_PLAIN: Final = {
    Fact.AS1: ("gateway {exporting}", "AS1: payload read, checked, sealed, signed, committed."),
    Fact.RELAYED: ("region", "Outer signature and connection hold: relayed, and receipted."),
    Fact.AS2: ("gateway {to}", "AS2: both signatures hold and say the same: committed."),
    Fact.AS3: ("NSW {to}", "AS3: delivered in its own format."),
    Fact.RES_REC: ("customs {to}", "RES-REC: the customs system has it."),
    Fact.RES_NOT: ("customs {to}", "RES-NOT: the customs system could not take it (technical)."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened.

    Attributes:
        after: Since the exporting gateway sealed the certificate.
        who: Where it happened.
        what: In words.
    """

    after: timedelta
    who: str
    what: str


def pick_example(certificates: Sequence[CertificateOfOrigin], *, seed: int) -> CertificateOfOrigin:
    """Pick the certificate whose road shows most: several items, several answers, a refusal."""

    def weigh(certificate: CertificateOfOrigin) -> tuple[bool, int, bool]:
        conduct = draw_conduct(certificate, seed=seed)
        telling = conduct.manner in _TELLING
        return (
            len(certificate.items) > 1 and telling,
            -_TELLING.index(conduct.manner) if telling else -len(_TELLING),
            conduct.decision is Decision.NOT_GIVEN,
        )

    return max(certificates, key=weigh)


async def read_timeline(region: Region, certificate: CertificateOfOrigin) -> list[Moment]:
    """Read what happened to a certificate, in the order in which the exporting gateway knew it."""
    exporting = certificate.issuing_country
    importing = certificate.exporter_declaration.importing_country
    moments = list(_before(region, certificate))
    async with open_store(load_config(region.gateways[exporting])) as store:
        trail = await store.find_trail(str(certificate.key))
        if trail is None:
            return moments
        began = trail.document.recorded_at
        known = {message.message_id: message.recorded_at for message in trail.messages}
        ordered = sorted(trail.events, key=lambda event: (_ORDER.index(event.name), event.revision))
        for event in ordered:
            at = await _known_since(store, event, known)
            what = _spell(event, trail, exporting, importing)
            moments.append(Moment(after=at - began, who=what[0], what=what[1]))
    return sorted(moments, key=lambda moment: moment.after)


async def _known_since(store: MessageStore, event: Event, known: dict[str, datetime]) -> datetime:
    """When the gateway learned of an event: with the message that told it."""
    if event.message_id and event.message_id not in known:
        message = await store.find_message(event.message_id)
        if message is not None:
            known[event.message_id] = message.recorded_at
    return known.get(event.message_id, event.at)


def _before(region: Region, certificate: CertificateOfOrigin) -> Iterator[Moment]:
    state = certificate.issuing_country
    reasons = read_returned(region.drop_folder(state)).get(str(certificate.key))
    if reasons:
        told = f"application returned to the trader ({', '.join(reasons)}), mended and approved"
        yield Moment(after=-timedelta(seconds=1), who=f"authority {state}", what=told)


def _spell(event: Event, trail: Trail, exporting: str, importing: str) -> tuple[str, str]:
    """Say where an event happened, and what it was."""
    name = Fact(event.name)
    if name in DECISIONS:
        told = f"{name}, response {event.revision}: {_items(event, trail.answers)}"
        return (f"customs {importing}", told)
    where, what = _PLAIN.get(name, ("gateway {to}", f"{name} {event.code}"))
    told = f"{what} {event.detail}".strip()
    return (where.format(exporting=exporting, to=importing), told)


def _items(event: Event, answers: Sequence[DocumentRecord]) -> str:
    """Spell box 4 of the response that an event is about."""
    for record in answers:
        if record.message_type != "CustomsResponse":
            continue
        _, document = read_kept(record.octets)
        if isinstance(document, CustomsResponse) and document.response_number == event.revision:
            return "; ".join(
                f"item {item.sequence_number} {item.decision.replace('_', ' ').lower()}"
                + "".join(f" ({reason.text})" for reason in item.reasons)
                for item in document.items
            )
    return ""
