"""What an operator says of stolen keys before the state that lists them does.

A statement names the certificates that it is about by thumbprint: what the member lists later, for
new keys, is not touched. It is laid over the trust bundle and refuses, it never accepts; lifting
it leaves what the bundle says. Statements are kept, lifted ones too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.wire.trust import Distrust

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from swb_schemas.catalogue import Purpose
    from swb_schemas.parties import PartyId
    from swb_schemas.wire.trust import ListedCertificate, TrustBundle

__all__ = ["DistrustStatement", "find_affected", "overlay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrustStatement:
    """That keys of a member are held for stolen here.

    Attributes:
        number: Counts up from 1 in one operator's register.
        member: A state, or a party's URN.
        purpose: For what the keys are listed; None is everything.
        since: From when on what they signed is not believed.
        reason: For people.
        stated_at: When the operator said so.
        certificates: Thumbprints.
        lifted_at: When the operator took it back; None while it stands.
    """

    number: int
    member: str
    purpose: str | None
    since: datetime
    reason: str
    stated_at: datetime
    certificates: tuple[str, ...]
    lifted_at: datetime | None = None


def overlay(statements: Iterable[DistrustStatement]) -> dict[str, Distrust]:
    """Make what is known against certificates of the statements that stand; the earliest counts."""
    known: dict[str, Distrust] = {}
    for each in statements:
        if each.lifted_at is not None:
            continue
        for thumbprint in each.certificates:
            before = known.get(thumbprint)
            if before is None or each.since < before.since:
                known[thumbprint] = Distrust(
                    since=each.since, reason=f"stated here: {each.reason}", is_compromise=True
                )
    return known


def find_affected(
    bundle: TrustBundle, *, state: str, party: PartyId | None, purpose: Purpose | None
) -> tuple[ListedCertificate, ...]:
    """Find the certificates that a statement about a member is about.

    Those whose time is over are among them: what they sealed is asked about for years.

    Args:
        bundle: The lists in force; an expired one serves too.
        state: Whose member it is.
        party: One party of the state; None is all.
        purpose: One purpose; None is all.
    """
    found = bundle.lists.get(state)
    return tuple(
        each
        for name, entries in (found.parties.items() if found else ())
        if party is None or name == str(party)
        for each in entries
        if purpose is None or each.purpose is purpose
    )
