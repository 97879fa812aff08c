"""The road of one certificate of a demonstration, moment by moment, from the stores it passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.config import load_config
from swb.core.deciding import find_response, spell_items
from swb.core.lifecycle import DECISIONS, Fact
from swb.services.learning import list_learnt
from swb.simulator.authority import read_returned
from swb.simulator.customs import Manner, draw_conduct
from swb_schemas.documents.customs import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb.ports import Event, Trail
    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["TOLD", "Moment", "pick_example", "read_timeline"]

_TELLING: Final = (Manner.ITEM_BY_ITEM, Manner.TWICE, Manner.LATE, Manner.AT_ONCE)
"""Which road tells most of what there is to see."""

TOLD: Final = {
    Fact.AS1: ("gateway {exporting}", "AS1: payload read, checked, sealed, signed, committed."),
    Fact.RELAYED: ("region", "Outer signature and connection hold: relayed, and receipted."),
    Fact.AS2: ("gateway {to}", "AS2: both signatures hold and say the same: committed."),
    Fact.AS3: ("NSW {to}", "AS3: delivered in its own format."),
    Fact.RES_REC: ("customs {to}", "RES-REC: the customs system has it."),
    Fact.RES_NOT: ("customs {to}", "RES-NOT: the customs system could not take it (technical)."),
    Fact.CANCELLATION: ("authority {exporting}", "CANCELLATION: it asks customs to cancel it."),
    Fact.CANCELLED: ("customs {to}", "CANCELLED: it may be cancelled."),
    Fact.CANCELLATION_UTILISED: (
        "customs {to}",
        "CANCELLATION UTILISED: it stays, for preference was given on it.",
    ),
    Fact.CANCELLATION_UNKNOWN: (
        "customs {to}",
        "CANCELLATION UNKNOWN: customs does not know the certificate.",
    ),
    Fact.VERIFICATION: ("customs {to}", "VERIFICATION: it asks the authority to verify it."),
    Fact.VERIFICATION_SUSPENDING: (
        "customs {to}",
        "VERIFICATION SUSPENDING: it asks to verify it, and preference is suspended meanwhile.",
    ),
    Fact.VERIFICATION_REPLY: (
        "authority {exporting}",
        "VERIFICATION REPLY: it says what it found.",
    ),
    Fact.VERIFICATION_CONFIRMED: (
        "customs {to}",
        "VERIFICATION CONFIRMED: the goods originate.",
    ),
    Fact.VERIFICATION_DENIED: (
        "customs {to}",
        "VERIFICATION DENIED: the goods do not originate, or nothing shows it.",
    ),
}
"""By fact: where it happened, and what it was; decisions tell their items instead."""


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
        for each in await list_learnt(store, trail):
            who, what = _spell(each.event, trail, exporting, importing)
            if each.event.name == Fact.AS3 and region.down.get(importing):
                what += f" It was down for the first {region.down[importing]:.0f} s of all this."
            moments.append(Moment(after=each.known_at - began, who=who, what=what))
    return sorted(moments, key=lambda moment: moment.after)


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
        response = find_response(
            (each.octets for each in trail.answers if each.octets), event.revision
        )
        items = f": {spell_items(response.items)}" if response else ""
        return (f"customs {importing}", f"{name}, response {event.revision}{items}")
    where, what = TOLD.get(name, ("gateway {to}", f"{name} {event.code}"))
    told = f"{what} {event.detail}".strip()
    return (where.format(exporting=exporting, to=importing), told)
